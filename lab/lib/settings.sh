# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the files that are sourced after this one
# Names, places and addresses of the lab. Each can be set from outside, for a machine where a default is taken.

# Everything the lab writes. Kept by `lab/down`: programs, packages' base image, registry; thrown away: $LAB_RUN.
LAB_DIR=${LAB_DIR:-$(dirname "$lab")/.cache/lab}
LAB_RUN=$LAB_DIR/run

# A machine that runs keeps the addresses it was started with, whatever is set now.
# shellcheck source=/dev/null
[ ! -f "$LAB_RUN/networks" ] || . "$LAB_RUN/networks"

# First two numbers of the lab's three networks: .0.0/24 links host and node, and pods and Services have a /16 each. And the name of what
# the lab makes on the machine itself, an interface and a cgroup; the kernel allows an interface 15 characters.
networks_given=${LAB_NAME:-}${LAB_LINK:-}${LAB_PODS:-}${LAB_SERVICES:-}
LAB_NAME=${LAB_NAME:-bulkhead-lab}
LAB_LINK=${LAB_LINK:-10.213}
LAB_PODS=${LAB_PODS:-10.214}
LAB_SERVICES=${LAB_SERVICES:-10.215}

# What follows from them.
derive_settings() {
  host_address=$LAB_LINK.0.1
  node_address=$LAB_LINK.0.2
  api_service_address=$LAB_SERVICES.0.1
  dns_service_address=$LAB_SERVICES.0.10
  host_interface=$LAB_NAME
  cgroup=$LAB_NAME
  registry_address=$node_address:$registry_port
}

node_name=bulkhead-lab

api_port=6443
registry_port=5000
# The name under which pods pull. `.test` is reserved (RFC 6761): nobody else can own it.
registry_name=registry.bulkhead.test
derive_settings

debian_suite=trixie
debian_mirror=${LAB_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# The oldest and newest minor version of Kubernetes 1.x that Bulkhead supports.
oldest_minor=33
newest_minor=36

kubeconfig=$LAB_DIR/kubeconfig
images_json=$LAB_DIR/images.json
