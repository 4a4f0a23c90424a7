import { manifestsDir, networkOutput } from "../src/deployment.js";
import { flowsOf, otherThanOutput } from "../src/flows.js";
import type { Lab } from "../src/lab.js";
import { declaredObjects, readManifest } from "../src/manifests.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

function run({ deployment }: Lab): Figures {
  const folder = manifestsDir(deployment.project);
  const objects = declaredObjects(deployment.project).map(object => readManifest(folder, object));
  const { pods, policies, open, forbidden, faults } = flowsOf(objects);
  promise(pods > 0 && policies > 0, "there are no pods or no NetworkPolicies");
  promiseNone(faults, "the flows differ");
  promiseNone(otherThanOutput(open, networkOutput(deployment.project)), "the stack output `network` differs");
  return { pods, policies, open, forbidden };
}

export const stage: Stage = {
  id: 9,
  title: "pods reach exactly what FlowMarine needs, computed for every pair and port",
  run: lab => Promise.resolve().then(() => run(lab)),
};
