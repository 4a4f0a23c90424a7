import { at, type Deployment } from "./deploy";

/** Traffic that the NetworkPolicies of a program let through: both its egress and its ingress side are open. */
export interface Flow {
  /** `<namespace>/<short label>=<value>,…` */
  from: string;
  to: string;
  ports: number[];
}

interface Side {
  namespace: string;
  labels: Record<string, string>;
}

const shortened = (label: string) => label.replace("app.kubernetes.io/", "");
const text = ({ namespace, labels }: Side) =>
  `${namespace}/${Object.entries(labels)
    .map(([label, value]) => `${shortened(label)}=${value}`)
    .join(",")}`;

/** The pods that a peer of a NetworkPolicy names; none for an address range. */
function sideOf(peer: unknown): Side | undefined {
  const labels = at(peer, "podSelector.matchLabels") as Record<string, string> | undefined;
  const namespaces = at(peer, "namespaceSelector.matchLabels") as Record<string, string> | undefined;
  const namespace = namespaces?.["kubernetes.io/metadata.name"];
  if (at(peer, "ipBlock") !== undefined) return undefined;
  return { namespace: namespace ?? "*", labels: labels ?? {} };
}

type Direction = { key: "egress"; peers: "to" } | { key: "ingress"; peers: "from" };

/** Every opening in one direction, as `{ own side, other side, ports }`. */
function openings(deployed: Deployment, { key, peers }: Direction): { own: Side; other: Side; ports: number[] }[] {
  return deployed.all("NetworkPolicy").flatMap(({ inputs }) => {
    const own = {
      namespace: at(inputs, "metadata.namespace") as string,
      labels: (at(inputs, "spec.podSelector.matchLabels") ?? {}) as Record<string, string>,
    };
    const rules = (at(inputs, `spec.${key}`) ?? []) as Record<string, unknown>[];
    return rules.flatMap(rule => {
      const ports = ((rule["ports"] ?? []) as { port: number }[]).map(({ port }) => port);
      // A rule without peers is open to everybody.
      const others = (rule[peers] as unknown[] | undefined) ?? [{}];
      return others.flatMap(peer => {
        const other = sideOf(peer);
        return other === undefined ? [] : [{ own, other, ports }];
      });
    });
  });
}

/** Whether pods selected by `a` are all selected by `b`, "*" being any namespace. */
const within = (a: Side, b: Side) =>
  (b.namespace === "*" || a.namespace === b.namespace) &&
  Object.entries(b.labels).every(([label, value]) => a.labels[label] === value);

/** The flows between pods that both sides allow: what leaves one and may enter the other. */
export function flowsOf(deployed: Deployment): Flow[] {
  const ways = openings(deployed, { key: "ingress", peers: "from" });
  return openings(deployed, { key: "egress", peers: "to" }).flatMap(({ own, other, ports }) =>
    ways
      .filter(way => within(own, way.other) && (within(other, way.own) || within(way.own, other)))
      .map(way => ({ from: text(own), to: text(way.own), ports: ports.filter(port => way.ports.includes(port)) }))
      .filter(flow => flow.ports.length > 0),
  );
}
