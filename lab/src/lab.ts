import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, readDeployment } from "./deployment.js";
import { Kubectl } from "./kubectl.js";
import type { Node, Secret, Service } from "./objects.js";
import { run } from "./process.js";
import { deployDir, kubeconfig, kubectlProgram } from "./settings.js";

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

/** What a stage works with. */
export interface Lab {
  kubectl: Kubectl;
  kubeconfig: string;
  deployment: Deployment;
  /** `app`, `data`, `monitoring`, `node`: the namespaces' names. */
  namespaces: Readonly<Record<"app" | "data" | "monitoring" | "node", string>>;
  edge: Edge;
  /** Images that run, by name. */
  images: Readonly<Record<string, string>>;
  /** Folder for what a stage wants to keep: screenshots, raw outputs. Not committed. */
  artefacts: string;
  /** A line for the person who waits. */
  note(line: string): void;
}

/** Opens the lab that `lab/deploy` filled. @throws Error when there is none */
export async function openLab(project = "flowmarine"): Promise<Lab> {
  const deployment = readDeployment(project);
  const kubectl = new Kubectl(kubectlProgram, kubeconfig);
  const artefacts = join(deployDir, "artefacts");
  mkdirSync(artefacts, { recursive: true });
  const { app = "", data = "", monitoring = "", node = "" } = deployment.namespaces;
  return {
    kubectl,
    kubeconfig,
    deployment,
    namespaces: { app, data, monitoring, node },
    edge: await findEdge(kubectl, deployment.host, app),
    images: deployment.images,
    artefacts,
    note: line => {
      process.stdout.write(`      ${line}\n`);
    },
  };
}

async function findEdge(kubectl: Kubectl, host: string, namespace: string): Promise<Edge> {
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
export async function authorityOf(kubectl: Kubectl, namespace: string): Promise<string> {
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
