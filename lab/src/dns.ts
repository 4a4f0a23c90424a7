import { stringify } from "yaml";
import { fieldManager } from "./apply.js";
import type { Kubectl } from "./kubectl.js";

/** Makes a public name lead to the edge inside the lab too, where the ACME server asks for it. Each project has a field manager of its own. */
export async function nameInCluster(kubectl: Kubectl, project: string, host: string, namespace: string): Promise<void> {
  const names = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "coredns-names", namespace: "kube-system" },
    data: { [`${project}.conf`]: `rewrite name ${host} edge.${namespace}.svc.cluster.local\n` },
  };
  const how = ["--server-side", "--field-manager", `${fieldManager}-names-${project}`];
  await kubectl.run(["apply", ...how, "--filename", "-"], { input: stringify(names) });
}
