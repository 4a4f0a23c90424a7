import { setTimeout as pause } from "node:timers/promises";
import { withAddresses } from "../src/addresses.js";
import { drain } from "../src/eviction.js";
import { until } from "../src/kubectl.js";
import type { Lab } from "../src/lab.js";
import { faultsOf, type Load, underLoad } from "../src/load.js";
import { onceBefore, stopsWhenFailing } from "../src/migration.js";
import type { Pod } from "../src/objects.js";
import { readyPods, tokensOf } from "../src/users.js";
import {
  applyChanged,
  changed,
  declaredAs,
  deploymentOf,
  notAwaited,
  restore,
  settled,
  type Workload,
} from "../src/workloads.js";
import { type Figures, promiseNone, type Stage } from "./stage.js";

/** What serves users, each with two pods. */
const serving = ["web", "api", "edge"] as const;
const perSecond = 15;
/** For a rollout, on a machine that also makes the load. */
const mostSeconds = 180;
/** How long a version that cannot start is given to do harm. */
const harmSeconds = 10;

const annotated = (text: string) => (manifest: Workload) => {
  const { metadata } = manifest.spec.template;
  metadata.annotations = { ...metadata.annotations, "bulkhead.dev/lab": text };
};

/** Every component to a new version at once, and back again. */
async function rollOut(lab: Lab): Promise<number> {
  const started = performance.now();
  const all = serving.map(name => declaredAs(lab, "Deployment", name));
  await applyChanged(
    lab,
    all.map(object => [notAwaited(object), changed(lab, object, annotated("a new version"))]),
  );
  for (const name of serving) await settled(lab, name, mostSeconds);
  const seconds = (performance.now() - started) / 1000;
  await restore(lab, all.map(notAwaited));
  for (const name of serving) await settled(lab, name, mostSeconds);
  return seconds;
}

/** Deploys a version of the API that cannot become ready. @returns what it did to the one that runs */
async function deployBad(lab: Lab, what: string, change: (manifest: Workload) => void): Promise<string[]> {
  const api = notAwaited(declaredAs(lab, "Deployment", "api"));
  const running = await readyPods(lab, "api");
  const names = running.map(({ metadata }) => metadata.name);
  try {
    await applyChanged(lab, [[api, changed(lab, api, change)]]);
    await until(
      `${what}: its pod is made`,
      mostSeconds,
      async () => ((await deploymentOf(lab, "api")).status.updatedReplicas ?? 0) > 0,
    );
    await pause(harmSeconds * 1000);
    const still = (await readyPods(lab, "api")).map(({ metadata }) => metadata.name);
    const gone = names.filter(name => !still.includes(name));
    const came = still.filter(name => !names.includes(name));
    return [...gone.map(name => `${what} took down ${name}`), ...came.map(name => `${what} became ready as ${name}`)];
  } finally {
    await restore(lab, [api]);
    await settled(lab, "api", mostSeconds);
  }
}

const noImage = (manifest: Workload): void => {
  for (const container of manifest.spec.template.spec.containers) {
    container.image = container.image.replace(/@sha256:.*/, `@sha256:${"0".repeat(64)}`);
  }
};

const failingProbe = (manifest: Workload): void => {
  const [container] = manifest.spec.template.spec.containers;
  if (container?.readinessProbe !== undefined) {
    container.readinessProbe = { httpGet: { path: "/api/none", port: 8443, scheme: "HTTPS" }, periodSeconds: 2 };
  }
};

const met = ({ requests, failed, dropped, medianMillis, p99Millis }: Load): Figures => ({
  requests,
  failed,
  dropped,
  medianMillis,
  p99Millis,
});

async function measure(lab: Lab, from: readonly string[]): Promise<Figures> {
  const { accessToken: token } = await tokensOf(lab, "admin");
  for (const name of serving) await settled(lab, name, mostSeconds);
  const faults = [...(await onceBefore(lab)), ...(await stopsWhenFailing(lab))];
  const restarts = async () =>
    (await Promise.all(serving.map(name => readyPods(lab, name)))).flat().reduce((sum, pod: Pod) => {
      return sum + (pod.status.containerStatuses ?? []).reduce((inner, { restartCount }) => inner + restartCount, 0);
    }, 0);

  const { result, load } = await underLoad(lab, { perSecond, mix: "users", token, from }, async () => {
    lab.note("a bad image, and a failing probe");
    faults.push(
      ...(await deployBad(lab, "a bad image", noImage)),
      ...(await deployBad(lab, "a failing probe", failingProbe)),
    );
    lab.note("a rollout of everything, and back");
    // One pod after the other: where the autoscaler has made more, it takes as much longer.
    const apiReplicas = (await deploymentOf(lab, "api")).status.replicas ?? 0;
    const rolloutSeconds = await rollOut(lab);
    lab.note("an eviction of every pod that serves");
    return { apiReplicas, rolloutSeconds, ...(await drain(lab, serving, mostSeconds)) };
  });
  if (load.failed > 0) faults.push(`${load.failed} of ${load.requests} requests failed: ${faultsOf(load)}`);
  if (load.dropped > 0) faults.push(`the load was not kept: ${load.dropped} requests were not made`);
  if (result.refused === 0) faults.push("no eviction was refused while another pod of its component was away");
  promiseNone(faults, "not without a gap");
  return {
    perSecond,
    ...met(load),
    ...result,
    restartsOfNewPods: await restarts(),
    drain: "each pod through the eviction API: there is one node",
  };
}

export const stage: Stage = {
  id: 6,
  title: "rollouts and drains lose no request, bad versions take nothing down, a failed migration stops a deploy",
  labOnly: true,
  run: lab => withAddresses(8, lab.edge.address, from => measure(lab, from)),
};
