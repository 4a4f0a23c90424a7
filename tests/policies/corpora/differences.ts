/** Where our rule rightly gives another verdict than a corpus expects. Reviewed one by one; the test fails for any other difference. */
export interface Difference {
  reason: string;
  /** `<case> › <our rule>` */
  cases: readonly string[];
}

export const differences: Record<string, readonly Difference[]> = {
  "kube-linter": [
    {
      reason: "recorded as passing, though the case's own alert says that the budget allows no eviction",
      cases: ["pdb-max-unavailable › k8s-pdb", "pdb-min-available › k8s-pdb"],
    },
    {
      reason: "judges an OpenShift SecurityContextConstraints, which allows privileged pods and is none",
      cases: ["scc-deny-privileged-container › k8s-privileged"],
    },
  ],
  kubeaudit: [
    {
      reason: "asks that privileged be said to be false; not saying it means the same to Kubernetes",
      cases: ["privileged/privileged-nil.yml › k8s-privileged"],
    },
  ],
  kubescape: [
    {
      reason: "looks at the Ingress only; its Service selects pods that the case does not contain",
      cases: ["dangling-ingress-backend/success_with_service › k8s-dangling"],
    },
    {
      reason: "accepts any algorithm name and a digest of one letter; no registry or runtime does",
      cases: ["image-not-pinned-to-digest/pod-short-custom-digest › k8s-image-digest"],
    },
    {
      reason: "judges a feature gate of the control plane, not the pod",
      cases: ["set-procmount-default/workload › k8s-proc-mount"],
    },
  ],
  polaris: [
    {
      reason: "checks a label of a pod of its own under the name nakedPod; the pod is one",
      cases: ["nakedPod/success.yaml › k8s-naked-pod"],
    },
  ],
  kyverno: [
    {
      reason: "the corpus splits the rule: this half looks for missing hosts only, and the Ingress has a wildcard",
      cases: ["best-practices/disallow-empty-ingress-host#1:Ingress/ingress-wildcard-host › k8s-ingress-host"],
    },
    {
      reason: "the corpus splits the rule by socket: this half looks for containerd's, and the pod mounts docker's",
      cases: [
        "best-practices/disallow-cri-sock-mount#0:Pod/pod-with-docker-sock-mount › k8s-runtime-socket",
        "best-practices/disallow-cri-sock-mount#1:Pod/pod-with-docker-sock-mount › k8s-runtime-socket",
      ],
    },
  ],
};
