# shellcheck shell=bash
# The programs of the node and their settings. Everything listens on the machine's loopback or on its address in the lab's own network.

write_node_files() {
  local dir=$LAB_RUN/etc
  printf '127.0.0.1 localhost\n%s %s\n' "$node_address" "$node_name" >"$dir/hosts"
  : >"$dir/resolv.conf" # pods resolve by the cluster's DNS, the node resolves nothing
  mkdir -p "$dir/cni" "$dir/registries/$registry_name" "$LAB_DIR/registry"
  printf 'server = "http://%s"\n[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' \
    "$registry_address" "$registry_address" >"$dir/registries/$registry_name/hosts.toml"
  local name
  for name in containerd.toml kubelet.yaml proxy.yaml registry.yaml cni/lab.conflist; do
    sed -e "s|@NODE@|$node_address|g; s|@PODS@|$LAB_PODS|g; s|@DNS@|$dns_service_address|g; s|@NAME@|$node_name|g" \
      -e "s|@PKI@|$pki|g; s|@ETC@|$dir|g; s|@CGROUP@|$cgroup|g; s|@REGISTRY@|$registry_name|g" \
      -e "s|@REGISTRY_ADDRESS@|$registry_address|g; s|@REGISTRY_STORE@|$LAB_DIR/registry|g" \
      -e "s|@KUBERNETES@|$(kubernetes_version | sed s/^v//)|g" "$lab/node/$name" >"$dir/$name"
  done
}

run_etcd() {
  # In memory: the cluster is thrown away with the machine, and a shared disk's fsync would set its pace.
  etcd --name lab --data-dir /run/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster lab=http://127.0.0.1:2380 --logger zap --log-level warn --auto-compaction-retention 1h
}

run_registry() {
  docker-registry serve "$LAB_RUN/etc/registry.yaml"
}

run_apiserver() {
  "$LAB_DIR/bin/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --bind-address "$node_address" --secure-port "$api_port" \
    --advertise-address "$node_address" --service-cluster-ip-range "$LAB_SERVICES.0.0/16" --authorization-mode Node,RBAC \
    --enable-admission-plugins NodeRestriction --allow-privileged=true --client-ca-file "$pki/ca.crt" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-client-certificate "$pki/apiserver-kubelet-client.crt" \
    --kubelet-client-key "$pki/apiserver-kubelet-client.key" --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc.cluster.local --service-account-key-file "$pki/service-account.pub" \
    --service-account-signing-key-file "$pki/service-account.key" --requestheader-client-ca-file "$pki/front-proxy-ca.crt" \
    --requestheader-allowed-names front-proxy-client --requestheader-username-headers X-Remote-User \
    --requestheader-group-headers X-Remote-Group --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$pki/front-proxy-client.crt" --proxy-client-key-file "$pki/front-proxy-client.key" \
    --enable-aggregator-routing=true --profiling=false
}

run_controller_manager() {
  "$LAB_DIR/bin/kube-controller-manager" --kubeconfig "$pki/controller-manager.kubeconfig" --bind-address 127.0.0.1 \
    --authentication-kubeconfig "$pki/controller-manager.kubeconfig" --authorization-kubeconfig "$pki/controller-manager.kubeconfig" \
    --root-ca-file "$pki/ca.crt" --service-account-private-key-file "$pki/service-account.key" --use-service-account-credentials=true \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" --leader-elect=false --profiling=false
}

run_scheduler() {
  "$LAB_DIR/bin/kube-scheduler" --kubeconfig "$pki/scheduler.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false \
    --authentication-kubeconfig "$pki/scheduler.kubeconfig" --authorization-kubeconfig "$pki/scheduler.kubeconfig" --profiling=false
}

run_containerd() {
  containerd --config "$LAB_RUN/etc/containerd.toml"
}

run_kubelet() {
  "$LAB_DIR/bin/kubelet" --config "$LAB_RUN/etc/kubelet.yaml" --kubeconfig "$pki/kubelet.kubeconfig" --hostname-override "$node_name" \
    --node-ip "$node_address"
}

run_proxy() {
  "$LAB_DIR/bin/kube-proxy" --config "$LAB_RUN/etc/proxy.yaml"
}
