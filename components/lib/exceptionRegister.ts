import * as pulumi from "@pulumi/pulumi";
import { checkExceptions, type Exception, exceptionsAnnotation } from "./exceptions";

/** An exception of this program, and the one object that it is for. */
export interface DeclaredException extends Exception {
  kind: string;
  /** "" for what is in none. */
  namespace: pulumi.Input<string>;
  /** Ends with `*` where the provider adds a suffix. */
  name: string;
}

/** What to come after, and when; asked for by the first that must. */
export type Gate = () => pulumi.Output<readonly pulumi.Resource[]>;

/** What a program says at deploy time about its exceptions; one a run, because one process may run several programs. */
interface Register {
  declared: DeclaredException[];
  /** What the cluster knows the exceptions by: objects that have some come after it. */
  gates: Gate[];
  isRead: boolean;
}

const registers = new WeakMap<object, Register>();
const names = new WeakMap<object, string>();

function register(): Register {
  const run: object = pulumi.runtime.getMonitor() ?? registers;
  const known = registers.get(run) ?? { declared: [], gates: [], isRead: false };
  registers.set(run, known);
  return known;
}

/** Remembers what an output will be: who asks for an exception must be known before anything is made. */
export function rememberName(output: pulumi.Output<string>, name: string): void {
  names.set(output, name);
}

/** A name that is known already; undefined for what only the cluster can tell. */
function knownName(name: pulumi.Input<string>): string | undefined {
  return typeof name === "string" ? name : names.get(name);
}

/** The valid exceptions of an annotation; for what is wrong with the others there is a rule. */
function parsed(text: unknown): readonly Exception[] {
  if (typeof text !== "string") return [];
  try {
    const exceptions = JSON.parse(text) as readonly Exception[];
    checkExceptions(exceptions);
    return exceptions;
  } catch {
    return [];
  }
}

/**
 * Notes the exceptions that an object carries in its annotation.
 *
 * @returns what the object must come after
 * @throws RangeError when the cluster has been told all exceptions already
 */
export function declareExceptions(
  kind: string,
  { name, namespace = "", annotations = {} }: { name: string; namespace?: pulumi.Input<string>; annotations?: object },
): Gate[] {
  const exceptions = parsed((annotations as Record<string, unknown>)[exceptionsAnnotation]);
  if (exceptions.length === 0) return [];
  const { declared, gates, isRead } = register();
  if (isRead && gates.length > 0) {
    throw new RangeError(
      `${kind} "${name}" has exceptions, and is made after the program's first turn: AdmissionPolicies has told the cluster all of them`,
    );
  }
  declared.push(...exceptions.map(exception => ({ ...exception, kind, name, namespace })));
  return gates;
}

/** Lets every object with exceptions that is made from here on come after this. */
export function addGate(gate: Gate): void {
  register().gates.push(gate);
}

/** All exceptions of the program, when it has said what it makes. */
export async function declaredExceptions(): Promise<readonly (DeclaredException & { namespace: string })[]> {
  const known = register();
  await new Promise(resolve => setImmediate(resolve));
  known.isRead = true;
  const namespaces = known.declared.map(({ namespace }) => knownName(namespace) ?? namespace);
  return new Promise(resolve => {
    pulumi.all(namespaces).apply(values => {
      resolve(known.declared.map((exception, index) => ({ ...exception, namespace: values[index] ?? "" })));
    });
  });
}
