import { BlockList, isIP } from "node:net";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkLabel, checkList, checkPort, checkTexts, shown } from "../lib/check";
import type { Component } from "../lib/component";

/** Pods that talk: those with these labels in this namespace. */
export interface Peer {
  namespace: pulumi.Input<string>;
  podLabels: Record<string, string>;
}

/** All that one component needs of another: where it is, how to prove who is asking, and the port to be opened. */
export interface Link {
  /** The provider's component name; part of the NetworkPolicies' names. */
  name: string;
  peer: Peer;
  /** TCP ports that the link opens, on the pods (not on the Service). */
  ports: readonly number[];
  /** Environment variables for the consumer. */
  env: Record<string, pulumi.Input<string>>;
  /** Environment variables whose values are secrets; they reach the consumer through a Secret of its own. */
  secretEnv: Record<string, pulumi.Input<string>>;
  /** Environment variables that are fields of the consumer's pod, such as `metadata.name`. @default none */
  podEnv?: Record<string, string>;
  /** What must be ready before a consumer starts. */
  ready: pulumi.Resource[];
}

/** A component that others can link to. */
export interface Linkable {
  /** @param consumer who links, for what is told to each under its own name; nothing where nobody asks for variables */
  link(consumer?: Component): Link;
}

/** Something outside the cluster that a component may reach. NetworkPolicy knows no host names, so each is named for the report. */
export interface Egress {
  /** What it is, such as `slack` or `s3`; a DNS label. */
  name: string;
  /** Address ranges in CIDR notation, or any public address. */
  to: readonly string[] | "public";
  /** TCP ports. @default [443] */
  ports?: readonly number[];
}

export const egressDefaults = { ports: [443] };

/**
 * What is not public: private, shared, loopback, link-local (cloud metadata), documentation, benchmarking, multicast and reserved ranges,
 * and the IPv6 ranges that stand for IPv4 addresses and would lead back to them (IANA special-purpose registries, RFC 6890).
 */
export const notPublic = {
  ipv4: [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
  ],
  ipv6: [
    // Unspecified, loopback, and IPv4 addresses in IPv6's clothes (::/96, ::ffff:0:0/96, which Kubernetes takes for 0.0.0.0/0).
    "::/80",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
  ],
};

type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/** The peer as a NetworkPolicy takes it. Every namespace carries its name as a label (Kubernetes 1.22 and later). */
export function policyPeer({ namespace, podLabels }: Peer): PolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: podLabels },
  };
}

const isList = (value: unknown): boolean => Array.isArray(value);

/**
 * TCP ports as a NetworkPolicy takes them.
 *
 * @throws RangeError when there is none: Kubernetes reads an empty list as every port
 */
export function tcp(ports: readonly number[]): { port: number; protocol: string }[] {
  if (!isList(ports) || ports.length === 0)
    throw new RangeError(`ports must be a list, not empty, got ${shown(ports)}`);
  for (const port of ports) checkPort("port", port);
  return ports.map(port => ({ port, protocol: "TCP" }));
}

/** Labels of pods in one peer of a flow: an empty selector would be every pod of the namespace. */
function checkPeer(owner: Component, side: string, { podLabels }: Peer): void {
  if (Object.keys(podLabels).length === 0) owner.refuse(`${side} must select pods by label`, podLabels);
}

/**
 * Opens a flow, and nothing more, on both sides: out of `from` and into the link's pods. The policies belong to `owner`, the side that
 * asks.
 *
 * @returns the policies: before they are there, nothing gets through
 */
export function openLink(
  owner: Component,
  from: Peer,
  link: Pick<Link, "name" | "peer" | "ports">,
): k8s.networking.v1.NetworkPolicy[] {
  const ports = owner.checked(() => tcp(link.ports));
  checkPeer(owner, `the asking side of link ${link.name}`, from);
  checkPeer(owner, `link ${link.name}`, link.peer);
  owner.reaches.push(link.name);
  const out = owner.child(k8s.networking.v1.NetworkPolicy, `to-${link.name}`, {
    metadata: { namespace: from.namespace },
    spec: {
      podSelector: { matchLabels: from.podLabels },
      policyTypes: ["Egress"],
      egress: [{ to: [policyPeer(link.peer)], ports }],
    },
  });
  const into = owner.child(k8s.networking.v1.NetworkPolicy, `into-${link.name}`, {
    metadata: { namespace: link.peer.namespace },
    spec: {
      podSelector: { matchLabels: link.peer.podLabels },
      policyTypes: ["Ingress"],
      ingress: [{ from: [policyPeer(from)], ports }],
    },
  });
  return [out, into];
}

/** An address range in CIDR notation, whole as a NetworkPolicy takes it: no host bits checked, because Kubernetes masks them. */
function checkRange(field: string, range: unknown): void {
  const [address = "", length = "", ...rest] = typeof range === "string" ? range.split("/") : [];
  const bits = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) {
    throw new RangeError(`${field} must be an address range such as 192.0.2.0/24, got ${shown(range)}`);
  }
  if (Number(length) === 0) {
    throw new RangeError(
      `${field} must not be every address, which includes the cluster's own; say "public", got ${shown(range)}`,
    );
  }
}

/** Where clouds give out a machine's credentials to whoever asks from it; Amazon's and Google's IPv6 ones look like private addresses. */
const metadataAddresses = ["169.254.169.254/32", "fd00:ec2::254/128", "fd20:ce::254/128"];

