import { withAddresses } from "../src/addresses.js";
import { until } from "../src/kubectl.js";
import type { Lab } from "../src/lab.js";
import { faultsOf, underLoad } from "../src/load.js";
import type { KubeObject } from "../src/objects.js";
import { tokensOf } from "../src/users.js";
import { applyChanged, changed, declaredAs, deploymentOf, restore, settled } from "../src/workloads.js";
import { type Figures, promise, type Stage } from "./stage.js";

interface Autoscaler extends KubeObject {
  spec: { minReplicas: number; maxReplicas: number; behavior?: object };
  status: { currentReplicas?: number; desiredReplicas?: number };
}

/** Kubernetes waits five minutes before it takes pods away; nobody waits that long here. Everything else is as declared. */
const scaleDownSeconds = 15;
const mostSeconds = 150;
/** More than two pods do within 70 % of the CPU that they reserve, and less than a premium user may ask. */
const perSecond = 25;

async function measure(lab: Lab, from: readonly string[]): Promise<Figures> {
  const object = declaredAs(lab, "HorizontalPodAutoscaler", "api");
  const autoscaler = () => lab.kubectl.get<Autoscaler>("horizontalpodautoscaler", "api", lab.namespaces.app);
  const { minReplicas, maxReplicas } = (await autoscaler()).spec;
  const seen = new Set<number>();
  const watch = async () => {
    const pods = (await deploymentOf(lab, "api")).status.readyReplicas ?? 0;
    seen.add(pods);
    return pods;
  };
  const quick = changed<Autoscaler>(lab, object, ({ spec }) => {
    spec.behavior = { scaleDown: { stabilizationWindowSeconds: scaleDownSeconds } };
  });
  await applyChanged(lab, [[object, quick]]);
  try {
    await until("the API is at its fewest pods", mostSeconds, async () => (await watch()) === minReplicas);
    const { accessToken: token } = await tokensOf(lab, "admin");
    const { result, load } = await underLoad(lab, { perSecond, mix: "api", token, from }, async () => {
      const started = performance.now();
      await until("load makes the API scale out", mostSeconds, async () => (await watch()) > minReplicas);
      return (performance.now() - started) / 1000;
    });
    const most = Math.max(...seen);
    const ended = performance.now();
    await until("the API scales in after the load", mostSeconds, async () => (await watch()) === minReplicas);
    const inSeconds = (performance.now() - ended) / 1000;
    promise(
      [...seen].every(pods => pods >= minReplicas && pods <= maxReplicas),
      `the API had ${[...seen].join(", ")} ready pods, declared are ${minReplicas} to ${maxReplicas}`,
    );
    promise(load.failed === 0, `${load.failed} of ${load.requests} requests failed while it scaled: ${faultsOf(load)}`);
    return {
      ...{
        minReplicas,
        maxReplicas,
        most,
        perSecond,
        requests: load.requests,
        failed: load.failed,
        p99Millis: load.p99Millis,
      },
      ...{
        outSeconds: result,
        inSeconds,
        scaleDownWindowSeconds: `${scaleDownSeconds} in place of 300, for this stage`,
      },
    };
  } finally {
    await restore(lab, [object]);
    await settled(lab, "api", mostSeconds);
  }
}

export const stage: Stage = {
  id: 8,
  title: "the API scales out under load within its bounds, and in again after it",
  labOnly: true,
  run: lab => withAddresses(20, lab.edge.address, from => measure(lab, from)),
};
