import { join } from "node:path";
import { EdgeClient } from "../src/client.js";
import { manifestsDir } from "../src/deployment.js";
import type { Kubectl } from "../src/kubectl.js";
import { type Lab, openLab } from "../src/lab.js";
import { declaredObjects } from "../src/manifests.js";
import type { KubeObject } from "../src/objects.js";
import { lastLine, run as runProgram } from "../src/process.js";
import { allReady } from "../src/ready.js";
import { repository } from "../src/settings.js";
import { type Figures, promise, type Stage } from "./stage.js";

const project = "express-mariadb";

interface Scaled extends KubeObject {
  spec: { replicas?: number };
}

/** The first system makes room on a small machine: its monitoring stops for a while. @returns what puts it back */
async function makeRoom({ kubectl, namespaces, deployment }: Lab): Promise<() => Promise<void>> {
  const namespace = namespaces.monitoring;
  const sets = await kubectl.list<Scaled>(["statefulsets", "--namespace", namespace]);
  const scale = (name: string, replicas: number) =>
    kubectl.run(["scale", `statefulset/${name}`, "--namespace", namespace, `--replicas=${replicas}`]);
  for (const { metadata } of sets) await scale(metadata.name, 0);
  return async () => {
    for (const { metadata, spec } of sets) await scale(metadata.name, spec.replicas ?? 1);
    await allReady(kubectl, declaredObjects(deployment.project));
  };
}

/** Everything that the deploy made, the namespaces' contents with them. */
async function remove(kubectl: Kubectl): Promise<void> {
  const files = declaredObjects(project)
    .filter(({ namespace }) => namespace === undefined || namespace === "cert-manager")
    .flatMap(({ file }) => ["--filename", join(manifestsDir(project), file)]);
  await kubectl.run(["delete", "--ignore-not-found", "--wait", ...files], { timeoutSeconds: 300 });
}

async function run(lab: Lab): Promise<Figures> {
  const { kubectl } = lab;
  const putBack = await makeRoom(lab);
  try {
    const deployed = await runProgram(join(repository, "lab/deploy"), [project], { timeoutSeconds: 900 });
    promise(deployed.code === 0, `it does not deploy: ${lastLine(deployed)}`);
    const second = await openLab(project);
    const client = new EdgeClient(second.edge);
    const page = await client.ask("/");
    promise(page.status === 200 && page.body.toString().includes("<h1>Notes</h1>"), `its page answers ${page.status}`);
    const text = `note ${Date.now()}`;
    const headers = { "content-type": "application/json" };
    const written = await client.ask("/api/notes", { method: "POST", headers, body: JSON.stringify({ text }) });
    promise(written.status === 201, `a note is answered with ${written.status}`);
    const notes = (await client.ask("/api/notes")).body.toString();
    promise(notes.includes(text), "a note that was written is not in MariaDB");
    return { objects: second.deployment.objects, readySeconds: second.deployment.readySeconds, note: text };
  } finally {
    await remove(kubectl);
    await putBack();
  }
}

export const stage: Stage = {
  id: 10,
  title: "the second system, Express and MariaDB, deploys the same way and answers",
  deep: true,
  run,
};
