# shellcheck shell=bash
# Everything that `up`, `down` and `status` share. They set $lab, the folder of the lab, before they source this.

for part in say settings state preflight cgroups packages build pki node machine docker images cluster certManager check existing app; do
  # shellcheck source=/dev/null
  . "$lab/lib/$part.sh"
done
