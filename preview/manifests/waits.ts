import { isObject } from "../value.js";
import type { ManifestObject } from "./objects.js";

/**
 * What to wait for before the next object: `condition=…` as `kubectl wait --for` takes it, `rollout` for `kubectl rollout status`.
 * Absent: ready as soon as it is there.
 */
export type Wait = `condition=${string}` | "rollout";

const waits: Record<string, Wait> = {
  "apps/Deployment": "rollout",
  "apps/StatefulSet": "rollout",
  "apps/DaemonSet": "rollout",
  "batch/Job": "condition=Complete",
  "/Pod": "condition=Ready",
  "apiextensions.k8s.io/CustomResourceDefinition": "condition=Established",
  "apiregistration.k8s.io/APIService": "condition=Available",
  "cert-manager.io/Certificate": "condition=Ready",
  "cert-manager.io/Issuer": "condition=Ready",
  "cert-manager.io/ClusterIssuer": "condition=Ready",
};

/** The provider's own default for most kinds. */
const defaultSeconds = 600;

/** Respects the annotations by which a program tells the provider not to wait, or for how long. */
export function waitFor({ apiVersion, kind, body }: ManifestObject): { for: Wait; timeoutSeconds: number } | undefined {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  const wait = waits[`${group}/${kind}`];
  const metadata = isObject(body["metadata"]) ? body["metadata"] : {};
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  if (wait === undefined || String(annotations["pulumi.com/skipAwait"]) === "true") return undefined;
  if (isPaused(body)) return undefined;
  const seconds = Number(annotations["pulumi.com/timeoutSeconds"]);
  return { for: wait, timeoutSeconds: seconds > 0 ? seconds : defaultSeconds };
}

/** A suspended Job never completes, a paused Deployment never rolls out, and OnDelete leaves it to somebody else. */
function isPaused(body: Record<string, unknown>): boolean {
  const spec = isObject(body["spec"]) ? body["spec"] : {};
  const strategy = isObject(spec["updateStrategy"]) ? spec["updateStrategy"]["type"] : undefined;
  return spec["suspend"] === true || spec["paused"] === true || strategy === "OnDelete";
}
