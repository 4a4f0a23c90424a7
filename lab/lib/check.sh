# shellcheck shell=bash
# The proof that pods run as they must: see manifests/check.yaml.

check_restricted_pod() {
  step "a pod under restricted"
  kubectl_lab delete namespace lab-check --ignore-not-found >/dev/null
  apply_manifest "$lab/manifests/check.yaml" "IMAGE=$(reference_of base)"
  kubectl_lab wait pod/check --namespace lab-check --for jsonpath='{.status.phase}'=Succeeded --timeout 60s >/dev/null 2>&1 ||
    die "a pod under restricted did not do its work: $(kubectl_lab get pod check --namespace lab-check -o jsonpath='{.status}')"
  kubectl_lab delete namespace lab-check >/dev/null
}
