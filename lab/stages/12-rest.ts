import type { Lab } from "../src/lab.js";
import type { KubeObject } from "../src/objects.js";
import { bytesOf, coresOf } from "../src/quantity.js";
import { type Figures, promise, type Stage } from "./stage.js";

interface PodMetrics extends KubeObject {
  timestamp: string;
  containers: { name: string; usage: { cpu: string; memory: string } }[];
}

/** Aims for the whole local stack, without the control plane. */
const most = { memoryGiB: 3, cores: 0.5 };
const samples = 4;

/** What all pods use together at one moment, as the metrics server measured it. */
async function sample({
  kubectl,
  namespaces,
}: Lab): Promise<{ pods: PodMetrics[]; memoryBytes: number; cores: number }> {
  const all = await kubectl.list<PodMetrics>(["pods.metrics.k8s.io", "--all-namespaces"]);
  const pods = all.filter(({ metadata }) => Object.values(namespaces).includes(metadata.namespace ?? ""));
  const usage = pods.flatMap(({ containers }) => containers.map(({ usage: each }) => each));
  return {
    pods,
    memoryBytes: usage.reduce((sum, { memory }) => sum + bytesOf(memory), 0),
    cores: usage.reduce((sum, { cpu }) => sum + coresOf(cpu), 0),
  };
}

const pause = (seconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, seconds * 1000));
const rounded = (value: number): number => Math.round(value * 100) / 100;

async function run(lab: Lab): Promise<Figures> {
  const taken = [await sample(lab)];
  while (taken.length < samples) {
    // It measures every 15 seconds.
    await pause(15);
    taken.push(await sample(lab));
  }
  const average = (of: (each: (typeof taken)[number]) => number): number =>
    taken.reduce((sum, each) => sum + of(each), 0) / taken.length;
  const memoryGiB = average(({ memoryBytes }) => memoryBytes) / 2 ** 30;
  const cores = average(each => each.cores);
  const pods = taken[0]?.pods ?? [];
  promise(pods.length > 0, "the metrics server knows no pod of the system");
  const memoryMiB = pods.map(({ metadata, containers }) => {
    const bytes = containers.reduce((sum, { usage }) => sum + bytesOf(usage.memory), 0);
    return [metadata.name, Math.round(bytes / 2 ** 20)] as const;
  });
  promise(memoryGiB < most.memoryGiB, `the system uses ${rounded(memoryGiB)} GiB at rest, aim ${most.memoryGiB}`);
  return {
    applyToReadySeconds: lab.deployment.readySeconds,
    memoryGiB: rounded(memoryGiB),
    cores: rounded(cores),
    aims: most,
    memoryMiB: Object.fromEntries(memoryMiB.sort((a, b) => b[1] - a[1])),
  };
}

export const stage: Stage = {
  id: 12,
  title: "the whole system fits a small machine at rest",
  deep: true,
  run,
};
