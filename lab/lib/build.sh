# shellcheck shell=bash
# The programs of the cluster, built from the Go module proxy. Go's own build cache makes a second build take seconds; a stamp
# over the sources makes it take none.

# tools: folder with a go.mod whose `tool` lines name the programs.
tools=(. tools load)

kubernetes_version() {
  awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$lab/go.mod"
}

# Kubernetes stamps its version at link time; without, the API server calls itself v0.0.0 and clients refuse it.
link_flags() {
  local version package flags="-s -w"
  version=$(kubernetes_version)
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
    flags+=" -X $package.gitTreeState=clean"
  done
  echo "$flags"
}

# The sources of one go.mod: a folder below with another is no part of it.
sources_stamp() {
  find "$1" -mindepth 1 -maxdepth 2 \( -path "$1/*/go.*" \) -prune -o \
    \( -name go.mod -o -name go.sum -o -name '*.go' \) -print0 | sort -z | xargs -0 cat | cat - <(go version) | sha256sum
}

build_programs() {
  local folder stamp log
  mkdir -p "$LAB_DIR/bin" "$LAB_DIR/stamps"
  for folder in "${tools[@]}"; do
    stamp=$LAB_DIR/stamps/go-${folder//[.\/]/_}
    sources_stamp "$lab/$folder" | cmp -s - "$stamp" && continue
    step "building $(sed -n 's|^tool .*/||p; /^tool (/,/^)/s|.*/||p' "$lab/$folder/go.mod" | grep -v '[()]' | paste -sd' ') (minutes on a first run)"
    log=$LAB_DIR/log/go-$(basename "$(realpath "$lab/$folder")").log
    (cd "$lab/$folder" && nice -n 10 "${lab%/*}/scripts/go-build" \
      -ldflags "$(link_flags)" -o "$LAB_DIR/bin/" tool) >"$log" 2>&1 ||
      die "building $folder failed: $(tail -1 "$log"); more in $log"
    sources_stamp "$lab/$folder" >"$stamp"
  done
}
