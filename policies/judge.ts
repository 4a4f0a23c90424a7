import type { Configured } from "./config.js";
import { type LedgerEntry, ledgerOf } from "./exceptions.js";
import type { Finding, JudgedResource } from "./finding.js";
import type { Standard } from "./podSecurity.js";
import type { Context, ExceptionRule, PodRule, Problem, ResourceRule, Rule, StackRule } from "./rule.js";
import { type ResourceSubject, StackSubject } from "./subject.js";

const strictness = { privileged: 0, baseline: 1, restricted: 2 } as const;

/** Whether a rule of a Pod Security level counts under a standard. */
export function holdsFor(rule: PodRule, standard: Standard): boolean {
  return rule.podSecurity === undefined || strictness[rule.podSecurity] <= strictness[standard.level];
}

/** Something thrown, without its message: a message may quote the value that it failed on. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no Error";
  const place = /[\w-]+\.[jt]s:\d+/.exec(error.stack ?? "");
  return place === null ? error.name : `${error.name} at ${place[0]}`;
}

function blocks(verdict: Finding["verdict"], { failOnUndetermined }: Configured): Pick<Finding, "blocks"> {
  return verdict === "undetermined" && failOnUndetermined ? { blocks: true } : {};
}

function findingOf(
  rule: Rule,
  configured: Configured,
  { urn, type, label }: ResourceSubject,
  problem: Problem,
): Finding {
  const { verdict, field, message, fix } = problem;
  const path = field.path;
  const at = path === "" ? "what it holds" : path.slice(1).replaceAll("/", ".");
  return {
    rule: rule.id,
    verdict,
    severity: rule.severity,
    level: configured.levelOf(rule),
    ...blocks(verdict, configured),
    message:
      verdict === "violation"
        ? `${label}: ${message}`
        : `${label}: ${at} is not known before deployment, so it cannot be judged whether: ${rule.title}`,
    urn,
    type,
    path,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A patch resource leaves alone what it does not mention. */
function concerns({ object }: ResourceSubject, { field }: Problem): boolean {
  return object?.isPatch !== true || !field.isAbsent;
}

function internalError(rule: Rule, urn: string, type: string, error: unknown): Finding {
  const message = `internal error of the rule ${rule.id}: ${describe(error)}; what it would have found is not known`;
  return {
    rule: rule.id,
    verdict: "violation",
    severity: rule.severity,
    level: "mandatory",
    message,
    urn,
    type,
    path: "",
  };
}

/** Whether a rule has anything to judge in this resource. */
export function applies(rule: PodRule | ResourceRule, resource: ResourceSubject, { standard }: Configured): boolean {
  if (rule.scope !== "pod") return rule.applies(resource);
  return (holdsFor(rule, standard) && resource.pods.length > 0) || rule.besides?.applies(resource) === true;
}

function problemsOf(rule: PodRule | ResourceRule, resource: ResourceSubject, context: Context): Problem[] {
  if (rule.scope !== "pod") return rule.check(resource, context);
  const { besides } = rule;
  const problems = besides?.applies(resource) === true ? besides.check(resource, context) : [];
  if (!holdsFor(rule, context.standard)) return problems;
  return [...resource.pods.flatMap(pod => rule.check(pod, context)), ...problems];
}

const nothing: Finding[] = [];

/** What one rule finds in one resource. Never throws: an error of the rule is its finding. */
function judgeResource(rule: PodRule | ResourceRule, resource: ResourceSubject, configured: Configured): Finding[] {
  try {
    if (!applies(rule, resource, configured)) return nothing;
    const context = { settings: configured.settingsOf(rule), standard: configured.standard };
    const problems = problemsOf(rule, resource, context);
    if (problems.length === 0) return nothing;
    return distinct(problems.filter(p => concerns(resource, p)).map(p => findingOf(rule, configured, resource, p)));
  } catch (error) {
    return [internalError(rule, resource.urn, resource.type, error)];
  }
}

function judgeStack(rule: StackRule, stack: StackSubject, configured: Configured): Finding[] {
  try {
    const context = { settings: configured.settingsOf(rule), standard: configured.standard };
    return distinct(
      rule
        .check(stack, context)
        .filter(p => concerns(p.resource, p))
        .map(problem => findingOf(rule, configured, problem.resource, problem)),
    );
  } catch (error) {
    return [internalError(rule, "", "pulumi:pulumi:Stack", error)];
  }
}

