import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { type Kubectl, until } from "./kubectl.js";
import type { Node, Secret, Service } from "./objects.js";
import { run } from "./process.js";
import { deployDir } from "./settings.js";

/** How clients outside the pod network reach the system. */
export interface Edge {
  /** Public name: `flowmarine.localhost`. */
  host: string;
  /** `https://flowmarine.localhost`, with no port: clients are told where that is (curl's --resolve, a browser's host rules). */
  url: string;
  /** Address of the node, and its ports that lead to the edge. */
  address: string;
  port: number;
  plainPort: number;
  /** Authority that signed the certificate that browsers see. */
  caFile: string;
}

export async function findEdge(kubectl: Kubectl, host: string, namespace: string): Promise<Edge> {
  const { spec } = await kubectl.get<Service>("service", "edge", namespace);
  const [node] = await kubectl.list<Node>(["nodes"]);
  const address = node?.status.addresses.find(({ type }) => type === "InternalIP")?.address;
  const portOf = (name: string): number => spec.ports.find(port => port.name === name)?.nodePort ?? 0;
  if (address === undefined || portOf("https") === 0)
    throw new Error(`Service ${namespace}/edge has no port on a node`);
  return {
    host,
    url: `https://${host}`,
    address,
    port: portOf("https"),
    plainPort: portOf("http"),
    caFile: await authorityOf(kubectl, namespace),
  };
}

/** Where the lab's ACME server shows its root, which is a new one at each of its starts. */
const acmeRoots = "https://pebble.cert-manager.svc:15000/roots/0";

/** The authority of the edge's public certificate: in its Secret, or with ACME, whose Secrets have none, from the ACME server. */
async function authorityOf(kubectl: Kubectl, namespace: string): Promise<string> {
  const { data = {} } = await kubectl.get<Secret>("secret", "edge-public-tls", namespace);
  const own = Buffer.from(data["ca.crt"] ?? "", "base64").toString();
  const file = join(deployDir, "edge-ca.crt");
  writeFileSync(file, own === "" ? await acmeRoot(kubectl) : own);
  return file;
}

async function acmeRoot(kubectl: Kubectl): Promise<string> {
  const { spec } = await kubectl.get<Service>("service", "pebble", "cert-manager");
  const { data = {} } = await kubectl.get<Secret>("secret", "pebble", "cert-manager");
  const trusted = join(deployDir, "acme-server-ca.crt");
  writeFileSync(trusted, Buffer.from(data["ca.crt"] ?? "", "base64"));
  const resolve = `pebble.cert-manager.svc:15000:${spec.clusterIP}`;
  const { code, stdout } = await run("curl", [
    "--silent",
    "--fail",
    "--cacert",
    trusted,
    "--resolve",
    resolve,
    acmeRoots,
  ]);
  if (code !== 0) throw new Error("the lab's ACME server does not show its root");
  return stdout;
}

/**
 * Serial number of the certificate at the edge's public port, its chain verified by the authority that is known now.
 *
 * @throws Error for one that does not verify
 */
export async function edgeSerial(kubectl: Kubectl, edge: Edge, namespace: string): Promise<string> {
  const ca = readFileSync(await authorityOf(kubectl, namespace));
  const { address: host, port, host: servername } = edge;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, ca }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error("the edge does not answer")));
    socket.on("error", reject);
  });
}

/** Longest from a Secret's change to nginx: the kubelet looks every minute or so, nginx every half. */
const mostSeconds = 240;

/** Waits until the edge shows a certificate that verifies: with ACME its first one is a temporary one that nobody trusts. */
export async function edgeTrusted(kubectl: Kubectl, edge: Edge, namespace: string): Promise<void> {
  const isTrusted = () => edgeSerial(kubectl, edge, namespace).then(Boolean, () => false);
  await until("the edge shows a certificate that verifies", mostSeconds, isTrusted);
}
