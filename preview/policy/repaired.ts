import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { isObject, isSecret, type Properties } from "../value.js";

/** More places than these make no sentence. */
const told = 5;

/**
 * Notes that a policy changed a resource's inputs, and tells of it as the engine does: by place, never by value. A pack that runs here and
 * not at the deployment repairs nothing there, so whoever reads the preview must know what the program itself lacks.
 *
 * @param by the policy, or its pack
 */
export function noteRepair(
  deployment: Deployment,
  { urn, type, name }: EngineResource,
  by: string,
  before: Properties,
  after: Properties,
): void {
  deployment.remediated.push({ urn, rule: by });
  deployment.logs.push({
    severity: "warning",
    urn,
    message: `${by} repaired ${type} "${name}": ${repairs(before, after)}`,
  });
}

/** `marked registry.password as a secret, changed spec.replicas` */
function repairs(before: Properties, after: Properties): string {
  const marked: string[] = [];
  const changed: string[] = [];
  compare(before, after, [], marked, changed);
  const sentences = [
    ...(marked.length > 0 ? [`marked ${list(marked)} as a secret`] : []),
    ...(changed.length > 0 ? [`changed ${list(changed)}`] : []),
  ];
  return sentences.join(", ") || "changed nothing";
}

function list(places: readonly string[]): string {
  const rest = places.length - told;
  return places.slice(0, told).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function compare(before: unknown, after: unknown, path: readonly string[], marked: string[], changed: string[]): void {
  if (isSecret(after)) {
    if (!isSecret(before)) marked.push(path.join("."));
    else compare(before.value, after.value, path, marked, changed);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compare(Object.fromEntries(before.entries()), Object.fromEntries(after.entries()), path, marked, changed);
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], [...path, key], marked, changed);
  } else if (before !== after) {
    changed.push(path.join("."));
  }
}
