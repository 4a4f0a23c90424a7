#!/bin/sh
# Builds the programs that tests run for real and no package of Debian, PyPI or npm brings, into .cache/bin: `scripts/install-tools.sh
# [NAME…]`, all of them without a name. What is there in the right version is kept, so that a second run takes no time. Needs Go.
set -eu
cd "$(dirname "$0")/.."

# The newest release line of each that builds from the Go module proxy. Prometheus v3.13.5 is v0.313.5 as a Go module.
tools="
promtool      github.com/prometheus/prometheus     v0.313.5
prometheus    github.com/prometheus/prometheus     v0.313.5
amtool        github.com/prometheus/alertmanager   v0.34.2
alertmanager  github.com/prometheus/alertmanager   v0.34.2
helm          helm.sh/helm/v3                        v3.19.0
"

bin="$PWD/.cache/bin"
mkdir -p "$bin"

wanted() { # NAME [NAMES…]: whether NAME was asked for
  name=$1
  shift
  [ $# -eq 0 ] && return 0
  for asked; do [ "$asked" = "$name" ] && return 0; done
  return 1
}

built() { # NAME MODULE VERSION: whether the program is there, of that version
  [ -x "$bin/$1" ] && go version -m "$bin/$1" | awk -v m="$2" '$1 ~ /^(mod|dep)$/ && $2 == m { print $3 }' | grep -qx "$3"
}

# Alertmanager embeds its web pages, which are built with Node and are not in the Go module. Its API, all that tests use, needs none: a copy
# of the module gets an empty page.
without_pages() { # MODULE
  rm -rf module
  cp -R "$(go list -m -f '{{ .Dir }}' "$1")" module
  chmod -R u+w module
  mkdir -p module/ui/app/dist
  : > module/ui/app/dist/index.html
  go mod edit -replace "$1=./module"
}

# `go install PACKAGE@VERSION` refuses modules with replace directives (Prometheus has one), so each is built as a dependency of an empty
# module.
echo "$tools" | while read -r name module version; do
  if [ -z "$name" ] || ! wanted "$name" "$@" || built "$name" "$module" "$version"; then continue; fi
  echo "building $name $version" >&2
  folder="$PWD/.cache/build/$name"
  mkdir -p "$folder"
  (
    cd "$folder"
    printf 'module bulkhead.dev/tools\n' > go.mod
    rm -f go.sum
    go get "$module/cmd/$name@$version"
    if [ "$name" = alertmanager ]; then without_pages "$module"; fi
    go build -o "$bin/$name" "$module/cmd/$name"
  )
done
