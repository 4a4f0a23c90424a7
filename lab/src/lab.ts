import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, readDeployment } from "./deployment.js";
import { type Edge, findEdge } from "./edge.js";
import { Kubectl } from "./kubectl.js";
import { deployDir, kubeconfig, kubectlProgram } from "./settings.js";

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
