# shellcheck shell=bash
# The lab's own cgroup in every hierarchy (version 1) or in the one tree (version 2): everything it runs is below it.

# Each folder in which /bulkhead-lab lives: one per controller under version 1, one under version 2.
cgroup_roots() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d
  fi
}

# Makes the groups and moves the calling process into them.
enter_cgroups() {
  local root dir file
  while read -r root; do
    dir=$root/$cgroup
    if [ "$root" = /sys/fs/cgroup ]; then
      # Version 2: processes sit in a leaf, so that the group itself can hand controllers on to the pods beside it.
      mkdir -p "$dir/machine"
      tr ' ' '\n' <"$root/cgroup.controllers" | sed 's/^/+/' | while read -r file; do
        echo "$file" >"$root/cgroup.subtree_control" 2>/dev/null || true
        echo "$file" >"$dir/cgroup.subtree_control" 2>/dev/null || true
      done
      dir=$dir/machine
    else
      mkdir -p "$dir"
      for file in cpuset.cpus cpuset.mems; do # empty in a new group, and then nothing may enter it
        [ ! -f "$root/$file" ] || cat "$root/$file" >"$dir/$file"
      done
    fi
    echo "$BASHPID" >"$dir/cgroup.procs"
  done < <(cgroup_roots)
}

# Innermost first. The kernel takes a moment to let go of a group whose processes have just died.
remove_cgroups() {
  local root deadline=$((SECONDS + 20))
  while read -r root; do
    while [ -d "$root/$cgroup" ]; do
      find "$root/$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$root/$cgroup" ] || break
      [ "$SECONDS" -lt "$deadline" ] || die "the cgroup $root/$cgroup is still in use"
      sleep 0.2
    done
  done < <(cgroup_roots)
}
