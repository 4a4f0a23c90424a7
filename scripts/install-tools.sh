#!/bin/sh
# Builds the programs that tests run for real and no package of Debian, PyPI or npm brings, into .cache/bin: `scripts/install-tools.sh
# [NAME…]`, all of them without a name. What is there, of the same sources, is kept, so that a second run takes no time. Needs Go.
set -eu
cd "$(dirname "$0")/.."

# Program, folder of its go.mod below tools/, package.
tools="
actionlint          actionlint  github.com/rhysd/actionlint/cmd/actionlint
promtool            .           github.com/prometheus/prometheus/cmd/promtool
prometheus          .           github.com/prometheus/prometheus/cmd/prometheus
amtool              .           github.com/prometheus/alertmanager/cmd/amtool
alertmanager        .           github.com/prometheus/alertmanager/cmd/alertmanager
helm                .           helm.sh/helm/v3/cmd/helm
kube-state-metrics  .           k8s.io/kube-state-metrics/v2
otelcol             .           ./otelcol
cel-oracle          .           ./cel-oracle
psa-oracle          psa-oracle  .
loki                loki        github.com/grafana/loki/v3/cmd/loki
versitygw           versitygw   github.com/versity/versitygw/cmd/versitygw
"

bin="$PWD/.cache/bin"
stamps="$PWD/.cache/stamps"
go_build="$PWD/scripts/go-build"
mkdir -p "$bin" "$stamps"

for asked; do
  echo "$tools" | awk -v name="$asked" '$1 == name { found = 1 } END { exit !found }' ||
    { echo "install-tools.sh: there is no $asked; there are$(echo "$tools" | awk 'NF { printf " %s", $1 }')" >&2; exit 2; }
done

wanted() { # NAME [NAMES…]: whether NAME was asked for
  name=$1
  shift
  [ $# -eq 0 ] && return 0
  for asked; do [ "$asked" = "$name" ] && return 0; done
  return 1
}

# Of a module: what is in its folder, but for the modules below it, and how it is built: this file but for other modules' programs.
stamp_of() { # FOLDER
  {
    awk -v module="$1" '/^tools="$/ { list = 1 } /^"$/ { list = 0 } !list || $2 == module' "$0"
    { find "tools/$1" -maxdepth 1 -type f; [ "$1" != . ] || find tools/otelcol tools/cel-oracle -type f; } | sort | xargs cat "$go_build"
  } | sha256sum
}

# What the shared module needs that is in no repository: Alertmanager with an empty page in place of its web pages, which are built with Node
# and are not in the Go module (its API, all that tests use, needs none); and the collector's source, which is generated.
add_missing() {
  rm -rf alertmanager
  version=$(awk '$1 == "github.com/prometheus/alertmanager" { print $2; exit }' go.mod)
  (cd / && go mod download -json "github.com/prometheus/alertmanager@$version") | sed -n 's/.*"Dir": "\(.*\)".*/\1/p' | xargs -I{} cp -R {} alertmanager
  chmod -R u+w alertmanager
  mkdir -p alertmanager/ui/app/dist
  : > alertmanager/ui/app/dist/index.html
  (cd otelcol && go tool builder --config builder.yaml --skip-compilation --skip-get-modules)
}

for module in $(echo "$tools" | awk 'NF && !seen[$2]++ { print $2 }'); do
  stamp=$(stamp_of "$module")
  names='' packages=''
  while read -r name folder package; do
    if [ "$folder" != "$module" ] || ! wanted "$name" "$@"; then continue; fi
    if [ -x "$bin/$name" ] && [ "$(cat "$stamps/$name" 2>/dev/null)" = "$stamp" ]; then continue; fi
    names="$names $name" packages="$packages $package"
  done <<EOF
$tools
EOF
  [ -n "$names" ] || continue
  started=$(date +%s)
  folder="$PWD/.cache/build/$module"
  mkdir -p "$folder"
  cp -R "tools/$module/." "$folder"
  (
    cd "$folder"
    [ "$module" != . ] || add_missing
    # Targets are found through DNS only: the clients of two dozen clouds that could find them would be most of the time that it takes.
    # shellcheck disable=SC2086  # a list
    "$go_build" -ldflags '-s -w' -tags remove_all_sd,enable_dns_sd -o "$bin/" $packages
  )
  for name in $names; do echo "$stamp" > "$stamps/$name"; done
  echo "built$names in $(($(date +%s) - started)) s" >&2
done
