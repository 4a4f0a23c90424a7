# shellcheck shell=bash
# The machine: one process with namespaces of its own for mounts, processes, network, host name and IPC, in which the whole node runs.
# When it dies the kernel takes everything with it: mounts, interfaces, firewall rules, containers. Outside remain one interface
# (it goes with the network namespace), the cgroup, and a few kernel settings, which are put back.

# Settings that kubelet changes for the whole kernel, since they belong to no namespace.
shared_sysctls=(vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys
  kernel/keys/root_maxbytes)

# After a reboot the kernel has forgotten them anyhow.
sysctls_file() {
  echo "$LAB_RUN/sysctls.$(cat /proc/sys/kernel/random/boot_id)"
}

save_sysctls() {
  local name
  for name in "${shared_sysctls[@]}"; do
    [ ! -f "/proc/sys/$name" ] || echo "$name $(cat "/proc/sys/$name")"
  done >"$(sysctls_file)"
}

restore_sysctls() {
  local name value
  [ -f "$(sysctls_file)" ] || return 0
  while read -r name value; do
    [ "$(cat "/proc/sys/$name")" = "$value" ] || echo "$value" >"/proc/sys/$name"
  done <"$(sysctls_file)"
}

# The first process inside, as seen from here.
machine_init() {
  local pid
  pid=$(pid_of machine) && pgrep --parent "$pid" | head -1
}

# in_machine COMMAND…: runs it with the node's mounts, network and processes.
in_machine() {
  nsenter --target "$(machine_init)" --mount --pid --net --uts --ipc -- "$@"
}

machine_runs() {
  pid_of machine >/dev/null
}

make_link() {
  local init=$1
  ip link add "$host_interface" type veth peer name eth0 netns "$init"
  ip addr add "$host_address/24" dev "$host_interface"
  ip link set "$host_interface" up
  cat "/sys/class/net/$host_interface/ifindex" >"$LAB_RUN/link" # by this `down` knows it from another of the same name
  nsenter --target "$init" --net -- sh -ec "
    ip link set lo up
    ip addr add $node_address/24 dev eth0
    ip link set eth0 up
    ip route add default via $host_address"
  # Pods and Services, for tests and browsers on the host. The routes go with the interface.
  ip route add "$LAB_PODS.0.0/16" via "$node_address"
  ip route add "$LAB_SERVICES.0.0/16" via "$node_address"
}

start_machine() {
  local init gate=$LAB_RUN/gate
  rm -rf "$LAB_RUN"
  mkdir -p "$LAB_RUN/var-lib" "$LAB_RUN/var-log/pods" "$LAB_RUN/var-log/containers" "$LAB_RUN/etc"
  printf 'LAB_NAME=%s LAB_LINK=%s LAB_PODS=%s LAB_SERVICES=%s\n' "$LAB_NAME" "$LAB_LINK" "$LAB_PODS" "$LAB_SERVICES" >"$LAB_RUN/networks"
  save_sysctls
  make_pki
  write_node_files
  mkfifo "$gate"
  (
    exec {lock_fd}>&- # the lock belongs to this run, not to the machine
    enter_cgroups
    exec setsid unshare --mount --pid --net --uts --ipc --fork --kill-child=KILL --mount-proc \
      "$lab/lib/machine-init" "$gate" </dev/null >"$LAB_DIR/log/machine.log" 2>&1
  ) &
  remember machine $!
  disown
  poll 10 "the machine" machine_init
  init=$(machine_init)
  make_link "$init"
  echo go >"$gate"
}

stop_machine() {
  stop_process docker
  stop_process machine
  # Connections cut off by the kill keep the network namespace alive for a minute or two; deleting one end of the link deletes both.
  # Read, not compared by cmp: files of sysfs have another size than content.
  if [ "$(cat "$LAB_RUN/link" 2>/dev/null)" = "$(cat "/sys/class/net/$host_interface/ifindex" 2>/dev/null || echo gone)" ]; then
    ip link delete "$host_interface"
  fi
  remove_cgroups
  restore_sysctls
  rm -rf "$LAB_RUN" "$kubeconfig"
}
