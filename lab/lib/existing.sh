# shellcheck shell=bash
# A cluster that is not ours (kind, a team's test cluster): it is only looked at. What Bulkhead needs and it lacks is named.

check_existing_cluster() {
  local minor missing=()
  command -v kubectl >/dev/null || die "missing: kubectl. Install it, then run this again"
  [ -r "$LAB_KUBECONFIG" ] || die "LAB_KUBECONFIG is $LAB_KUBECONFIG, which cannot be read"
  minor=$(kubectl --kubeconfig "$LAB_KUBECONFIG" --request-timeout 10s get --raw /version 2>/dev/null | sed -n 's/.*"minor": *"\([0-9]*\).*/\1/p')
  [ -n "$minor" ] || die "the cluster of $LAB_KUBECONFIG does not answer"
  if [ "$minor" -lt "$oldest_minor" ] || [ "$minor" -gt "$newest_minor" ]; then
    die "the cluster of $LAB_KUBECONFIG is Kubernetes 1.$minor, supported are 1.$oldest_minor to 1.$newest_minor"
  fi
  kubectl --kubeconfig "$LAB_KUBECONFIG" get storageclass -o yaml | grep -q 'is-default-class: "true"' || missing+=("a default StorageClass")
  kubectl --kubeconfig "$LAB_KUBECONFIG" get crd certificates.cert-manager.io >/dev/null 2>&1 || missing+=("cert-manager")
  [ ${#missing[@]} = 0 ] || die "the cluster of $LAB_KUBECONFIG lacks $(printf '%s, ' "${missing[@]}" | sed 's/, $//')"
  note "the cluster of $LAB_KUBECONFIG is Kubernetes 1.$minor and has what Bulkhead needs"
}
