import { literal } from "../../admissionCel.js";
import { holds } from "../../cidr.js";
import { type Problem, resourceRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";
import type { Field } from "../../value.js";

/** Where clouds serve a machine's credentials to whoever asks from it: all of them, Amazon's and Google's by IPv6. */
const metadataAddresses = ["169.254.169.254", "fd00:ec2::254", "fd20:ce::254"];

function peerProblems(peer: Field): Problem[] {
  const block = peer.at("ipBlock");
  const cidr = block.at("cidr");
  if (cidr.isUnknown) return [undetermined(cidr)];
  const exceptions = block.at("except").items();
  const reached = metadataAddresses.find(
    address => holds(cidr.text ?? "", address) && !exceptions.some(({ text = "" }) => holds(text, address)),
  );
  if (reached === undefined) return [];
  const unknown = exceptions.find(({ isUnknown }) => isUnknown);
  const message = `must not let pods reach ${reached}, which gives out the node's credentials`;
  return [unknown === undefined ? violation(block, message) : undetermined(unknown)];
}

function isForAll(selector: Field): boolean {
  const lists = [selector.at("matchLabels").members(), selector.at("matchExpressions").items()];
  return !selector.isUnknown && lists.every(list => list.length === 0);
}

/** Whether a peer's namespaces alone say who it is. */
function areAllPods(peer: Field): boolean {
  return peer.at("ipBlock").isAbsent && !peer.at("namespaceSelector").isAbsent && isForAll(peer.at("podSelector"));
}

/** A peer that is every address there is, or half of them, as two such peers are all; or every pod of every namespace. */
function isEverybody(peer: Field): boolean {
  if (areAllPods(peer)) return isForAll(peer.at("namespaceSelector"));
  const block = peer.at("ipBlock");
  return /\/0{0,2}[01]$/.test(block.at("cidr").text ?? "") && block.at("except").items().length === 0;
}

/** What decides whether a peer is everybody. */
function decisive(peer: Field): Field[] {
  return [peer, ...(areAllPods(peer) ? [peer.at("namespaceSelector")] : [peer.at("ipBlock", "cidr")])];
}

/** A port that is one of many: it has a number or a name, and its range is not all that there are. */
function isOne(port: Field): boolean {
  const first = port.at("port");
  return !first.isAbsent && !(Number(first.value) === 1 && port.at("endPort").value === 65_535);
}

/** No peers, or an empty list of them, is everybody; no ports, or one that is all of them, is every port. */
function everythingProblems(rule: Field, peers: string, message: string): Problem[] {
  if (rule.isUnknown) return [undetermined(rule)];
  const [who, ports] = [rule.at(peers).items(), rule.at("ports").items()];
  const isNamed = who.length > 0 && !who.some(isEverybody);
  const isLimited = ports.length > 0 && ports.every(port => port.isUnknown || isOne(port));
  // What one of the two says decides, whatever the other will be.
  const isKnown = (fields: readonly Field[]) => fields.every(({ isUnknown }) => !isUnknown);
  const named = who.flatMap(decisive);
  if ((isNamed && isKnown(named)) || (isLimited && isKnown(ports.map(port => port.at("port"))))) return [];
  const unknown = [...(isNamed ? named : []), ...(isLimited ? ports.map(port => port.at("port")) : [])].find(
    ({ isUnknown }) => isUnknown,
  );
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
  remediation: "Name peers or ports, and leave 169.254.0.0/16 and fc00::/7 out of address ranges by `except`.",
  reads: ["spec.ingress", "spec.egress"],

  applies: ({ object }) => object?.group === "networking.k8s.io",
  check: resource => resource.objectsOf("networking.k8s.io", "NetworkPolicy").flatMap(policyProblems),

  admission: {
    of: "networkPolicies",
    problems: () => {
      const open = (rules: string, peers: string, message: string) => {
        const isForAll = (selector: string) =>
          `peer.?${selector}.?matchLabels.orValue({}).size() == 0 && peer.?${selector}.?matchExpressions.orValue([]).size() == 0`;
        const isEverybody = `(has(peer.ipBlock)
          ? peer.ipBlock.cidr.matches("/0{0,2}[01]$") && peer.ipBlock.?except.orValue([]).size() == 0
          : has(peer.namespaceSelector) && ${isForAll("namespaceSelector")} && ${isForAll("podSelector")})`;
        const isNamed = `rule.?${peers}.orValue([]).size() > 0 && !rule.${peers}.exists(peer, ${isEverybody})`;
        const isLimited =
          'rule.?ports.orValue([]).size() > 0 && rule.ports.all(port, has(port.port) && !(string(port.port) == "1" && has(port.endPort) && port.endPort == 65535))';
        return `variables.${rules}.filter(rule, !(${isNamed}) && !(${isLimited})).map(rule, ${literal(message)})`;
      };
      // What cannot be read as a range of addresses may be any.
      const holds = (range: string) => `(!isCIDR(${range}) || cidr(${range}).containsIP(address))`;
      const leaves = `peer.?ipBlock.?except.orValue([]).exists(range, isCIDR(range) && ${holds("range")})`;
      const reaches = `has(peer.ipBlock) && ${literal(metadataAddresses)}.exists(address, ${holds("peer.ipBlock.cidr")} && !${leaves})`;
      return [
        open("ingress", "from", "must not let everything in"),
        open("egress", "to", "must not let everything out"),
        `variables.egress.filter(rule, rule.?to.orValue([]).exists(peer, ${reaches}))
          .map(rule, "must not let pods reach the addresses that give out the node's credentials")`,
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
      "one application in any namespace": {
        "/deny/properties/spec/ingress": [
          { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "proxy" } } }] },
        ],
      },
      "pods of the same namespace": { "/deny/properties/spec/ingress": [{ from: [{ podSelector: {} }] }] },
      "anybody, on one port": { "/deny/properties/spec/ingress": [{ ports: [{ port: 8443 }] }] },
    },
    fail: {
      "every pod of the cluster": {
        "/deny/properties/spec/ingress": [{ from: [{ namespaceSelector: {} }] }],
      },
      "half of all addresses": {
        "/deny/properties/spec/ingress": [{ from: [{ ipBlock: { cidr: "128.0.0.0/1" } }] }],
      },
      "every port, as a range": {
        "/deny/properties/spec/ingress": [{ ports: [{ port: 1, endPort: 65535 }] }],
      },
      "everybody, by address, and by IPv6": {
        "/deny/properties/spec/ingress": [{ from: [{ ipBlock: { cidr: "::/0" } }] }],
      },
      "every port of a protocol": { "/deny/properties/spec/ingress": [{ ports: [{ protocol: "TCP" }] }] },
      "everything in": { "/deny/properties/spec/ingress": [{}] },
      "everything out": { "/deny/properties/spec/egress": [{ to: [] }] },
      "any address, and so the node's credentials": {
        "/deny/properties/spec/egress": [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }],
      },
    },
  },
});
