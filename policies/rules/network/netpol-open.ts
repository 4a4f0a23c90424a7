import { literal } from "../../admissionCel.js";
import { type Problem, resourceRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";
import type { Field } from "../../value.js";

/** Where every cloud serves a machine's credentials to whoever asks from it. */
const metadataAddress = "169.254.169.254";

function addressOf(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1).map(Number) ?? [];
  return parts.length === 4 && parts.every(part => part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : undefined;
}

function holds(cidr: string | undefined, address: string): boolean {
  const [base = "", bits = ""] = (cidr ?? "").split("/", 2);
  const [network, wanted] = [addressOf(base), addressOf(address)];
  if (network === undefined || wanted === undefined || !/^\d{1,2}$/.test(bits)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(network / size) === Math.floor(wanted / size);
}

function peerProblems(peer: Field): Problem[] {
  const block = peer.at("ipBlock");
  const cidr = block.at("cidr");
  if (cidr.isUnknown) return [undetermined(cidr)];
  const exceptions = block.at("except").items();
  if (!holds(cidr.text, metadataAddress) || exceptions.some(({ text }) => holds(text, metadataAddress))) return [];
  const unknown = exceptions.find(({ isUnknown }) => isUnknown);
  const message = `must not let pods reach ${metadataAddress}, which gives out the node's credentials`;
  return [unknown === undefined ? violation(block, message) : undetermined(unknown)];
}

/** No peers, or an empty list of them, is everybody; no ports is every port. */
function everythingProblems(rule: Field, peers: string, message: string): Problem[] {
  const lists = [rule.at(peers), rule.at("ports")];
  if (lists.some(list => list.items().some(({ isUnknown }) => !isUnknown))) return [];
  const unknown = lists.find(({ isUnknown }) => isUnknown) ?? lists.flatMap(list => list.items())[0];
  return [unknown === undefined ? violation(rule, message) : undetermined(unknown)];
}

function policyProblems({ spec }: KubernetesObject): Problem[] {
  const rulesOf = (list: string) => spec.at(list).items();
  return [
    ...rulesOf("ingress").flatMap(rule => everythingProblems(rule, "from", "must not let everything in")),
    ...rulesOf("egress").flatMap(rule => everythingProblems(rule, "to", "must not let everything out")),
    ...rulesOf("egress").flatMap(rule => (rule.isUnknown ? [] : rule.at("to").items().flatMap(peerProblems))),
  ];
}

export const netpolOpen = resourceRule({
  id: "k8s-netpol-open",
  title: "NetworkPolicies name whom they let in and out",
  why: "A rule without peers and ports undoes every other policy for its pods; the metadata address gives out the node's credentials.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  remediation: "Name peers or ports, and leave 169.254.0.0/16 out of address ranges by `except`.",
  reads: ["spec.ingress", "spec.egress"],

  applies: ({ object }) => object?.group === "networking.k8s.io",
  check: resource => resource.objectsOf("networking.k8s.io", "NetworkPolicy").flatMap(policyProblems),

  admission: {
    of: "networkPolicies",
    problems: () => {
      const open = (rules: string, peers: string, message: string) =>
        `variables.${rules}.filter(rule, rule.?${peers}.orValue([]).size() == 0 && rule.?ports.orValue([]).size() == 0)
          .map(rule, ${literal(message)})`;
      // What cannot be read as a range of addresses may be any.
      const holds = (range: string) => `(!isCIDR(${range}) || cidr(${range}).containsIP(${literal(metadataAddress)}))`;
      const leaves = `peer.?ipBlock.?except.orValue([]).exists(range, isCIDR(range) && ${holds("range")})`;
      const reaches = `has(peer.ipBlock) && ${holds("peer.ipBlock.cidr")} && !${leaves}`;
      return [
        open("ingress", "from", "must not let everything in"),
        open("egress", "to", "must not let everything out"),
        `variables.egress.filter(rule, rule.?to.orValue([]).exists(peer, ${reaches}))
          .map(rule, "must not let pods reach ${metadataAddress}, which gives out the node's credentials")`,
      ].join(" + ");
    },
  },

  examples: {
    pass: {
      "public addresses only": {
        "/deny/properties/spec/egress": [
          { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.0.0/16"] } }] },
        ],
      },
      "anybody, on one port": { "/deny/properties/spec/ingress": [{ ports: [{ port: 8443 }] }] },
    },
    fail: {
      "everything in": { "/deny/properties/spec/ingress": [{}] },
      "everything out": { "/deny/properties/spec/egress": [{ to: [] }] },
      "any address, and so the node's credentials": {
        "/deny/properties/spec/egress": [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }],
      },
    },
  },
});
