# shellcheck shell=bash
# shellcheck disable=SC2034  # the lists are read by the commands
# Debian's packages, installed without starting their services: the lab runs the programs itself, in its own namespaces.

node_packages=(containerd containernetworking-plugins conntrack debootstrap docker-registry docker.io etcd-server iproute2
  nftables openssl runc util-linux)

# What stages use the system with.
verify_packages=(chromium curl fonts-dejavu-core libnss3-tools openssl python3-venv testssl.sh wrk)
sslyze_version=6.3.1

# install_packages NAME…
install_packages() {
  local missing=() name policy=/usr/sbin/policy-rc.d ours=false
  for name in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return
  require_root "${0##*/}"
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

# What stages use that is no package, beside the tests' own Python programs.
install_sslyze() {
  local cache=${lab%/*}/.cache log=$LAB_DIR/log/pip.log
  mkdir -p "$cache/bin"
  if ! [ -x "$cache/venv/bin/sslyze" ]; then
    step "installing sslyze"
    if ! { [ -x "$cache/venv/bin/python" ] || python3 -m venv "$cache/venv"; } >"$log" 2>&1 ||
      ! "$cache/venv/bin/pip" install --quiet --disable-pip-version-check "sslyze==$sslyze_version" >>"$log" 2>&1; then
      die "pip could not install sslyze: $(tail -1 "$log")"
    fi
  fi
  ln -sf "$cache/venv/bin/sslyze" "$cache/bin/sslyze"
}
