import { EdgeClient } from "./client.js";
import { headerFaults } from "./edgeAnswers.js";
import { until } from "./kubectl.js";
import type { Lab } from "./lab.js";
import type { KubeObject } from "./objects.js";

interface Deployment extends KubeObject {
  spec: { replicas: number };
  status: { readyReplicas?: number };
}

/** Takes the site away for a moment: what the edge answers then must have its headers too. */
export async function outageFaults(lab: Lab, address: string): Promise<{ status: number; faults: string[] }> {
  const { kubectl, namespaces } = lab;
  const client = new EdgeClient(lab.edge, address);
  const site = () => kubectl.get<Deployment>("deployment", "web", namespaces.app);
  const scale = (replicas: number) =>
    kubectl.run(["scale", "deployment", "web", "--namespace", namespaces.app, `--replicas=${replicas}`]);
  const { replicas } = (await site()).spec;
  await scale(0);
  try {
    const answer = await until("the edge says that the site is away", 60, async () => {
      const found = await client.ask("/");
      return found.status >= 500 && found;
    });
    const faults = headerFaults(`the site away (${answer.status})`, answer);
    if (!/^application\/problem\+json/.test(String(answer.headers["content-type"])))
      faults.push(`the site away: no problem document`);
    if (!/no-store/.test(String(answer.headers["cache-control"]))) faults.push("the site away: may be kept by a cache");
    return { status: answer.status, faults };
  } finally {
    await scale(replicas);
    await until("the site is back", 90, async () => ((await site()).status.readyReplicas ?? 0) === replicas);
    await until("the edge serves it", 60, async () => (await client.ask("/")).status === 200);
  }
}
