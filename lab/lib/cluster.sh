# shellcheck shell=bash
# What a fresh cluster lacks: DNS, a StorageClass, cert-manager, metrics. Applied again by every `lab/up`; applying changes nothing
# that is in place already.

kubectl_lab() {
  "$LAB_DIR/bin/kubectl" --kubeconfig "$kubeconfig" "$@"
}

wait_for_control_plane() {
  poll 120 "the API server" kubectl_lab get --raw /readyz
}

wait_for_node() {
  poll 120 "the node" sh -c "'$LAB_DIR/bin/kubectl' --kubeconfig '$kubeconfig' get node $node_name -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].status}' | grep -qx True"
}

# apply_manifest FILE [NAME=IMAGE…]: fills in @NAME@ and applies.
apply_manifest() {
  local file=$1 edit=() pair
  shift
  for pair in "$@"; do
    edit+=(-e "s|@${pair%%=*}@|${pair#*=}|g")
  done
  sed "${edit[@]}" "$file" | kubectl_lab apply --server-side --force-conflicts --field-manager lab -f - >>"$LAB_DIR/log/apply.log" 2>&1 ||
    die "the cluster refused $(basename "$file"): $(tail -1 "$LAB_DIR/log/apply.log")"
}

rolled_out() {
  kubectl_lab rollout status "$1" --namespace "$2" --timeout 300s >>"$LAB_DIR/log/apply.log" 2>&1 ||
    die "$1 in $2 did not become ready: lab/status shows the pods"
}

install_addons() {
  step "DNS, storage, metrics"
  kubectl_lab label node "$node_name" --overwrite topology.kubernetes.io/zone=lab >/dev/null
  apply_manifest "$lab/manifests/coredns.yaml" "IMAGE=$(reference_of coredns)" "DNS=$dns_service_address"
  apply_manifest "$lab/manifests/storage.yaml" "IMAGE=$(reference_of local-path-provisioner)" "HELPER=$(reference_of base)"
  apply_manifest "$lab/manifests/metrics-server.yaml" "IMAGE=$(reference_of metrics-server)"
  rolled_out deployment/coredns kube-system
  rolled_out deployment/local-path-provisioner local-path-storage
  rolled_out deployment/metrics-server kube-system
}
