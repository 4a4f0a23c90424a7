# shellcheck shell=bash
# cert-manager: its CRDs as the Go module of the same version holds them, then its programs. Ready means that it has issued a certificate.

cert_manager_source() {
  (cd "$lab/tools" && GOFLAGS='' go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)
}

install_cert_manager() {
  local crds manifest=$lab/manifests
  step "cert-manager"
  crds=$(cert_manager_source)/deploy/crds
  kubectl_lab apply --server-side --force-conflicts --field-manager lab --filename "$crds" >>"$LAB_DIR/log/apply.log" 2>&1 ||
    die "the cluster refused cert-manager's CRDs: $(tail -1 "$LAB_DIR/log/apply.log")"
  kubectl_lab create namespace cert-manager >/dev/null 2>&1 || true
  kubectl_lab create secret generic pebble --namespace cert-manager --dry-run=client -o yaml \
    --from-file "ca.crt=$pki/ca.crt" --from-file "tls.crt=$pki/pebble.crt" --from-file "tls.key=$pki/pebble.key" |
    kubectl_lab apply --server-side --field-manager lab -f - >/dev/null
  apply_manifest "$manifest/cert-manager.yaml" "IMAGE=$(reference_of certmanager)" "SOLVER=$(reference_of acmesolver)"
  apply_manifest "$manifest/pebble.yaml" "IMAGE=$(reference_of pebble)" "DNS=$dns_service_address"
  rolled_out deployment/cert-manager cert-manager
  rolled_out deployment/pebble cert-manager
  # Its webhook answers a moment after its authority has been written into the configuration.
  poll 60 "cert-manager's webhook" apply_certificate_check
  kubectl_lab wait certificate/check --namespace cert-manager --for condition=Ready --timeout 60s >/dev/null 2>&1 ||
    die "cert-manager issued no certificate: $(kubectl_lab get certificate check --namespace cert-manager -o jsonpath='{.status.conditions}')"
  kubectl_lab delete --filename "$manifest/certificate-check.yaml" >/dev/null
}

apply_certificate_check() {
  kubectl_lab apply --server-side --field-manager lab --filename "$lab/manifests/certificate-check.yaml"
}
