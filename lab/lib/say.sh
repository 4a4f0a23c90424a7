# shellcheck shell=bash
# Progress for a person who waits: one line a step with the seconds since the start, and errors of one line.

step() {
  printf '%4ss  %s\n' "$SECONDS" "$*"
}

note() {
  printf '       %s\n' "$*"
}

# die MESSAGE: one line to stderr, then exit 1. What was started in this run is taken down by the caller's EXIT trap.
die() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

# poll SECONDS WHAT COMMAND…: runs COMMAND until it succeeds, at most SECONDS, then dies saying WHAT never came.
poll() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || die "$what did not come up in time; its log is in $LAB_DIR/log"
    sleep 0.5
  done
}
