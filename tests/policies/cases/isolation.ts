import { type Case, each, kubernetes } from "./case.js";

const opened: [rules: object, isBroken: boolean][] = [
  [{ ingress: [{ ports: [{ protocol: "TCP" }] }] }, true],
  [{ ingress: [{ ports: [{ port: 80 }, { protocol: "UDP" }] }] }, true],
  [{ ingress: [{ ports: [{ port: "http" }] }] }, false],
  [{ ingress: [{ ports: [], from: [] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }, true],
  [{ ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: "0.0.0.0/0" } }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }] }, false],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }] }, false],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }] }, false],
  // Every pod of the cluster, however it is said; one of its applications is not.
  [{ ingress: [{ from: [{ namespaceSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ namespaceSelector: { matchLabels: {}, matchExpressions: [] }, podSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 443 }] }] }, false],
  [{ ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "x" } } }] }] }, false],
  [{ ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: "x", operator: "Exists" }] } }] }] }, false],
  [{ egress: [{ to: [{ namespaceSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "128.0.0.0/2" } }] }] }, false],
  [{ ingress: [{ ports: [{ port: 1, endPort: 65535 }] }] }, true],
  [{ ingress: [{ ports: [{ port: 1, endPort: 65534 }] }] }, false],
  [{ ingress: [{ ports: [{ port: 2, endPort: 65535 }] }] }, false],
  [{ ingress: [{ ports: [{ port: 443 }, { port: 1, endPort: 65535 }] }] }, true],
  [{ ingress: [{}, { ports: [{ port: 80 }] }] }, true],
  [{ ingress: [] }, false],
  [{ ingress: null, egress: null }, false],
  [{ egress: [{ to: [{ podSelector: {} }] }] }, false],
  [{ egress: [{ to: [{ podSelector: {} }, { ipBlock: { cidr: "169.254.0.0/16" } }] }] }, true],
];

const egress = (cidr: unknown, except?: unknown) => ({
  "/deny/properties/spec/egress": [{ to: [{ ipBlock: { cidr, except } }] }],
});

export const isolationCases: readonly Case[] = [
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("apps/v1", "DeploymentPatch", {
        metadata: { namespace: "far" },
        spec: { template: { metadata: { labels: {} } } },
      }),
    },
    false,
  ],
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("apps/v1", "Deployment", {
        metadata: { namespace: "far" },
        spec: { template: { metadata: { labels: {} } } },
      }),
    },
    true,
  ],
  ...opened.map(
    ([rules, isBroken]): Case => [
      "k8s-netpol-open",
      { "/x": kubernetes("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {}, ...rules } }) },
      isBroken,
    ],
  ),
  ...each<[unknown, unknown, boolean]>(
    [
      ["169.254.169.254/32", undefined, true],
      ["169.254.169.253/32", undefined, false],
      ["169.254.0.0/16", undefined, true],
      ["169.254.168.0/23", undefined, true],
      ["169.254.170.0/23", undefined, false],
      ["0.0.0.0/0", ["169.254.169.254/32"], false],
      ["0.0.0.0/0", ["169.254.169.253/32"], true],
      ["0.0.0.0", undefined, false],
      ["0.0.0.256/8", undefined, false],
      ["0.0.0/8", undefined, false],
      ["0.0.0.0/33", undefined, false],
      ["169.254.169.254/x", undefined, false],
      // What is no range is everybody where it says so.
      ["0.0.0.256/0", undefined, true],
      ["::/0", undefined, true],
      ["::/0", ["fc00::/7"], false],
      ["::/0", ["fd00:ec2::/32"], true],
      ["fd00:ec2::254/128", undefined, true],
      ["fd20:ce::/32", undefined, true],
      ["2000::/3", undefined, false],
      ["0.0.0.0/0", ["169.254.0.0/16", "fc00::/7"], false],
    ],
    ([cidr, except, isBroken]) => ["k8s-netpol-open", egress(cidr, except), isBroken],
  ),
  ["k8s-netpol-open", { "/deny/properties/spec/ingress": [{ from: [{ podSelector: {} }] }] }, false],
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": undefined }, true],
  // Kubernetes adds Egress to what is not said where there is a rule for it.
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": undefined, "/deny/properties/spec/egress": [] }, true],
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": [], "/deny/properties/spec/egress": [{}] }, false],
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("core/v1", "PodTemplate", {
        template: { spec: {} },
        metadata: { name: "x", namespace: "other" },
      }),
    },
    false,
  ],
  ["k8s-netpol-missing", { "/deny/properties/spec/podSelector": { matchLabels: { app: "other" } } }, true],
  ...each(["kube-system", "kube-public", "kube-node-lease", "default"], name => [
    "k8s-psa-label",
    { "/x": kubernetes("core/v1", "Namespace", { metadata: { name } }) },
    false,
  ]),
  ["k8s-psa-label", { "/namespace/properties/metadata/labels/pod-security.kubernetes.io~1enforce": "baseline" }, true],
];
