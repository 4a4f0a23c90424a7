# shellcheck shell=bash
# Docker, only while images are built: a daemon of our own with its own store, without a bridge and without a firewall rule. Builds use
# the host's network, to reach Debian's mirror.

# The daemon's socket is in a folder that root only may enter.
docker_socket=$LAB_RUN/docker/socket

docker_cli() {
  DOCKER_HOST=unix://$docker_socket DOCKER_CONFIG=$LAB_RUN/docker/config DOCKER_BUILDKIT=1 /usr/bin/docker "$@"
}

start_docker() {
  pid_of docker >/dev/null && return
  mkdir -p "$LAB_RUN/docker/config" "$LAB_DIR/docker"
  chmod 700 "$LAB_RUN/docker"
  (
    exec {lock_fd}>&-
    enter_cgroups
    exec setsid unshare --mount --pid --fork --kill-child=KILL --mount-proc "$lab/lib/docker-init" --host "unix://$docker_socket" \
      --data-root "$LAB_DIR/docker" --exec-root "$LAB_RUN/docker/exec" --pidfile "$LAB_RUN/docker/pid" --cgroup-parent "/$cgroup" \
      --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
      --insecure-registry "$registry_address" </dev/null >"$LAB_DIR/log/docker.log" 2>&1
  ) &
  remember docker $!
  disown # no word from bash when it is killed
  poll 60 "Docker" docker_cli info
}

stop_docker() {
  stop_process docker
  rm -rf "$LAB_RUN/docker"
}
