import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { rememberName } from "../lib/exceptionRegister";

/** Where a component's objects live, and who signs their certificates. */
export interface Placement {
  /** The namespace's name. What another program made may be given as plain text. */
  namespaceName: pulumi.Input<string>;
  issuer: Issuer;
}

/** A cert-manager issuer. */
export interface Issuer {
  kind: "Issuer" | "ClusterIssuer";
  name: pulumi.Input<string>;
}

/** Refuses what is no issuer: plain JavaScript may have left it out. */
export function checkIssuer(owner: Component, issuer: unknown, field = "issuer"): void {
  const { kind, name } = (typeof issuer === "object" && issuer !== null ? issuer : {}) as Partial<Issuer>;
  if ((kind !== "Issuer" && kind !== "ClusterIssuer") || name === undefined) {
    owner.refuse(`${field} must have a kind, Issuer or ClusterIssuer, and a name`, issuer);
  }
}

/** Refuses what is no placement. */
export function checkPlacement(owner: Component, placement: unknown, field = "namespace"): void {
  if (typeof placement !== "object" || placement === null || !("namespaceName" in placement)) {
    owner.refuse(`${field} must be a SecureNamespace, or an object with namespaceName and issuer`, placement);
  }
  checkIssuer(owner, (placement as Partial<Placement>).issuer, field === "namespace" ? "issuer" : `${field}.issuer`);
}

/** The most that all pods of a namespace may reserve and use together. */
export interface Quota {
  /** Sum of CPU requests, in thousandths of a core. @default 8000 */
  cpuMillis?: number;
  /** Sum of CPU limits, in thousandths of a core. @default 4 × cpuMillis */
  cpuLimitMillis?: number;
  /** Sum of memory requests and of memory limits. @default 16384 */
  memoryMiB?: number;
  /** Sum of ephemeral storage. @default 16384 */
  ephemeralMiB?: number;
  /** Sum of persistent volume claims. @default 204800 */
  storageMiB?: number;
  /** @default 60 */
  pods?: number;
}

export interface SecureNamespaceArgs extends ComponentArgs {
  issuer: Issuer;
  /**
   * Pod Security level that admission enforces. `privileged` is for the agents that must see the node, and nothing else.
   * @default "restricted"
   */
  podSecurity?: "restricted" | "baseline" | "privileged";
  /** @default what `Quota` says */
  quota?: Quota;
  /** Labels of the cluster's DNS pods, in namespace kube-system. @default { "k8s-app": "kube-dns" } */
  dnsPodLabels?: Record<string, string>;
  /** Refuse to delete the namespace, and with it all it holds. @default true */
  deletionProtection?: boolean;
}

export const quotaDefaults = {
  cpuMillis: 8000,
  cpuBurst: 4,
  memoryMiB: 16_384,
  ephemeralMiB: 16_384,
  storageMiB: 204_800,
  pods: 60,
};

export const secureNamespaceDefaults = {
  podSecurity: "restricted" as const,
  dnsPodLabels: { "k8s-app": "kube-dns" },
  deletionProtection: true,
};

const levels: readonly unknown[] = ["restricted", "baseline", "privileged"];

/**
 * A pod that carries this label and no longer the labels of its component talks to nobody and is reached by nobody, not even by names:
 * docs/runbooks/incidents.
 */
export const quarantineLabel = "bulkhead.dev/quarantine";

