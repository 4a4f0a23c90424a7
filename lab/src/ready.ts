import { type Kubectl, until } from "./kubectl.js";
import type { Declared } from "./manifests.js";
import { isReady, type KubeObject, nameOf, type Pod } from "./objects.js";

export interface Certificate extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Pods of a finished Job are done, not ready. */
const isDone = ({ status }: Pod): boolean => status.phase === "Succeeded";

export const isIssued = ({ status }: Certificate): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");

/** What of a stack's pods and certificates is not ready. */
export async function notReady(kubectl: Kubectl, objects: readonly Declared[]): Promise<string[]> {
  const namespaces = new Set(objects.map(({ namespace }) => namespace));
  const ours = ({ metadata }: KubeObject): boolean => namespaces.has(metadata.namespace);
  const pods = await kubectl.list<Pod>(["pods", "--all-namespaces"]);
  const certificates = await kubectl.list<Certificate>(["certificates.cert-manager.io", "--all-namespaces"]);
  return [
    ...pods.filter(pod => ours(pod) && !isDone(pod) && !isReady(pod)),
    ...certificates.filter(each => ours(each) && !isIssued(each)),
  ].map(nameOf);
}

const mostSeconds = 300;

/** Waits until everything is ready, also what nobody depends on. @throws Error naming what is not */
export async function allReady(kubectl: Kubectl, objects: readonly Declared[]): Promise<void> {
  let waiting: string[] = [];
  await until("everything ready", mostSeconds, async () => {
    waiting = await notReady(kubectl, objects);
    return waiting.length === 0;
  }).catch((error: unknown) => {
    throw waiting.length === 0 ? error : new Error(`not ready after ${mostSeconds} s: ${waiting.join(", ")}`);
  });
}
