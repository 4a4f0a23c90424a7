# shellcheck shell=bash
# The cluster's certificates: one authority, and a key pair for each part that proves who it is. Valid for a year, made anew by each
# `lab/up` that starts a machine, readable by root only.

pki=$LAB_RUN/pki

new_key() {
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"
}

new_authority() {
  new_key "$pki/$1.key"
  openssl req -x509 -new -key "$pki/$1.key" -subj "/CN=$2" -days 365 -out "$pki/$1.crt" \
    -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

# issue AUTHORITY NAME SUBJECT [ALTERNATIVE-NAMES]: a pair for both ends of a connection.
issue() {
  new_key "$pki/$2.key"
  openssl req -new -key "$pki/$2.key" -subj "$3" | openssl x509 -req -days 365 -CA "$pki/$1.crt" -CAkey "$pki/$1.key" \
    -CAcreateserial -out "$pki/$2.crt" -extfile <(
      echo "extendedKeyUsage=serverAuth,clientAuth"
      [ -z "${4:-}" ] || echo "subjectAltName=$4"
    ) 2>/dev/null
}

# write_kubeconfig NAME FILE: the pair NAME as a kubeconfig.
write_kubeconfig() {
  cat >"$2" <<EOF
apiVersion: v1
kind: Config
clusters:
- name: bulkhead-lab
  cluster:
    server: https://$node_address:$api_port
    certificate-authority-data: $(base64 -w0 "$pki/ca.crt")
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w0 "$pki/$1.crt")
    client-key-data: $(base64 -w0 "$pki/$1.key")
contexts:
- name: bulkhead-lab
  context: {cluster: bulkhead-lab, user: $1}
current-context: bulkhead-lab
EOF
}

make_pki() {
  local names
  mkdir -p "$pki"
  chmod 700 "$pki"
  new_authority ca bulkhead-lab
  new_authority front-proxy-ca bulkhead-lab-front-proxy
  names=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local
  issue ca apiserver /CN=kube-apiserver "$names,IP:$api_service_address,IP:$node_address,IP:127.0.0.1"
  issue ca apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  issue front-proxy-ca front-proxy-client /CN=front-proxy-client
  issue ca admin /O=system:masters/CN=lab-admin
  issue ca controller-manager /CN=system:kube-controller-manager "IP:$node_address"
  issue ca scheduler /CN=system:kube-scheduler
  issue ca proxy /CN=system:kube-proxy
  issue ca kubelet "/O=system:nodes/CN=system:node:$node_name" "DNS:$node_name,IP:$node_address"
  issue ca pebble /CN=pebble DNS:pebble.cert-manager.svc,DNS:pebble.cert-manager.svc.cluster.local
  new_key "$pki/service-account.key"
  openssl pkey -in "$pki/service-account.key" -pubout -out "$pki/service-account.pub"
  local name
  for name in controller-manager scheduler proxy kubelet; do
    write_kubeconfig "$name" "$pki/$name.kubeconfig"
  done
  (umask 077 && write_kubeconfig admin "$kubeconfig")
}
