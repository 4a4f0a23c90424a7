import type { SubjectName } from "./admissionSubjects.js";
import type { LedgerEntry } from "./exceptions.js";
import type { Level, PatchOperation, Severity } from "./finding.js";
import type { ParameterSet, Settings } from "./parameters.js";
import type { Standard } from "./podSecurity.js";
import type { ResourceSubject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";
import type { PodSubject } from "./workloads.js";

/** What a rule says about one place. */
export interface Problem {
  verdict: "violation" | "undetermined";
  field: Field;
  /** What is wrong, after the object's name: `container "api" must not be privileged`. Unused when undetermined. */
  message: string;
  fix?: PatchOperation[];
}

/** A problem of a cross-resource rule: it names its resource. */
export interface StackProblem extends Problem {
  resource: ResourceSubject;
}

/**
 * Changes that make an example of the compliant program (samples.ts): JSON pointer → the value that goes there, undefined to remove it.
 * A pod rule's pointers start at the pod (`/spec/hostPID`), any other rule's at the resource's name (`/service/properties/spec/type`).
 */
export type Edits = Record<string, unknown>;

/** What a rule knows besides its subject. */
export interface Context<P extends ParameterSet = ParameterSet> {
  /** The rule's own parameters, defaults filled in. */
  settings: Settings<P>;
  /** The Pod Security Standard that the pack is configured for. */
  standard: Standard;
}

interface Examples {
  pass: Record<string, Edits>;
  fail: Record<string, Edits>;
}

/** A rule in CEL, for the API server. */
export interface AdmissionCheck<P extends ParameterSet = ParameterSet> {
  of: SubjectName;
  /**
   * CEL for a list of strings: a sentence a problem, empty where the rule passes. May read the variables of its subject
   * (admissionSubjects.ts); objects come complete with Kubernetes' defaults, and nothing in them is unknown.
   */
  problems(context: Context<P>): string;
  /** What the rule holds besides this, and CEL cannot. */
  except?: string;
}

/** The rule at admission, or why it cannot be said there. */
export type Admission<P extends ParameterSet = ParameterSet> = AdmissionCheck<P> | { cannot: string };

interface Metadata {
  /** `<domain>-<what>`, kebab case; the file's name without the domain. */
  id: string;
  /** What holds when the rule passes: "Containers are not privileged". */
  title: string;
  /** What goes wrong when it does not, for somebody who has never heard of it. */
  why: string;
  severity: Severity;
  /** In production; `config/<environment>.json` lowers it. */
  level: Level;
  /** Where the behaviour judged is documented. */
  docs: string;
  /** What to do about a violation. */
  remediation: string;
  /** The fields it reads, for people: `spec.containers[*].securityContext.privileged`. */
  reads: readonly string[];
  examples: Examples;
  /** Rules that a failing example cannot help breaking too: a runtime socket is a hostPath volume. */
  overlaps?: readonly string[];
  parameters?: ParameterSet;
  /**
   * What CrossGuard cannot show a resource policy: "dependencies" (which resource an unknown value comes from: judged again on the
   * whole stack), "secretness" (a validating policy sees plain text: judged where remediation runs).
   */
  needs?: "dependencies" | "secretness";
  /** Every rule about Kubernetes objects says it; those about other providers' resources have none. */
  admission?: Admission;
}

/** Judges every pod and pod template, wherever it stands. */
export interface PodRule extends Metadata {
  scope: "pod";
  /** The Pod Security level it belongs to: the rule is off where the pack's `podSecurityLevel` is lower. */
  podSecurity?: "baseline" | "restricted";
  check(pod: PodSubject, context: Context): Problem[];
  /** What else it judges, where the same idea stands in objects that hold no pod. Not part of the Pod Security level. */
  besides?: Pick<ResourceRule, "applies" | "check">;
}

/** Judges one resource by its type. */
export interface ResourceRule extends Metadata {
  scope: "resource";
  applies(resource: ResourceSubject): boolean;
  check(resource: ResourceSubject, context: Context): Problem[];
}

/** Judges the exceptions themselves, after all other rules are done. */
export interface ExceptionRule extends Metadata {
  scope: "exceptions";
  /** Whether it also speaks of annotations whose value is not known; one of the exception rules does. */
  judgesUnknown?: boolean;
  check(entry: LedgerEntry, today: string): string | undefined;
}

/** Judges resources together. */
export interface StackRule extends Metadata {
  scope: "stack";
  check(stack: StackSubject, context: Context): StackProblem[];
}

export type Rule = PodRule | ResourceRule | StackRule | ExceptionRule;

type Declared<R extends PodRule | ResourceRule | StackRule, P extends ParameterSet, Subject, Found> = Omit<
  R,
  "scope" | "check" | "parameters" | "admission"
> & {
  parameters?: P;
  admission?: Admission<P>;
  check(subject: Subject, context: Context<P>): Found[];
};

// The three below only add the scope, and tie a rule's settings to its own parameters. Judging gives a rule what `settingsOf` made of
// exactly these parameters, so the wider type of the stored rule is never seen by a check.

export function podRule<P extends ParameterSet>(rule: Declared<PodRule, P, PodSubject, Problem>): PodRule {
  return { scope: "pod", ...rule };
}

export function resourceRule<P extends ParameterSet>(
  rule: Declared<ResourceRule, P, ResourceSubject, Problem>,
): ResourceRule {
  return { scope: "resource", ...rule };
}

export function stackRule<P extends ParameterSet>(rule: Declared<StackRule, P, StackSubject, StackProblem>): StackRule {
  return { scope: "stack", ...rule };
}

export function exceptionRule(rule: Omit<ExceptionRule, "scope">): ExceptionRule {
  return { scope: "exceptions", ...rule };
}

/** Makes the patch only when it is needed: almost every field of almost every resource is as it should be. */
type Fix = () => PatchOperation[] | undefined;

export function violation(field: Field, message: string, fix?: Fix): Problem {
  const patch = fix?.();
  return { verdict: "violation", field, message, ...(patch === undefined ? {} : { fix: patch }) };
}

export function undetermined(field: Field): Problem {
  return { verdict: "undetermined", field, message: "" };
}

/** A violation where the value is bad, undetermined where it is unknown, nothing otherwise. */
export function flag(field: Field, isBad: (value: unknown) => boolean, message: string, fix?: Fix): Problem[] {
  if (field.isUnknown) return [undetermined(field)];
  return isBad(field.value) ? [violation(field, message, fix)] : [];
}
