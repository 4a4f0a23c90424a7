import type { Exception, Finding } from "./finding.js";
import type { ResourceSubject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";

/** On a Kubernetes object and on its pod template: a JSON array of exceptions. */
export const exceptionsAnnotation = "policy.bulkhead.dev/exceptions";

/** An exception given in the pack's configuration, for resources that have no annotations: `urn` is a glob, `*` any characters. */
export interface ConfiguredException extends Exception {
  urn: string;
}

/** One exception as found, and what became of it. */
export interface LedgerEntry {
  /** Where it stands; for one from the configuration, the first resource that it matches, or the stack. */
  urn: string;
  type: string;
  label: string;
  /** JSON pointer of the annotation, or "" for one from the configuration. */
  path: string;
  /** Undefined where what stands there is no valid exception: then `fault` says why. */
  exception?: Exception;
  fault?: string;
  /** The annotation's value is not known before deployment. */
  isUnknown?: boolean;
  /** At least one finding was excused by it, or its rule is disabled here. */
  isUsed: boolean;
  excuses: (finding: Finding) => boolean;
}

const members = ["rule", "reason", "owner", "expires"] as const;
const never = () => false;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // "2027-02-30" parses as March 2nd.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** What is wrong with a value that should be an exception; undefined when nothing is. */
export function faultOfException(value: unknown, ruleIds: ReadonlySet<string>): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no object";
  const given = value as Record<string, unknown>;
  for (const member of members) {
    const text = Object.hasOwn(given, member) ? given[member] : undefined;
    if (typeof text !== "string" || text.trim() === "") return `has no ${member}`;
  }
  const { rule, expires } = given as unknown as Exception;
  if (!ruleIds.has(rule)) return `names a rule that does not exist: ${JSON.stringify(rule)}`;
  if (!isDate(expires)) return `expires on no date of the form YYYY-MM-DD: ${JSON.stringify(expires)}`;
  return undefined;
}

function exceptionOf({ rule, reason, owner, expires }: Exception): Exception {
  return { rule, reason, owner, expires };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Entries of one annotation, which speaks for everything under `scope`. */
function annotated(
  resource: ResourceSubject,
  field: Field,
  scope: string,
  ruleIds: ReadonlySet<string>,
): LedgerEntry[] {
  if (field.isAbsent) return [];
  const { urn, type, label } = resource;
  const base = { urn, type, label, path: field.path, isUsed: false, excuses: never };
  if (field.isUnknown) return [{ ...base, isUnknown: true }];
  const list = parsed(field.text ?? "");
  if (!Array.isArray(list)) return [{ ...base, fault: `annotation ${exceptionsAnnotation} is no JSON array` }];
  return list.map((value: unknown, index) => {
    const fault = faultOfException(value, ruleIds);
    if (fault !== undefined)
      return { ...base, fault: `exception ${index + 1} in annotation ${exceptionsAnnotation} ${fault}` };
    const exception = exceptionOf(value as Exception);
    const excuses = (finding: Finding) =>
      finding.urn === urn &&
      finding.rule === exception.rule &&
      (scope === "" || `${finding.path}/`.startsWith(`${scope}/`));
    return { ...base, exception, excuses };
  });
}

function annotationOf(metadata: Field): Field {
  return metadata.at("annotations", exceptionsAnnotation);
}

function ofResource(resource: ResourceSubject, ruleIds: ReadonlySet<string>): LedgerEntry[] {
  // An unknown `metadata` says nothing about exceptions: almost no object has any.
  const places = resource.objects.map(({ metadata, field }) => ({ metadata, scope: field.path }));
  for (const pod of resource.pods) places.push({ metadata: pod.metadata, scope: pod.owner.path });

  // The same exception stands on the object and on its pod template; the first speaks for both.
  const seen = new Set<string>();
  return places
    .filter(({ metadata }) => !metadata.isUnknown && !metadata.at("annotations").isUnknown)
    .flatMap(({ metadata, scope }) =>
      annotated(resource, annotationOf(metadata), scope, ruleIds).filter(({ exception }) => {
        const key = JSON.stringify([scope, exception]);
        const isRepeated = exception !== undefined && seen.has(key);
        seen.add(key);
        return !isRepeated;
      }),
    );
}

/** Whether `*`, any characters, and `?`, one character, match the text. Linear in both but for backtracking to the last `*`. */
export function globMatches(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  // Where the last star stands, and where what it does not take begins.
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const wanted = glob[g];
    if (wanted === "*") {
      star = g++;
      mark = t;
    } else if (wanted !== undefined && (wanted === "?" || wanted === text[t])) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++mark;
    } else return false;
  }
  return /^\**$/.test(glob.slice(g));
}

function configured(stack: StackSubject, given: ConfiguredException): LedgerEntry {
  const first = stack.resources.find(({ urn }) => globMatches(given.urn, urn));
  const exception = exceptionOf(given);
  return {
    urn: first?.urn ?? "",
    type: first?.type ?? "pulumi:pulumi:Stack",
    label: first?.label ?? `the configured exception for ${given.urn}`,
    path: "",
    exception,
    isUsed: false,
    excuses: finding => finding.rule === exception.rule && globMatches(given.urn, finding.urn),
  };
}

/**
 * A component puts its exceptions on each of its objects, and most of those need none of them: the same exception on siblings is one
 * entry, used when any of them needs it.
 */
function merged(entries: readonly [ResourceSubject, LedgerEntry][]): LedgerEntry[] {
  const places = new Map<string, LedgerEntry["excuses"][]>();
  return entries.flatMap(([{ input }, entry]) => {
    if (entry.exception === undefined) return [entry];
    const key = JSON.stringify([input.parent ?? input.urn, entry.exception]);
    const known = places.get(key);
    if (known !== undefined) {
      known.push(entry.excuses);
      return [];
    }
    const all = [entry.excuses];
    places.set(key, all);
    return [{ ...entry, excuses: (finding: Finding) => all.some(excuses => excuses(finding)) }];
  });
}

/** Every exception of the stack: annotations and the pack's configuration. */
export function ledgerOf(
  stack: StackSubject,
  configuredExceptions: readonly ConfiguredException[],
  ruleIds: ReadonlySet<string>,
): LedgerEntry[] {
  return [
    ...merged(
      stack.resources.flatMap(resource =>
        ofResource(resource, ruleIds).map((entry): [ResourceSubject, LedgerEntry] => [resource, entry]),
      ),
    ),
    ...configuredExceptions.map(exception => configured(stack, exception)),
  ];
}