function judgeExceptions(
  rule: ExceptionRule,
  ledger: readonly LedgerEntry[],
  configured: Configured,
  today: string,
): Finding[] {
  const { id, severity, title } = rule;
  const level = configured.levelOf(rule);
  return ledger.flatMap(entry => {
    const { urn, type, label, path } = entry;
    if (entry.isUnknown === true && rule.judgesUnknown !== true) return [];
    const verdict = entry.isUnknown === true ? ("undetermined" as const) : ("violation" as const);
    const found =
      entry.isUnknown === true ? `whether "${title}" is not known before deployment` : rule.check(entry, today);
    return found === undefined
      ? []
      : [
          {
            rule: id,
            verdict,
            severity,
            level,
            ...blocks(verdict, configured),
            message: `${label}: ${found}`,
            urn,
            type,
            path,
          },
        ];
  });
}

/** One unknown pod is read as unknown in each of its three container lists: one finding says it. */
function distinct(findings: Finding[]): Finding[] {
  if (findings.length < 2) return findings;
  const seen = new Set<string>();
  return findings.filter(({ verdict, message, path, urn }) => {
    const key = [verdict, urn, path, message].join("\n");
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Attaches to each finding the exception that excuses it, and notes in the ledger which were used. */
function excuse(findings: readonly Finding[], ledger: readonly LedgerEntry[], today: string): Finding[] {
  const live = ledger.filter(({ exception }) => exception !== undefined && exception.expires >= today);
  if (live.length === 0) return [...findings];
  return findings.map(finding => {
    const entry = live.find(({ excuses }) => excuses(finding));
    if (entry?.exception === undefined) return finding;
    entry.isUsed = true;
    return { ...finding, exception: entry.exception };
  });
}

/** `2026-11-22`, in UTC. */
function dayOf(date: Date): string {
  return date.toISOString().slice(0, "2026-11-22".length);
}

/** What was read of so many resources is kept for the rules that look at the whole stack; of more, it would be most of the memory. */
const keptResources = 2000;

/** What is judged with: all rules of the pack, so that an exception may name any of them, and those that are to run. */
export interface Judgement {
  rules: readonly Rule[];
  configured: Configured;
  /** @default all that are not disabled */
  run?: readonly Rule[];
  now: Date;
}

/** Everything that these rules find in these resources, resource by resource in the order given, then what concerns the stack. */
export function judgeWith({ rules, configured, run, now }: Judgement, resources: readonly JudgedResource[]): Finding[] {
  const today = dayOf(now);
  const stack = new StackSubject(resources);
  const enabled = (run ?? rules).filter(rule => configured.levelOf(rule) !== "disabled");
  const enabledIds = new Set(enabled.map(({ id }) => id));

  const resourceRules = enabled.filter(rule => rule.scope === "pod" || rule.scope === "resource");
  // Most resources hold no pod, and most rules judge nothing else.
  const withoutPods = resourceRules.filter(rule => rule.scope === "resource" || rule.besides !== undefined);
  const isLarge = resources.length > keptResources;
  const found = [
    ...stack.resources.flatMap(resource => {
      const judging = resource.pods.length > 0 ? resourceRules : withoutPods;
      const findings = judging.flatMap(rule => judgeResource(rule, resource, configured));
      if (isLarge) resource.forget();
      return findings;
    }),
    ...enabled.filter(rule => rule.scope === "stack").flatMap(rule => judgeStack(rule, stack, configured)),
  ];

  const ledger = ledgerOf(stack, configured.exceptions, new Set(rules.map(({ id }) => id)));
  const findings = excuse(found, ledger, today);
  for (const entry of ledger) {
    // Nobody can tell whether the exception of a rule that is off here is needed elsewhere.
    if (entry.exception !== undefined && !enabledIds.has(entry.exception.rule)) entry.isUsed = true;
  }
  return [
    ...findings,
    ...enabled
      .filter(rule => rule.scope === "exceptions")
      .flatMap(rule => judgeExceptions(rule, ledger, configured, today)),
  ];
}
