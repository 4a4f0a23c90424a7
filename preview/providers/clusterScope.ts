/** Kinds of Kubernetes itself that live outside namespaces, by API group ("" is the core group). */
const builtIn: Record<string, string[]> = {
  "": ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
  "authorization.k8s.io": ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IngressClass", "IPAddress", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  policy: ["PodSecurityPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/** Custom resources outside namespaces whose kind does not say so by starting with "Cluster". */
const custom: Record<string, string[]> = {
  "cilium.io": ["CiliumClusterwideNetworkPolicy", "CiliumNode", "CiliumLoadBalancerIPPool", "CiliumBGPClusterConfig"],
  "crd.projectcalico.org": ["GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool"],
  "gateway.networking.k8s.io": ["GatewayClass"],
  "karpenter.k8s.aws": ["EC2NodeClass"],
  "karpenter.sh": ["NodeClaim", "NodePool"],
  "projectcalico.org": ["GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool"],
  "snapshot.storage.k8s.io": ["VolumeSnapshotClass", "VolumeSnapshotContent"],
  "templates.gatekeeper.sh": ["ConstraintTemplate"],
  "trust.cert-manager.io": ["Bundle"],
};

/** Namespaced in spite of its kind's name. */
const namespaced = new Set(["operators.coreos.com/ClusterServiceVersion"]);

/**
 * Whether objects of a kind live outside namespaces. The provider asks the cluster; without one, the kinds of Kubernetes are known, a
 * CustomResourceDefinition of the same program tells its own, and other custom kinds are judged by what their projects publish.
 *
 * @param declared scope by `group/kind`, from CustomResourceDefinitions seen so far
 */
export function isClusterScoped(apiVersion: string, kind: string, declared: ReadonlyMap<string, string>): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const scope = declared.get(`${group}/${kind}`);
  if (scope !== undefined) return scope === "Cluster";
  const known = builtIn[group];
  if (known !== undefined) return known.includes(kind);
  if (namespaced.has(`${group}/${kind}`)) return false;
  return (custom[group]?.includes(kind) ?? false) || /^Cluster[A-Z]/.test(kind);
}
