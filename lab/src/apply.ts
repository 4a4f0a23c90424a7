import { join } from "node:path";
import { type Kubectl, until } from "./kubectl.js";
import { type Declared, titleOf } from "./manifests.js";
import type { KubeObject } from "./objects.js";
import { lastLine, type Outcome } from "./process.js";

/** By this the API server tells our fields from those of controllers, and we tell our objects from theirs. */
export const fieldManager = "bulkhead";

/**
 * What the API server says when a changed admission policy excuses an object and it still judges by the policy before: it looks for changes
 * every second. Applying again changes nothing of what has been taken.
 */
const isJudged = /ValidatingAdmissionPolicy .* denied request/;
const settleSeconds = 10;

/** Consecutive objects, and what must hold of them before the next group. */
interface Group {
  objects: Declared[];
  waits: Declared[];
}

/**
 * Objects that wait for nothing go together; those that wait go together when they are of one kind: what depends on them comes later, and
 * among themselves they start without each other.
 */
export function groupsOf(objects: readonly Declared[]): Group[] {
  const groups: Group[] = [];
  for (const object of objects) {
    const last = groups.at(-1);
    const waiting = last?.waits[0];
    const joins = waiting === undefined || (object.waits !== undefined && waiting.kind === object.kind);
    if (last === undefined || !joins) groups.push({ objects: [object], waits: object.waits ? [object] : [] });
    else {
      last.objects.push(object);
      if (object.waits) last.waits.push(object);
    }
  }
  return groups;
}

const place = ({ namespace }: { namespace?: string }): string[] =>
  namespace === undefined ? [] : ["--namespace", namespace];

/**
 * Applies the objects in their order, strictly validated, and waits for each where it says so.
 *
 * @throws Error that names the object, for one that the API server refuses or that does not become ready in its time
 */
export async function applyAll(
  kubectl: Kubectl,
  folder: string,
  objects: readonly Declared[],
  note: (line: string) => void,
): Promise<void> {
  let done = 0;
  for (const { objects: together, waits } of groupsOf(objects)) {
    const files = together.flatMap(({ file }) => ["--filename", join(folder, file)]);
    const how = ["--server-side", "--validate=strict", "--field-manager", fieldManager];
    const deadline = Date.now() + settleSeconds * 1000;
    await until("the cluster takes the objects", 2 * settleSeconds, async () => {
      const outcome = await kubectl.attempt(["apply", ...how, ...files], { timeoutSeconds: 300 });
      if (outcome.code === 0) return true;
      const errors = outcome.stderr.split("\n").filter(line => /^error/i.test(line));
      if (Date.now() < deadline && errors.length > 0 && errors.every(line => isJudged.test(line))) return false;
      throw new Error(`the cluster refused an object: ${lastLine(outcome)}`);
    });
    done += together.length;
    if (waits.length > 0) note(`${done} of ${objects.length} objects; waiting for ${waits.map(titleOf).join(", ")}`);
    await Promise.all(waits.map(object => ready(kubectl, object)));
  }
}

async function ready(kubectl: Kubectl, object: Declared): Promise<void> {
  const { waits, kind, name } = object;
  if (waits === undefined) return;
  const { for: what, timeoutSeconds } = waits;
  const timeout = `--timeout=${timeoutSeconds}s`;
  const named = `${kind.toLowerCase()}/${name}`;
  const limit = { timeoutSeconds: timeoutSeconds + 30 };
  const outcome =
    what === "rollout"
      ? await kubectl.attempt(["rollout", "status", named, ...place(object), timeout], limit)
      : await conditionOrFailure(kubectl, object, what, timeout, limit);
  if (outcome.code !== 0) throw new Error(`${titleOf(object)} did not become ready: ${lastLine(outcome)}`);
}

/** Kinds of other groups are named with them: `certificate.cert-manager.io/edge-tls`. */
const qualified = ({ apiVersion, kind, name }: Declared): string => {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined ? `${kind.toLowerCase()}/${name}` : `${kind.toLowerCase()}.${group}/${name}`;
};

/** A Job that failed never completes: whichever comes first. */
async function conditionOrFailure(
  kubectl: Kubectl,
  object: Declared,
  condition: string,
  timeout: string,
  limit: { timeoutSeconds: number },
): Promise<Outcome> {
  const over = new AbortController();
  const wait = (what: string): Promise<Outcome> =>
    kubectl.attempt(["wait", qualified(object), `--for=${what}`, ...place(object), timeout], {
      ...limit,
      signal: over.signal,
    });
  const failed = async (): Promise<Outcome> => {
    const { code } = await wait("condition=Failed");
    if (code !== 0) return new Promise<never>(() => undefined);
    return { code: 1, stdout: "", stderr: "it failed; its pod's log says why" };
  };
  try {
    return await (object.kind === "Job" ? Promise.race([wait(condition), failed()]) : wait(condition));
  } finally {
    over.abort();
  }
}

/** Kinds that controllers make from labelled objects, and kinds that are no objects: nothing of ours is among them. */
const notOurs =
  /^(events(\..*)?|endpoints|endpointslices\..*|pods|replicasets\..*|controllerrevisions\..*|.*\.metrics\.k8s\.io)$/;

/** Deletes what an earlier deploy of this stack applied and is no longer declared. @returns what went */
export async function prune(
  kubectl: Kubectl,
  { project, stack }: { project: string; stack: string },
  declared: readonly Declared[],
): Promise<string[]> {
  const kinds = (await kubectl.run(["api-resources", "--verbs=list,delete", "--output=name"]))
    .split("\n")
    .filter(kind => kind !== "" && !notOurs.test(kind));
  const selector = `app.kubernetes.io/part-of=${project},bulkhead.dev/stack=${stack}`;
  const query = [kinds.join(","), "--all-namespaces", "--selector", selector, "--show-managed-fields"];
  const found = await kubectl.list<KubeObject>(query);
  const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
    `${kind}/${namespace ?? ""}/${name}`;
  const wanted = new Set(declared.map(({ kind, namespace, name }) => keyOf(kind, namespace, name)));
  const gone = found.filter(({ kind, metadata }) => {
    const isOurs = metadata.managedFields?.some(
      ({ manager, operation }) => manager === fieldManager && operation === "Apply",
    );
    return isOurs === true && !wanted.has(keyOf(kind, metadata.namespace, metadata.name));
  });
  // What holds others goes last.
  gone.sort((a, b) => Number(a.kind === "Namespace") - Number(b.kind === "Namespace"));
  for (const { apiVersion, kind, metadata } of gone) {
    const object = qualified({ apiVersion, kind, name: metadata.name, file: "", urn: "" });
    await kubectl.run(["delete", object, ...place(metadata), "--wait=false"]);
  }
  return gone.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}
