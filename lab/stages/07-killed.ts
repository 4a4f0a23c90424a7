import { until } from "../src/kubectl.js";
import type { Lab } from "../src/lab.js";
import { Ledger } from "../src/ledger.js";
import { killContainer } from "../src/machine.js";
import { isReady, type Pod } from "../src/objects.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** From the kill to Ready again. Most of it is the time that a probe takes to believe. */
const mostSeconds = 180;

const running = ({ kubectl, namespaces }: Lab): Promise<Pod[]> =>
  kubectl
    .list<Pod>(["pods", "--all-namespaces", "--selector", "bulkhead.dev/stack"])
    .then(pods => pods.filter(pod => Object.values(namespaces).includes(pod.metadata.namespace ?? "") && isReady(pod)));

const restarts = ({ status }: Pod): number =>
  (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

/** Kills every container of a pod at once. @returns seconds until the pod is Ready again */
async function killed(lab: Lab, { metadata }: Pod): Promise<number> {
  const { name, namespace = "" } = metadata;
  const pod = () => lab.kubectl.get<Pod>("pod", name, namespace);
  const before = await pod();
  const containers = before.status.containerStatuses ?? [];
  const started = performance.now();
  for (const { containerID = "" } of containers) await killContainer(containerID);
  await until(`${namespace}/${name} is Ready again after it was killed`, mostSeconds, async () => {
    const now = await pod();
    return restarts(now) >= restarts(before) + containers.length && isReady(now);
  });
  return Math.round((performance.now() - started) / 100) / 10;
}

async function run(lab: Lab): Promise<Figures> {
  const pods = await running(lab);
  promise(pods.length > 0, "no pod is Ready");
  const ledger = await Ledger.open(lab);
  const recovery: Record<string, number> = {};
  try {
    await ledger.nextRow();
    for (const pod of pods) {
      recovery[pod.metadata.name] = await killed(lab, pod);
      lab.note(`${pod.metadata.name} is Ready again after ${recovery[pod.metadata.name]} s`);
      await ledger.nextRow();
    }
  } finally {
    await ledger.close();
  }
  promiseNone(await ledger.lost(), "acknowledged rows that are lost");
  return {
    recoverySeconds: recovery,
    slowestSeconds: Math.max(...Object.values(recovery)),
    rowsAcknowledged: ledger.acknowledged.length,
    rowsRefused: ledger.refused,
    rowsLost: 0,
    longestGapSeconds: Math.round(ledger.longestGapMillis / 100) / 10,
  };
}

export const stage: Stage = {
  id: 7,
  title: "each pod comes back from SIGKILL, and no acknowledged row is lost",
  deep: true,
  labOnly: true,
  run,
};
