# shellcheck shell=bash
# The app's own images. There may be no way to the npm registry from inside a build, so the app is built here, on the host, and only the
# last stage of its published Dockerfile runs in Docker: what it copies from the stages before comes from folders.

# own_images PROJECT: NAME SOURCE DOCKERFILE of each image that the project builds.
own_images() {
  local root=${lab%/*}
  case $1 in
    flowmarine)
      echo "backend $root/sample/backend $root/images/backend.Dockerfile"
      echo "frontend $root/sample/frontend $root/images/frontend.Dockerfile"
      ;;
    express-mariadb)
      echo "app $root/examples/express-mariadb/app $root/examples/express-mariadb/app/Dockerfile"
      echo "web $root/examples/express-mariadb/web $root/examples/express-mariadb/web/Dockerfile"
      ;;
  esac
}

# last_stage DOCKERFILE: its last stage alone, after the arguments of the first; `COPY --from=build /app/x` becomes `COPY build/app/x`.
last_stage() {
  awk '/^ARG / && !stages { args = args $0 "\n" }
    /^FROM / { stages++; text = "" }
    stages { text = text $0 "\n" }
    END { printf "%s%s", args, text }' "$1" |
    sed 's|^COPY --from=\([a-z]*\) /|COPY \1/|'
}

# copy_app SOURCE TARGET: what the app is made from, without what was built from it.
copy_app() {
  mkdir -p "$2"
  tar -C "$1" --exclude ./node_modules --exclude ./dist -c . | tar -C "$2" -x
}

# What tells one version of the sources from another.
app_sum() {
  tar -C "$1" --exclude ./node_modules --exclude ./dist --sort=name --mtime=@0 --owner=0 --group=0 -c . | sha256sum
}

# app_context SOURCE DOCKERFILE CONTEXT: the sources and, where the Dockerfile has such stages, folders `build` and `dependencies` that
# look like them.
app_context() {
  local source=$1 dockerfile=$2 context=$3 stage place
  copy_app "$source" "$context"
  for stage in build dependencies; do
    grep -qE "^FROM .* AS $stage\$" "$dockerfile" || continue
    place=$context/$stage$(sed -n "s|^COPY --from=$stage \(/[a-z]*\)/.*|\1|p" "$dockerfile" | head -1)
    copy_app "$source" "$place"
    (
      cd "$place"
      if [ "$stage" = build ]; then
        npm ci --ignore-scripts --no-audit --no-fund && npm run build
      elif [ -d "$context/build/app/node_modules" ]; then
        # What is installed already, less what only the build needs; a second installation would take as long as the first.
        cp -al "$context/build/app/node_modules" . && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
      else
        npm ci --omit=dev --ignore-scripts --no-audit --no-fund
      fi
    ) || return
  done
  last_stage "$dockerfile" >"$context/Dockerfile"
}

# have_image NAME: the lab's image is in Docker's own store, from the registry where that has been emptied.
have_image() {
  local reference
  docker_cli image inspect "lab/$1" >/dev/null 2>&1 && return
  reference=$registry_address/$(reference_of "$1" | cut -d/ -f2-)
  docker_cli pull --quiet "$reference" && docker_cli tag "$reference" "lab/$1"
}

# build_app NAME SOURCE DOCKERFILE
build_app() {
  local name=$1 source=$2 dockerfile=$3 stamp context log=$LAB_DIR/log/image-$1.log
  stamp=$({ app_sum "$source" && cat "$dockerfile" && reference_of node && reference_of nginx; } | sha256sum | cut -c1-64)
  pushed "$name" "$stamp" >/dev/null && return
  step "image $name: building the app"
  context=$(mktemp -d "$LAB_RUN/context.XXXXXX")
  app_context "$source" "$dockerfile" "$context" >"$log" 2>&1 || die "building $name failed: $(grep -v '^$' "$log" | tail -1); more in $log"
  start_docker
  if ! { have_image node && have_image nginx; } >>"$log" 2>&1; then
    die "the images that $name is built on are gone: run lab/down --purge, then lab/up"
  fi
  docker_cli build --network host --build-arg BASE=lab/node --build-arg NODE=lab/node --build-arg NGINX=lab/nginx \
    --tag "lab/$name" "$context" >>"$log" 2>&1 || die "packing $name failed: $(grep -v '^$' "$log" | tail -1); more in $log"
  rm -rf "$context"
  push "$name" "$(date --utc +%Y%m%d%H%M%S)" "$stamp"
}

# build_apps PROJECT: builds what has changed, and prints NAME=REF of each.
build_apps() {
  local name source dockerfile
  while read -r name source dockerfile; do
    build_app "$name" "$source" "$dockerfile" >&2
    echo "$name=$(reference_of "$name")"
  done < <(own_images "$1")
}
