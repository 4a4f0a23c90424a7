import { stringify } from "yaml";
import { fieldManager } from "../src/apply.js";
import { manifestsDir } from "../src/deployment.js";
import type { Lab } from "../src/lab.js";
import { declaredObjects, readManifest } from "../src/manifests.js";
import { type KubeObject, type Pod } from "../src/objects.js";
import { lastLine } from "../src/process.js";
import { notReady } from "../src/ready.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** A pod that `restricted` refuses, for one reason only. */
const rootPod = (namespace: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "weakened", namespace },
  spec: { containers: [{ name: "weakened", image: "weakened" }] },
});

/** What namespaces enforce, and whether the API server really does. */
async function enforced({ kubectl, namespaces }: Lab): Promise<Record<string, string>> {
  const levels: Record<string, string> = {};
  for (const name of Object.values(namespaces)) {
    const { metadata } = await kubectl.get<KubeObject>("namespace", name, "");
    const level = metadata.labels?.["pod-security.kubernetes.io/enforce"] ?? "nothing";
    levels[name] = level;
    const expected = name === namespaces.node ? "privileged" : "restricted";
    promise(level === expected, `namespace ${name} enforces ${level}, expected ${expected}`);
    if (expected === "privileged") continue;
    const create = ["create", "--dry-run=server", "--filename", "-"];
    const outcome = await kubectl.attempt(create, { input: stringify(rootPod(name)) });
    const isRefused = outcome.code !== 0 && outcome.stderr.includes('violates PodSecurity "restricted');
    promise(isRefused, `namespace ${name} does not refuse a pod that may run as root: ${lastLine(outcome)}`);
  }
  return levels;
}

/** Exceptions that the running pods carry, as `rule: pod's component`. */
async function exceptions({ kubectl, namespaces }: Lab): Promise<string[]> {
  const pods = await kubectl.list<Pod>(["pods", "--all-namespaces"]);
  const ours = pods.filter(({ metadata }) => Object.values(namespaces).includes(metadata.namespace ?? ""));
  const found = ours.flatMap(({ metadata }) => {
    const list = JSON.parse(metadata.annotations?.["policy.bulkhead.dev/exceptions"] ?? "[]") as { rule: string }[];
    return list.map(({ rule }) => `${metadata.labels?.["app.kubernetes.io/instance"] ?? metadata.name}: ${rule}`);
  });
  return [...new Set(found)].sort();
}

/** A rule that Pod Security knows nothing of, so that only our own admission policies can refuse. */
const weakening = { rule: "k8s-read-only-rootfs", field: "readOnlyRootFilesystem" };

/** A Deployment like one that runs, weakened in one field, is refused with the rule's id. */
async function refusesWeakened(lab: Lab): Promise<string> {
  const { kubectl, deployment } = lab;
  const folder = manifestsDir(deployment.project);
  const objects = declaredObjects(deployment.project);
  if (!objects.some(({ kind }) => kind === "ValidatingAdmissionPolicy")) return "none are deployed";
  const web = objects.find(({ kind, name }) => kind === "Deployment" && name === "web");
  promise(web !== undefined, "there is no Deployment web to weaken");
  const whole = { ...readManifest(folder, web), metadata: { name: "weakened", namespace: lab.namespaces.app } };
  const create = ["create", "--dry-run=server", "--filename", "-"];
  const accepted = await kubectl.attempt(create, { input: stringify(whole) });
  promise(accepted.code === 0, `the Deployment is refused before it is weakened: ${lastLine(accepted)}`);
  const text = stringify(whole).replaceAll(`${weakening.field}: true`, `${weakening.field}: false`);
  const outcome = await kubectl.attempt(create, { input: text });
  promise(outcome.code !== 0, `a Deployment with ${weakening.field}: false is admitted`);
  promise(outcome.stderr.includes(weakening.rule), `refused, but not by ${weakening.rule}: ${lastLine(outcome)}`);
  return outcome.stderr.trim().split("\n")[0] ?? "";
}

async function run(lab: Lab): Promise<Figures> {
  const { kubectl, deployment } = lab;
  const objects = declaredObjects(deployment.project);
  promiseNone(await notReady(kubectl, objects), "not ready");
  const folder = manifestsDir(deployment.project);
  const files = objects.flatMap(({ file }) => ["--filename", `${folder}/${file}`]);
  const how = ["--server-side", "--dry-run=server", "--validate=strict", "--field-manager", fieldManager];
  const applied = await kubectl.attempt(["apply", ...how, ...files], { timeoutSeconds: 300 });
  promise(applied.code === 0, `an object is refused: ${lastLine(applied)}`);
  const pods = await kubectl.list<Pod>(["pods", "--all-namespaces"]);
  return {
    objectsAccepted: objects.length,
    pods: pods.filter(({ metadata }) => Object.values(lab.namespaces).includes(metadata.namespace ?? "")).length,
    podSecurity: await enforced(lab),
    exceptions: await exceptions(lab),
    weakenedDeployment: await refusesWeakened(lab),
  };
}

export const stage: Stage = {
  id: 1,
  title: "every object is accepted and every pod Ready under Pod Security restricted; what is weaker is refused",
  run,
};
