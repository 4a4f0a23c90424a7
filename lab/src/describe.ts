import { cpus, release, totalmem } from "node:os";
import { images as catalogueImages } from "../../components/images/catalogue";
import type { Lab } from "./lab.js";
import type { Node } from "./objects.js";
import type { Report } from "./report.js";
import { givenKubeconfig } from "./settings.js";

/** What the lab's own cluster does otherwise than a production one. A test holds each to lab/README.md. */
export const labDifferences = [
  "one node, one copy of each control plane part, etcd in memory",
  "images are built here from Debian 13, the npm registry and Go modules",
  "volumes are folders on the node's disk: a size limit on them is not enforced",
  "NetworkPolicies are accepted and not enforced",
  "no load balancer: the edge is reached through a port of the node",
];

/** What the stages ran on. */
export async function describeLab({ kubectl, deployment }: Lab): Promise<Omit<Report, "stages">> {
  const [node] = await kubectl.list<Node>(["nodes"]);
  const published = new Map<string, string>(Object.entries(catalogueImages()));
  const images = Object.entries(deployment.images).map(([name, here]) => {
    return [name, { here, production: published.get(name) ?? `built by the program from images/${name}.Dockerfile` }];
  });
  const settings = Object.entries(deployment.changedSettings).map(
    ([path, value]) => `setting ${path} is ${JSON.stringify(value)}`,
  );
  return {
    machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), kernel: release() },
    kubernetes: node?.status.nodeInfo.kubeletVersion ?? "unknown",
    deployedBy: deployment.by,
    deploySeconds: deployment.readySeconds,
    objects: deployment.objects,
    images: Object.fromEntries(images) as Report["images"],
    differences: [
      ...(givenKubeconfig === undefined ? labDifferences : []),
      ...settings,
      ...deployment.leftOut.map(name => `${name} does not run: the lab has no image of it`),
    ],
  };
}