/** What a container gets that says nothing itself, so that no pod is unlimited. */
const containerDefaults = { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" };

/**
 * A namespace in which nothing is allowed but what is declared: Pod Security enforced, default deny in both directions, names resolved,
 * sums of resources bounded.
 */
export class SecureNamespace extends Component implements Placement {
  /** The namespace's name, known once it exists and is closed: whoever uses it comes after that. */
  readonly namespaceName: pulumi.Output<string>;
  readonly issuer: Issuer;
  /** The Namespace object, for what must come after it. */
  readonly resource: k8s.core.v1.Namespace;

  constructor(name: string, args: SecureNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:network:SecureNamespace", name, { app: name, role: "namespace" }, args, opts);
    const {
      issuer,
      podSecurity,
      dnsPodLabels,
      deletionProtection,
      quota: sums,
    } = withDefaults(secureNamespaceDefaults, args);
    if (!levels.includes(podSecurity)) this.refuse(`podSecurity must be one of ${levels.join(", ")}`, podSecurity);
    if (Object.keys(dnsPodLabels).length === 0) this.refuse("dnsPodLabels must select pods by label", dnsPodLabels);
    checkIssuer(this, issuer);
    this.issuer = issuer;

    const labels = ["enforce", "audit", "warn"].flatMap(mode => [
      [`pod-security.kubernetes.io/${mode}`, podSecurity],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]);
    this.resource = this.child(
      k8s.core.v1.Namespace,
      "",
      { metadata: { labels: Object.fromEntries(labels) as Record<string, string> } },
      { protect: deletionProtection },
    );
    const inside = { dependsOn: [this.resource] };
    const metadata = { namespace: name };

    const closed = this.child(
      k8s.networking.v1.NetworkPolicy,
      "default-deny",
      { metadata, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
      inside,
    );
    const dns = this.child(
      k8s.networking.v1.NetworkPolicy,
      "dns",
      {
        metadata,
        spec: {
          // A tunnel through DNS is a way out too.
          podSelector: { matchExpressions: [{ key: quarantineLabel, operator: "DoesNotExist" }] },
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                  podSelector: { matchLabels: dnsPodLabels },
                },
              ],
              ports: [
                { port: 53, protocol: "UDP" },
                { port: 53, protocol: "TCP" },
              ],
            },
          ],
        },
      },
      inside,
    );
    // Denied already by default: this one is seen beside the pod, and stays when somebody loosens the default.
    const quarantine = this.child(
      k8s.networking.v1.NetworkPolicy,
      "quarantine",
      {
        metadata,
        spec: {
          podSelector: { matchExpressions: [{ key: quarantineLabel, operator: "Exists" }] },
          policyTypes: ["Ingress", "Egress"],
        },
      },
      inside,
    );
    const hard = this.checked(() => hardLimits(sums));
    const quota = this.child(k8s.core.v1.ResourceQuota, "quota", { metadata, spec: { hard } }, inside);
    const limits = this.child(
      k8s.core.v1.LimitRange,
      "defaults",
      {
        metadata,
        spec: { limits: [{ type: "Container", default: containerDefaults, defaultRequest: containerDefaults }] },
      },
      inside,
    );
    // Whoever uses the name comes after what guards the namespace: no pod starts before the network is closed.
    this.namespaceName = pulumi
      .all([this.resource, closed, dns, quarantine, quota, limits].map(guard => guard.metadata.name))
      .apply(([namespaceName]) => namespaceName ?? name);
    rememberName(this.namespaceName, name);
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}

/** No cluster has 10 EiB; more is a slip of the unit. */
const largestSum = 10 * 2 ** 40;

function hardLimits(quota: Quota = {}): Record<string, string> {
  const { cpuMillis, cpuBurst, memoryMiB, ephemeralMiB, storageMiB, pods } = withDefaults(quotaDefaults, quota);
  const cpuLimitMillis = quota.cpuLimitMillis ?? cpuMillis * cpuBurst;
  for (const [field, sum] of Object.entries({ cpuMillis, cpuLimitMillis, memoryMiB, ephemeralMiB, storageMiB, pods })) {
    checkWhole(`quota.${field}`, sum, 0, largestSum);
  }
  if (cpuLimitMillis < cpuMillis) {
    throw new RangeError(`quota.cpuLimitMillis must be at least cpuMillis (${cpuMillis}), got ${cpuLimitMillis}`);
  }
  return {
    "requests.cpu": `${cpuMillis}m`,
    "limits.cpu": `${cpuLimitMillis}m`,
    "requests.memory": `${memoryMiB}Mi`,
    "limits.memory": `${memoryMiB}Mi`,
    "requests.ephemeral-storage": `${ephemeralMiB}Mi`,
    "limits.ephemeral-storage": `${ephemeralMiB}Mi`,
    "requests.storage": `${storageMiB}Mi`,
    pods: `${pods}`,
  };
}
