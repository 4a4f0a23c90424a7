#!/bin/sh
# Installs what bench/comparison.ts compares us with, into .cache/comparison: Checkov from PyPI, Kyverno's command line and kube-score from
# Go's module proxy. Kyverno takes ten minutes of CPU, so neither tests nor .ci/run need any of it. What is there is kept.
set -eu
cd "$(dirname "$0")/.."
folder="$PWD/.cache/comparison"
scripts="$PWD/scripts"
mkdir -p "$folder/bin"

checkov=3.3.30
[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "checkov==$checkov"
ln -sf "$folder/venv/bin/checkov" "$folder/bin/checkov"

# Modules with replace directives are not for `go install`, so each is built as a dependency of a module that only repeats those.
build() { # NAME MODULE PATH VERSION
  if [ -x "$folder/bin/$1" ] && go version -m "$folder/bin/$1" | grep -qw "$4"; then return; fi
  echo "building $1 $3" >&2
  mkdir -p "$folder/build/$1"
  (
    cd "$folder/build/$1"
    printf 'module bulkhead.dev/comparison\n' > go.mod
    rm -f go.sum
    source=$(go mod download -json "$2@$4" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    grep '^replace ' "$source/go.mod" >> go.mod || true
    go get "$2/$3@$4"
    "$scripts/go-build" -ldflags '-s -w' -o "$folder/bin/$1" "$2/$3"
  )
}
build kube-score github.com/zegl/kube-score cmd/kube-score v1.20.0
build kyverno github.com/kyverno/kyverno cmd/cli/kubectl-kyverno v1.19.1
