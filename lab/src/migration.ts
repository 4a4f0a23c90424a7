import { setTimeout as pause } from "node:timers/promises";
import type { Lab } from "./lab.js";
import type { KubeObject, Pod } from "./objects.js";
import { readyPods } from "./users.js";
import { applyChanged, changed, declaredAs, deploymentOf } from "./workloads.js";

interface Job extends KubeObject {
  status: { succeeded?: number; failed?: number; completionTime?: string };
}

type Started = Pod & { status: { startTime?: string } };

/** That the migration of this version ran once, to its end, before any of its pods. */
export async function onceBefore(lab: Lab): Promise<string[]> {
  const { name, namespace = "" } = declaredAs(lab, "Job", /^api-migrate-/);
  const job = await lab.kubectl.get<Job>("job", name, namespace);
  const pods = await lab.kubectl.list<Pod>([
    "pods",
    "--namespace",
    namespace,
    "--selector",
    `batch.kubernetes.io/job-name=${name}`,
  ]);
  const faults: string[] = [];
  if (job.status.succeeded !== 1 || (job.status.failed ?? 0) > 0)
    faults.push(`${name} did not succeed at its first attempt`);
  if (pods.length > 1) faults.push(`${name} ran ${pods.length} times`);
  const done = Date.parse(job.status.completionTime ?? "");
  for (const { metadata, status } of (await readyPods(lab, "api")) as Started[]) {
    if (!(Date.parse(status.startTime ?? "") >= done))
      faults.push(`${metadata.name} started before the migration had ended`);
  }
  return faults;
}

/** Longer than a controller needs to begin a rollout that it was told of. */
const noticeMillis = 3000;

/** Deploys a version whose migration fails: the deploy must say so, and the running version must not have been touched. */
export async function stopsWhenFailing(lab: Lab): Promise<string[]> {
  const job = declaredAs(lab, "Job", /^api-migrate-/);
  const api = declaredAs(lab, "Deployment", "api");
  const name = "api-migrate-failing";
  const broken = changed(lab, job, manifest => {
    manifest.metadata.name = name;
    for (const container of manifest.spec.template.spec.containers)
      container.command = ["node", "-e", "process.exit(1)"];
  });
  const next = changed(lab, api, manifest => {
    manifest.spec.template.metadata.annotations = {
      ...manifest.spec.template.metadata.annotations,
      "bulkhead.dev/lab": "after a failed migration",
    };
  });
  const before = await deploymentOf(lab, "api");
  try {
    const outcome = await applyChanged(lab, [
      [{ ...job, name }, broken],
      [api, next],
    ]).then(
      () => "it went on",
      (error: unknown) => (String(error).includes(name) ? undefined : String(error)),
    );
    await pause(noticeMillis);
    const after = await deploymentOf(lab, "api");
    const faults = outcome === undefined ? [] : [`a failing migration does not stop the deploy: ${outcome}`];
    return after.metadata.generation === before.metadata.generation
      ? faults
      : [...faults, "the API was changed after a failed migration"];
  } finally {
    await lab.kubectl.run(["delete", "job", name, "--namespace", lab.namespaces.app, "--wait=false"]);
  }
}
