import type { Problem } from "./rule.js";
import { undetermined } from "./rule.js";
import type { Field } from "./value.js";
import type { PodSubject } from "./workloads.js";

/** Which Pod Security Standard applies, as the namespace labels `pod-security.kubernetes.io/enforce` and `…-version` say it. */
export interface Standard {
  level: "privileged" | "baseline" | "restricted";
  /** Minor version of Kubernetes; Infinity for "latest". */
  minor: number;
}

/** "v1.33" → 33, "latest" → Infinity. */
export function minorOf(version: string): number {
  return version === "latest" ? Number.POSITIVE_INFINITY : Number(version.slice("v1.".length));
}

/** Windows pods need not set what Windows does not have, since 1.25; pods in a user namespace may be root in it, since 1.35. */
const windowsWaiverMinor = 25;
const userNamespaceWaiverMinor = 35;

function waive(field: Field, isWaiver: (value: unknown) => boolean, problems: Problem[]): Problem[] {
  if (problems.length === 0) return problems;
  // Whether the waiver holds decides everything, so its field is what has to become known.
  if (field.isUnknown) return [undetermined(field)];
  return isWaiver(field.value) ? [] : problems;
}

export function exceptOnWindows(pod: PodSubject, { minor }: { minor: number }, problems: Problem[]): Problem[] {
  return minor < windowsWaiverMinor ? problems : waive(pod.spec.at("os", "name"), name => name === "windows", problems);
}

export function exceptInUserNamespace(pod: PodSubject, { minor }: { minor: number }, problems: Problem[]): Problem[] {
  return minor < userNamespaceWaiverMinor
    ? problems
    : waive(pod.spec.at("hostUsers"), shared => shared === false, problems);
}

/** The container's own value, else the pod's: how Kubernetes reads a field of both security contexts. */
export function effective(container: Field, pod: Field): Field {
  return container.isAbsent ? pod : container;
}
