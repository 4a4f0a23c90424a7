#!/bin/sh
# Builds the programs that tests run for real and no package of Debian, PyPI or npm brings, into .cache/bin: `scripts/install-tools.sh
# [NAME…]`, all of them without a name. What is there in the right version is kept, so that a second run takes no time. Needs Go.
set -eu
cd "$(dirname "$0")/.."

# The newest release line of each that builds from the Go module proxy. Prometheus v3.13.5 is v0.313.5 as a Go module. What has a folder
# below tools/ is built by the go.mod there, because it needs replacements that do not carry over to another module, or is generated.
tools="
promtool            github.com/prometheus/prometheus     v0.313.5  /cmd/promtool
prometheus          github.com/prometheus/prometheus     v0.313.5  /cmd/prometheus
amtool              github.com/prometheus/alertmanager   v0.34.2   /cmd/amtool
alertmanager        github.com/prometheus/alertmanager   v0.34.2   /cmd/alertmanager
helm                helm.sh/helm/v3                      v3.21.4   /cmd/helm
actionlint          github.com/rhysd/actionlint           v1.7.12   /cmd/actionlint
loki                github.com/grafana/loki/v3           v3.7.8    /cmd/loki
otelcol             go.opentelemetry.io/collector/otelcol v0.159.0 -
kube-state-metrics  k8s.io/kube-state-metrics/v2         v2.20.0   -
"

bin="$PWD/.cache/bin"
own="$PWD/tools"
mkdir -p "$bin"
# No C, so that a program runs in any image; without symbols, which nobody debugs here. The same for all, so that they share what is compiled.
export CGO_ENABLED=0

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

# The module that a program is built in: its own, or an empty one that depends on it (`go install PACKAGE@VERSION` refuses modules with
# replace directives).
module_of() { # NAME PACKAGE VERSION
  if [ -d "$own/$1" ]; then
    cp "$own/$1"/* .
  else
    printf 'module bulkhead.dev/tools\n' > go.mod
    rm -f go.sum
    go get "$2@$3"
  fi
}

echo "$tools" | while read -r name module version path; do
  if [ -z "$name" ] || ! wanted "$name" "$@" || built "$name" "$module" "$version"; then continue; fi
  started=$(date +%s)
  package="$module${path#-}"
  folder="$PWD/.cache/build/$name"
  mkdir -p "$folder"
  (
    cd "$folder"
    module_of "$name" "$package" "$version"
    # Targets are found through DNS only: the clients of two dozen clouds that could find them would be most of the time that it takes.
    tags=remove_all_sd,enable_dns_sd
    case $name in
      alertmanager) without_pages "$module" ;;
      otelcol)
        go tool builder --config builder.yaml --skip-compilation --skip-get-modules
        package=.
        tags=remove_all_sd # Its configuration names its targets.
        ;;
    esac
    go build -trimpath -ldflags '-s -w' -tags "$tags" -o "$bin/$name" "$package"
  )
  echo "built $name $version in $(($(date +%s) - started)) s" >&2
done