/** Those among more than one address: no wide range opens the way to them. */
function metadataIn(range: string): string[] {
  const [address = "", length = ""] = range.split("/");
  const family = isIP(address);
  if (Number(length) === (family === 6 ? 128 : 32)) return [];
  const name = family === 6 ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(address, Number(length), name);
  return metadataAddresses.filter(one => {
    const [metadata = ""] = one.split("/");
    return isIP(metadata) === family && block.check(metadata, name);
  });
}

/** The addresses of a destination as a NetworkPolicy takes them. */
function blocksOf({ name, to }: Egress): PolicyPeer[] {
  if (to === "public") {
    return [
      { ipBlock: { cidr: "0.0.0.0/0", except: notPublic.ipv4 } },
      { ipBlock: { cidr: "::/0", except: notPublic.ipv6 } },
    ];
  }
  // An empty list would be every address, in Kubernetes' reading.
  checkTexts(`egress ${name}: to`, to, { atLeast: 1 });
  for (const range of to) checkRange(`egress ${name}: to`, range);
  return to.map(cidr => {
    const except = metadataIn(cidr);
    return { ipBlock: except.length === 0 ? { cidr } : { cidr, except } };
  });
}

/** Lets `from` reach something outside the cluster. */
export function openEgress(owner: Component, from: Peer, egress: Egress): k8s.networking.v1.NetworkPolicy {
  const { name, ports = egressDefaults.ports } = egress;
  checkPeer(owner, `the asking side of egress ${name}`, from);
  const rule = owner.checked(() => {
    checkLabel("egress name", name);
    return { to: blocksOf(egress), ports: tcp(ports) };
  });
  owner.reaches.push(name);
  return owner.child(k8s.networking.v1.NetworkPolicy, `egress-${name}`, {
    metadata: { namespace: from.namespace },
    spec: {
      podSelector: { matchLabels: from.podLabels },
      policyTypes: ["Egress"],
      egress: [rule],
    },
  });
}

/** Links and egress as a consumer's arguments have them. */
export interface Connections {
  /** What it depends on: each opens exactly its port on both sides and brings its address and credentials. @default none */
  links?: readonly Linkable[];
  /** What it may reach outside the cluster. @default none */
  egress?: readonly Egress[];
}

/** What a consumer gets of its links: everything that goes into its pod spec. */
export interface Connected {
  env: Record<string, pulumi.Input<string>>;
  secretEnv: Record<string, pulumi.Input<string>>;
  podEnv: Record<string, string>;
  ready: pulumi.Resource[];
}

/**
 * Opens all of a consumer's links and egress, and merges what the links bring.
 *
 * @throws RunError when an entry is no component (a link used before it is declared), two links set one variable, or one is named twice
 */
export function connect(owner: Component, from: Peer, { links = [], egress = [] }: Connections): Connected {
  const merged: Connected = { env: {}, secretEnv: {}, podEnv: {}, ready: [] };
  const seen = new Set<string>();
  if (!isList(links)) owner.refuse("links must be a list of components", links);
  owner.checked(() => checkList("egress", egress));
  links.forEach((linkable: Linkable, index) => {
    if (!isLinkable(linkable)) {
      owner.refuse(
        `links[${index}] must be a component declared before this one (two that link to each other form a cycle)`,
        linkable,
      );
    }
    const link = linkable.link(owner);
    if (seen.has(link.name)) owner.refuse("links must name each component once", link.name);
    seen.add(link.name);
    for (const variable of [...Object.keys(link.env), ...Object.keys(link.secretEnv)]) {
      if (variable in merged.env || variable in merged.secretEnv) {
        owner.refuse(`two links set the environment variable ${variable}; give one a prefix`, link.name);
      }
    }
    Object.assign(merged.env, link.env);
    Object.assign(merged.secretEnv, link.secretEnv);
    Object.assign(merged.podEnv, link.podEnv);
    merged.ready.push(...link.ready, ...openLink(owner, from, link));
  });
  for (const entry of egress) {
    if (seen.has(`egress ${entry.name}`)) owner.refuse("egress must name each destination once", entry.name);
    seen.add(`egress ${entry.name}`);
    merged.ready.push(openEgress(owner, from, entry));
  }
  return merged;
}

function isLinkable(value: unknown): value is Linkable {
  return typeof value === "object" && value !== null && typeof (value as Partial<Linkable>).link === "function";
}

/** A Linkable with other variable names: `withPrefix(replica, "REPLICA")` turns `DATABASE_HOST` into `REPLICA_HOST`. */
export function withPrefix(linkable: Linkable, prefix: string): Linkable {
  if (!/^[A-Z][A-Z0-9_]*$/.test(prefix)) {
    throw new pulumi.RunError(`withPrefix: prefix must be upper-case letters, digits and _, got ${shown(prefix)}`);
  }
  // What has no prefix of its own gets one: all of them must not become one name.
  const renamed = (name: string) => `${prefix}_${name.replace(/^[A-Z0-9]+_/, "")}`;
  const rename = <V>(env: Record<string, V>) =>
    Object.fromEntries(Object.entries(env).map(([name, value]) => [renamed(name), value]));
  return {
    link: consumer => {
      const link = linkable.link(consumer);
      return { ...link, env: rename(link.env), secretEnv: rename(link.secretEnv) };
    },
  };
}
