# shellcheck shell=bash
# What must be true before anything is changed. Each fault is one line that says what to do.

# Free space that a first run needs, in MiB: Go's build cache, images in two stores, containers' layers. And where the programs are compiled.
disk_needed_mib=20000
disk_compiled_mib=10000

require_root() {
  [ "$(id -u)" = 0 ] || die "a node needs root (namespaces, mounts, interfaces): run \`sudo lab/$1\`, or set LAB_KUBECONFIG"
}

require_linux() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "the lab runs on Linux x86_64, this is $(uname -s) $(uname -m)"
}

require_commands() {
  local missing=() name
  for name in "$@"; do
    command -v "$name" >/dev/null || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]}. Install them, then run this again"
}

require_disk() {
  local free needed=$disk_needed_mib
  [ ! -f "$LAB_DIR/stamps/go-load" ] || needed=$disk_compiled_mib # what is compiled last
  [ ! -f "$images_json" ] || needed=4000                          # everything is built already
  free=$(df --output=avail -m "$LAB_DIR" | tail -1 | tr -d " ")
  [ "$free" -ge "$needed" ] || die "$LAB_DIR has $free MiB free, the lab needs $needed: free some, or set LAB_DIR"
}

# Paths that the node's own mounts would hide.
require_place() {
  case $LAB_DIR/ in
    /run/* | /var/lib/* | /var/log/* | /proc/* | /sys/*) die "LAB_DIR is $LAB_DIR, choose a place outside /run, /var, /proc and /sys" ;;
    /*) ;;
    *) die "LAB_DIR is $LAB_DIR, it must be an absolute path" ;;
  esac
}

# Who uses a network or name of the lab already; nothing when they are free. An address in a network, or a route into it, is a use.
networks_in_use() {
  local net
  for net in "$LAB_LINK" "$LAB_PODS" "$LAB_SERVICES"; do
    if ip -4 -oneline addr show | grep -qF " $net." || ip -4 route show table all | grep -qE "^(local |broadcast )?$net\."; then
      echo "the addresses $net.0.0/16 are in use here"
      return
    fi
  done
  ! ip link show "$host_interface" >/dev/null 2>&1 || echo "a network interface named $host_interface exists that this lab did not make"
}

# The networks must be nobody else's. Defaults make room for a second lab on the machine (another clone's); what was set must fit as it is.
require_networks() {
  local number busy
  busy=$(networks_in_use)
  [ -n "$busy" ] || return 0
  [ -z "$networks_given" ] || die "$busy: set LAB_NAME, LAB_LINK, LAB_PODS and LAB_SERVICES to free ones (like lab-2, 10.99)"
  for number in 2 3 4 5; do
    LAB_NAME=bulkhead-lab-$number
    LAB_LINK=10.$((213 + 3 * number)) LAB_PODS=10.$((214 + 3 * number)) LAB_SERVICES=10.$((215 + 3 * number))
    derive_settings
    if [ -z "$(networks_in_use)" ]; then
      note "$busy: this lab is $LAB_NAME, with $LAB_LINK, $LAB_PODS and $LAB_SERVICES"
      return
    fi
  done
  die "$busy: set LAB_NAME, LAB_LINK, LAB_PODS and LAB_SERVICES to free ones (like lab-2, 10.99)"
}
