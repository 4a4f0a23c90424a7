# shellcheck shell=bash
# Which processes are ours. A process id alone may have been given to somebody else since: its start time goes with it.

started_at() {
  # Field 22 of stat, counted after the command name, which may hold spaces and brackets.
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# remember NAME PID
remember() {
  echo "$2 $(started_at "$2") $(cat /proc/sys/kernel/random/boot_id)" >"$LAB_RUN/$1.pid"
}

# pid_of NAME: prints the id of the process remembered under that name, when it is still that very process.
pid_of() {
  local pid start boot
  read -r pid start boot 2>/dev/null <"$LAB_RUN/$1.pid" || return 1
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ "$(started_at "$pid")" = "$start" ] || return 1
  echo "$pid"
}

# stop_process NAME: kills the process with all that lives in its pid namespace, and waits for the end.
stop_process() {
  local pid
  if pid=$(pid_of "$1"); then
    kill -KILL "$pid"
    while pid_of "$1" >/dev/null; do sleep 0.1; done
  fi
  rm -f "$LAB_RUN/$1.pid"
}

# One of `up`, `down`, `deploy` and `image` at a time.
lock() {
  mkdir -p "$LAB_DIR"
  exec {lock_fd}>"$LAB_DIR/lock"
  flock --nonblock "$lock_fd" || die "another of the lab's commands (up, down, deploy, image) is at work in $LAB_DIR"
}
