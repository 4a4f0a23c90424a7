# shellcheck shell=bash
# The images of the lab. Published ones cannot be had without the network's registries, so each is built here, from Debian's packages
# or from one static program, and pushed to the lab's registry, so that pods pull by digest as they do in production.
# lab/images/NAME/ is one image: a Dockerfile on the base, `version` (a command that prints the tag), and, where it needs files that
# are not in the folder, `prepare` (a script that puts them into the folder given). NAME is the name in components/images/catalogue.ts.

# Programs that make an image each, with nothing else in it, and the Go module whose version is the image's tag.
static_programs=(
  pause=k8s.io/kubernetes
  coredns=github.com/coredns/coredns
  metrics-server=sigs.k8s.io/metrics-server
  local-path-provisioner=github.com/rancher/local-path-provisioner
  certmanager=github.com/cert-manager/cert-manager
  acmesolver=github.com/cert-manager/cert-manager
  pebble=github.com/letsencrypt/pebble/v2
)

# pushed NAME: the reference that was pushed, when the sources have not changed since and the registry has it.
pushed() {
  local stamp=$LAB_DIR/stamps/image-$1 sum reference
  [ -f "$stamp" ] || return 1
  read -r sum reference <"$stamp"
  [ "$sum" = "$2" ] || return 1
  curl --fail --silent --output /dev/null --head "http://$registry_address/v2/$1/manifests/${reference##*@}" \
    --header 'Accept: application/vnd.docker.distribution.manifest.v2+json' || return 1
  echo "$reference"
}

# push NAME TAG STAMP: pushes the local image lab/NAME and records its reference.
push() {
  local target=$registry_address/$1:$2 log=$LAB_DIR/log/image-$1.log digest
  docker_cli tag "lab/$1" "$target"
  docker_cli push "$target" >>"$log" 2>&1 || die "pushing the image $1 failed: $(tail -1 "$log")"
  digest=$(sed -n 's/.* digest: \(sha256:[0-9a-f]*\) .*/\1/p' "$log" | tail -1)
  [ -n "$digest" ] || die "Docker did not say the digest of $1; see $log"
  echo "$3 $registry_name/$1:$2@$digest" >"$LAB_DIR/stamps/image-$1"
}

# The version of the module $2 in the program $1, or in this folder's go.mod.
module_version() {
  # Reads to the end: with pipefail, a reader that stops early makes the writer fail.
  go version -m "$1" | cat - "$lab/go.mod" |
    awk -v module="$2" '{ for (i = 1; i < NF; i++) if ($i == module && !version) version = $(i + 1) } END { sub(/^v/, "", version); print version }'
}

# build_static NAME=MODULE: a tree with one static program, an unprivileged user and a place for temporary files.
build_static() {
  local name=${1%%=*} program=$LAB_DIR/bin/${1%%=*} tag tree sum
  sum=$(sha256sum <"$program" | cut -c1-64)
  pushed "$name" "$sum" >/dev/null && return
  start_docker
  step "image $name"
  tag=$(module_version "$program" "${1#*=}")
  tree=$(mktemp -d "$LAB_RUN/static.XXXXXX")
  mkdir -p "$tree/etc/ssl/certs" "$tree/tmp"
  chmod 755 "$tree"
  chmod 1777 "$tree/tmp"
  cp "$program" "$tree/$name"
  cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
  echo 'nonroot:x:65532:65532::/:/sbin/nologin' >"$tree/etc/passwd"
  tar -C "$tree" --sort=name --mtime=@0 --owner=0 --group=0 -c . |
    docker_cli import --change 'USER 65532:65532' --change "ENTRYPOINT [\"/$name\"]" - "lab/$name" >"$LAB_DIR/log/image-$name.log"
  rm -rf "$tree"
  push "$name" "$tag" "$sum"
}

base_tarball=$LAB_DIR/base-$debian_suite.tar.gz

# Debian's smallest tree, once.
build_tree() {
  local tree=$LAB_DIR/debootstrap
  ! [ -f "$base_tarball" ] || return 0
  step "base image: Debian $debian_suite (a minute or two on a first run)"
  rm -rf "$tree"
  # In a mount namespace of its own: debootstrap leaves /proc mounted in the tree when it is killed.
  unshare --mount debootstrap --variant=minbase --include=ca-certificates "$debian_suite" "$tree" "$debian_mirror" \
    >"$LAB_DIR/log/debootstrap.log" 2>&1 || die "debootstrap failed: $(grep -m1 ^E: "$LAB_DIR/log/debootstrap.log" || echo "see $LAB_DIR/log")"
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/*
  tar -C "$tree" --exclude ./dev -cz . >"$base_tarball.part"
  mv "$base_tarball.part" "$base_tarball"
  rm -rf "$tree"
}

# The base of every image with packages.
build_base() {
  build_tree
  docker_cli image inspect lab/base >/dev/null 2>&1 || docker_cli import "$base_tarball" lab/base >/dev/null
  pushed base "$debian_suite" >/dev/null || push base "$debian_suite" "$debian_suite"
}

# The base as an image of its own: helpers and checks run in it.
push_base() {
  pushed base "$debian_suite" >/dev/null && return
  start_docker
  build_base
}

# What the image is made of: its folder, and the base's identity.
image_stamp() {
  { find "$1" -type f -print0 | sort -z | xargs -0 cat && echo "$debian_suite"; } | sha256sum | cut -c1-64
}

build_image() {
  local folder=$1 name stamp context tag log
  name=$(basename "$folder")
  stamp=$(image_stamp "$folder")
  # A registry's repository has no capital letters.
  local repository=${name,,}
  log=$LAB_DIR/log/image-$repository.log
  pushed "$repository" "$stamp" >/dev/null && return
  start_docker
  build_base
  step "image $name"
  context=$(mktemp -d "$LAB_RUN/context.XXXXXX")
  cp -r "$folder/." "$context"
  [ ! -x "$folder/prepare" ] || "$folder/prepare" "$context" "$LAB_DIR" >"$log" 2>&1 || die "preparing the image $name failed: $(tail -1 "$log")"
  docker_cli build --network host --build-arg BASE=lab/base --tag "lab/$repository" "$context" >"$log" 2>&1 ||
    die "building the image $name failed: $(grep -v '^$' "$log" | tail -1); more in $log"
  rm -rf "$context"
  tag=$(docker_cli run --rm --network none --entrypoint sh "lab/$repository" -c "$(cat "$folder/version")") || die "image $name does not tell its version"
  push "$repository" "$tag" "$stamp"
}

build_static_images() {
  local entry
  for entry in "${static_programs[@]}"; do
    build_static "$entry"
  done
}

build_catalogue() {
  local folder
  for folder in "$lab"/images/*/; do
    build_image "${folder%/}"
  done
  write_images_json
}

# {"postgres": "registry.bulkhead.test/postgres:17.6@sha256:…", …}: the catalogue's names, for `--image` and the setting `images`.
write_images_json() {
  local folder name separator="" reference
  {
    printf '{'
    for folder in "$lab"/images/*/; do
      name=$(basename "$folder")
      read -r _ reference <"$LAB_DIR/stamps/image-${name,,}"
      printf '%s\n  "%s": "%s"' "$separator" "$name" "$reference"
      separator=,
    done
    printf '\n}\n'
  } >"$images_json.part"
  mv "$images_json.part" "$images_json"
}

reference_of() {
  local reference
  read -r _ reference <"$LAB_DIR/stamps/image-$1"
  echo "$reference"
}
