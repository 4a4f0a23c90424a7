# shellcheck shell=bash
# Debian's packages, installed without starting their services: the lab runs the programs itself, in its own namespaces.

packages=(containerd containernetworking-plugins conntrack debootstrap docker-registry docker.io etcd-server iproute2
  nftables openssl runc util-linux)

install_packages() {
  local missing=() name policy=/usr/sbin/policy-rc.d ours=false
  for name in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "missing: ${missing[*]}. These are Debian packages, and this machine has no apt-get"
  step "installing ${missing[*]}"
  if ! [ -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    ours=true
  fi
  apt-get update -qq >"$LAB_DIR/log/apt.log" 2>&1 || true
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$LAB_DIR/log/apt.log" 2>&1; then
    ! $ours || rm $policy
    die "apt-get could not install ${missing[*]}: $(grep -m1 '^E:' "$LAB_DIR/log/apt.log" || echo "see $LAB_DIR/log/apt.log")"
  fi
  ! $ours || rm $policy
}
