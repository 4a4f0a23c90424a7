import type { Json } from "./verdicts.js";

/**
 * Where the rule in CEL rightly gives another verdict than the TypeScript on the same object. Reviewed one by one; the tests fail for any
 * other, and for one that is none any more.
 */
export interface Difference {
  reason: string;
  is: (rule: string, object: Json) => boolean;
  example: { rule: string; object: Json };
}

const pod = (path: string): Json => ({
  apiVersion: "v1",
  kind: "Pod",
  spec: { containers: [], volumes: [{ name: "x", hostPath: { path } }] },
});
const policy = (cidr: string): Json => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr } }] }] },
});
/** What Kubernetes takes for a range of IPv4 addresses. */
const range = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}\/(3[0-2]|[12]?\d)$/;

export const differences: readonly Difference[] = [
  {
    reason: "TypeScript follows the .. of a path; the API server refuses such a path itself",
    is: (rule, object) => rule === "k8s-runtime-socket" && JSON.stringify(object).includes("/../"),
    example: { rule: "k8s-runtime-socket", object: pod("/run/k3s/../containerd") },
  },
  {
    reason: "what is no range of addresses may be read as any, so CEL refuses it; so does the API server itself",
    is: (rule, object) =>
      rule === "k8s-netpol-open" &&
      [...JSON.stringify(object).matchAll(/"cidr":"([^":]*)"/g)].some(([, cidr = ""]) => !range.test(cidr)),
    example: { rule: "k8s-netpol-open", object: policy("0.0.0.0") },
  },
];

export function isListed({ rule, object }: { rule: string; object: Json }): boolean {
  return differences.some(({ is }) => is(rule, object));
}
