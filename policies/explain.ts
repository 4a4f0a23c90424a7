/** What a host says of one rule, and which rules it says judged a resource: what `exports["./explain"]` offers. */
import anchors from "./anchors.json";
import { type PackConfig, readConfig } from "./config.js";
import { environmentConfig } from "./environments.js";
import { exampleCode } from "./exampleCode.js";
import type { JudgedResource, Level, Severity } from "./finding.js";
import { applies } from "./judge.js";
import type { Rule, StackRule } from "./rule.js";
import { rules } from "./rules/index.js";
import { ResourceSubject } from "./subject.js";

const environments = ["local", "staging", "production"] as const;

export interface Explanation {
  id: string;
  title: string;
  why: string;
  severity: Severity;
  /** By environment. */
  levels: Record<string, Level>;
  /** Fields, as a person writes them. */
  reads: readonly string[];
  remediation: string;
  /** Pulumi code that breaks the rule, and the same place as it should be. */
  refused?: { what: string; code: string };
  accepted?: { code: string };
  alsoRefused: string[];
  alsoAccepted: string[];
  parameters: { name: string; type: string; default: unknown; description: string }[];
  exception: string;
  /** Tool or framework → ids of the same idea there. */
  elsewhere: Record<string, string[]>;
  docs: string;
  /** File of the rule's page, relative to the folder that holds the pack. */
  page: string;
}

function examplesOf(rule: Rule): Pick<Explanation, "refused" | "accepted" | "alsoRefused" | "alsoAccepted"> {
  const [first, ...others] = Object.entries(rule.examples.fail);
  const alsoAccepted = Object.keys(rule.examples.pass);
  if (first === undefined) return { alsoRefused: [], alsoAccepted };
  const [what, edits] = first;
  return {
    refused: { what, code: exampleCode(rule, edits, true) },
    accepted: { code: exampleCode(rule, edits, false) },
    alsoRefused: others.map(([name]) => name),
    alsoAccepted,
  };
}

/** Undefined where there is no rule of this id. */
export function explain(id: string): Explanation | undefined {
  const rule = rules.find(each => each.id === id);
  if (rule === undefined) return undefined;
  const { title, why, severity, reads, remediation, docs, parameters = {} } = rule;
  const levelIn = (environment: (typeof environments)[number]) =>
    readConfig(environmentConfig(environment), rules).levelOf(rule);
  return {
    id,
    title,
    why,
    severity,
    levels: Object.fromEntries(environments.map(environment => [environment, levelIn(environment)])),
    reads,
    remediation,
    ...examplesOf(rule),
    parameters: Object.entries(parameters).map(([name, { type, default: value, description }]) => ({
      name,
      type,
      default: value,
      description,
    })),
    exception: `exceptions: [{ rule: "${id}", reason, owner, expires: "YYYY-MM-DD" }]`,
    elsewhere: (anchors as Record<string, Record<string, string[]>>)[id] ?? {},
    docs,
    page: `docs/rules/${id}.md`,
  };
}

function holds(resource: ResourceSubject, ...kinds: string[]): boolean {
  return resource.objects.some(({ kind }) => kinds.includes(kind));
}

/** Which resources each cross-resource rule reports on. */
const reportsOn: Record<string, (resource: ResourceSubject) => boolean> = {
  "k8s-dangling": resource =>
    resource.pods.length > 0 ||
    holds(resource, "Service", "NetworkPolicy", "HorizontalPodAutoscaler", "Ingress", "PodDisruptionBudget") ||
    resource.objects.some(({ group }) => group === "gateway.networking.k8s.io"),
  "k8s-image-provenance": resource => resource.pods.length > 0,
  "k8s-ingress-host": resource => holds(resource, "Ingress"),
  "k8s-netpol-missing": resource => resource.pods.length > 0,
  "k8s-pdb": resource => resource.pods.length > 0 || holds(resource, "PodDisruptionBudget"),
  "k8s-replicas": resource => holds(resource, "Deployment"),
};

/** Whether a cross-resource rule may report on this resource. */
export function mayReport(rule: StackRule, resource: JudgedResource): boolean {
  return reportsOn[rule.id]?.(new ResourceSubject(resource)) ?? false;
}

/** A rule that judged a resource. */
export interface AppliedRule {
  id: string;
  title: string;
  level: Level;
  /** Whether it looked at the resource alone, or at the stack around it. */
  scope: "resource" | "stack";
}

/**
 * Every rule that judges this resource under this configuration, in the pack's order; exceptions' own rules left out.
 *
 * @throws PackConfigError when the configuration is wrong
 */
export function appliedTo(resource: JudgedResource, config: PackConfig = {}): AppliedRule[] {
  const configured = readConfig(config, rules);
  const subject = new ResourceSubject(resource);
  return rules.flatMap((rule): AppliedRule[] => {
    const level = configured.levelOf(rule);
    if (rule.scope === "exceptions" || level === "disabled") return [];
    const isJudged = rule.scope === "stack" ? mayReport(rule, resource) : applies(rule, subject, configured);
    const scope = rule.scope === "stack" ? "stack" : "resource";
    return isJudged ? [{ id: rule.id, title: rule.title, level, scope }] : [];
  });
}
