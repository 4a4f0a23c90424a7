import { BlockList, isIP } from "node:net";

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  namespaceSelector?: LabelSelector;
  podSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
}

export interface NetworkPolicy {
  metadata: { namespace: string; name: string };
  spec: { podSelector: LabelSelector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}

/** Pods of one template. */
export interface Workload {
  /** `api`, or for what runs beside it `api-migrate`. */
  name: string;
  namespace: string;
  labels: Record<string, string>;
  /** TCP ports that anything listens on or that a policy speaks of. */
  ports: readonly number[];
}

type Labels = Record<string, string>;
type Direction = "ingress" | "egress";

/** Where pods are in the lab; what a policy says of address ranges is judged by it. */
const podAddress = "10.214.0.9";

function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const expressions = matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    throw new Error(`unknown operator ${operator}`);
  });
  return expressions && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function covers(cidr: string, address: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(length), family);
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function matches(peer: Peer, policy: NetworkPolicy, other: Workload): boolean {
  const { namespaceSelector, podSelector, ipBlock } = peer;
  if (ipBlock !== undefined) {
    return covers(ipBlock.cidr, podAddress) && !(ipBlock.except ?? []).some(cidr => covers(cidr, podAddress));
  }
  const isNamespace =
    namespaceSelector === undefined
      ? policy.metadata.namespace === other.namespace
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": other.namespace });
  return isNamespace && (podSelector === undefined || selects(podSelector, other.labels));
}

/** An absent list of peers or ports means all; so does an empty one. */
function allows(rule: Rule, direction: Direction, policy: NetworkPolicy, other: Workload, port: number): boolean {
  const peers = (direction === "ingress" ? rule.from : rule.to) ?? [];
  const ports = rule.ports ?? [];
  const isPort = ports.some(({ port: first, endPort, protocol = "TCP" }) => {
    if (protocol !== "TCP") return false;
    if (first === undefined) return true;
    if (typeof first !== "number") throw new Error(`${policy.metadata.name}: named ports are not understood`);
    return port >= first && port <= (endPort ?? first);
  });
  return (ports.length === 0 || isPort) && (peers.length === 0 || peers.some(peer => matches(peer, policy, other)));
}

/** What Kubernetes says: a pod that no policy of a direction selects is open in it; else any one rule opens. */
function isOpen(
  direction: Direction,
  policies: readonly NetworkPolicy[],
  self: Workload,
  other: Workload,
  port: number,
) {
  const type = direction === "ingress" ? "Ingress" : "Egress";
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === self.namespace &&
      spec.policyTypes.includes(type) &&
      selects(spec.podSelector, self.labels),
  );
  return (
    selecting.length === 0 ||
    selecting.some(policy => (policy.spec[direction] ?? []).some(rule => allows(rule, direction, policy, other, port)))
  );
}

/** One TCP flow between pods: `flowmarine/edge → flowmarine/api:8443`. */
export interface Flow {
  from: Workload;
  to: Workload;
  port: number;
  isOpen: boolean;
}

export const titleOfFlow = ({ from, to, port }: Flow): string =>
  `${from.namespace}/${from.name} → ${to.namespace}/${to.name}:${port}`;

/** Every pair of workloads, each way, with every port that the second has: whether both sides' policies let it through. */
export function reachability(workloads: readonly Workload[], policies: readonly NetworkPolicy[]): Flow[] {
  return workloads.flatMap(from =>
    workloads
      .filter(to => to !== from)
      .flatMap(to =>
        to.ports.map(port => ({
          from,
          to,
          port,
          isOpen: isOpen("egress", policies, from, to, port) && isOpen("ingress", policies, to, from, port),
        })),
      ),
  );
}
