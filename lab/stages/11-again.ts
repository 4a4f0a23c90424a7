import { createHash } from "node:crypto";
import { join } from "node:path";
import { manifestsDir } from "../src/deployment.js";
import type { Lab } from "../src/lab.js";
import { type Declared, declaredObjects, titleOf } from "../src/manifests.js";
import type { KubeObject, Pod } from "../src/objects.js";
import { lastLine, run as runProgram } from "../src/process.js";
import { repository } from "../src/settings.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

interface Autoscaler extends KubeObject {
  spec: { scaleTargetRef: { kind: string; name: string } };
}

/** Keys of what an autoscaler may scale at any time, whoever deploys. */
async function scaledKeys({ kubectl }: Lab): Promise<Set<string>> {
  const found = await kubectl.list<Autoscaler>(["horizontalpodautoscalers", "--all-namespaces"]);
  return new Set(
    found.map(({ metadata, spec }) => `${spec.scaleTargetRef.kind} ${metadata.namespace}/${spec.scaleTargetRef.name}`),
  );
}

/** What makes an object the one that it is, but its status, which is not ours, and what an autoscaler has changed of it. */
function versionOf(object: KubeObject & { spec?: object }, isScaled: boolean): string {
  const metadata = { ...object.metadata, resourceVersion: undefined };
  const ours = { ...object, status: undefined, metadata };
  const moved = { generation: undefined, managedFields: undefined };
  const whole = isScaled
    ? { ...ours, spec: { ...object.spec, replicas: undefined }, metadata: { ...metadata, ...moved } }
    : ours;
  return createHash("sha256").update(JSON.stringify(whole)).digest("hex").slice(0, 12);
}

async function versions(lab: Lab, objects: readonly Declared[]): Promise<Map<string, string>> {
  const folder = manifestsDir(lab.deployment.project);
  const files = objects.flatMap(({ file }) => ["--filename", join(folder, file)]);
  const scaled = await scaledKeys(lab);
  const found = await lab.kubectl.list<KubeObject>(files);
  return new Map(found.map(object => [keyOf(object), versionOf(object, scaled.has(keyOf(object)))]));
}

/** Pods of the stack, finished Jobs' pods too. Where an autoscaler adds and removes them: the ReplicaSet that they come from. */
async function pods(lab: Lab): Promise<Map<string, string>> {
  const scaled = await scaledKeys(lab);
  const found = await lab.kubectl.list<Pod>(["pods", "--all-namespaces", "--selector", "bulkhead.dev/stack"]);
  return new Map(
    found.map((pod): [string, string] => {
      const owner = pod.metadata.ownerReferences?.[0];
      const hash = pod.metadata.labels?.["pod-template-hash"];
      const deployment = `Deployment ${pod.metadata.namespace}/${owner?.name.slice(0, -`-${hash}`.length)}`;
      return owner !== undefined && scaled.has(deployment)
        ? [`pods of ${owner.kind} ${pod.metadata.namespace}/${owner.name}`, ""]
        : [keyOf(pod), pod.metadata.uid];
    }),
  );
}

const changes = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] => [
  ...[...after].filter(([key]) => !before.has(key)).map(([key]) => `${key} is new`),
  ...[...before].flatMap(([key, version]) => {
    const now = after.get(key);
    if (now === version) return [];
    return [now === undefined ? `${key} is gone` : `${key} changed from ${version} to ${now}`];
  }),
];

async function run(lab: Lab): Promise<Figures> {
  const { deployment, kubectl } = lab;
  const objects = declaredObjects(deployment.project);
  const before = { objects: await versions(lab, objects), pods: await pods(lab) };
  promise(
    before.objects.size === objects.length,
    `${objects.length} objects are declared, ${before.objects.size} are there`,
  );
  const again = await runProgram(join(repository, "lab/deploy"), [deployment.project], { timeoutSeconds: 900 });
  promise(again.code === 0, `the second deploy failed: ${again.stderr.trim()}`);
  const now = declaredObjects(deployment.project);
  promiseNone(
    now.filter(object => !objects.some(each => each.file === object.file)).map(titleOf),
    "declared otherwise the second time",
  );
  promiseNone(changes(before.objects, await versions(lab, now)), "the second deploy changed objects");
  promiseNone(changes(before.pods, await pods(lab)), "the second deploy changed pods");
  const files = now.flatMap(({ file }) => ["--filename", join(manifestsDir(deployment.project), file)]);
  const diff = await kubectl.attempt(["diff", "--server-side", "--field-manager", "bulkhead", ...files], {
    timeoutSeconds: 300,
  });
  const differing = diff.stdout.split("\n").filter(line => line.startsWith("diff "));
  promise(
    diff.code === 0,
    `kubectl diff finds ${differing.length} objects that differ: ${differing.slice(0, 3).join("; ") || lastLine(diff)}`,
  );
  return { objects: now.length, pods: before.pods.size, changed: 0 };
}

export const stage: Stage = { id: 11, title: "a second deploy changes no object and restarts no pod", run };
