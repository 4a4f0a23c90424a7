import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleCode } from "../policies/exampleCode.js";
import { readConfig, rules } from "../policies/findings.js";
import type { Rule } from "../policies/rule.js";

const policies = join(__dirname, "../policies");

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(policies, file), "utf8"));
}

/** Ids of the same idea elsewhere: rule → tool or framework → ids. */
const anchors = read("anchors.json") as Record<string, Record<string, string[]>>;
const environments = ["local", "staging", "production"] as const;

const domains: Record<string, string> = {
  docker: "Docker",
  exception: "Exceptions",
  k8s: "Kubernetes",
  pulumi: "Pulumi",
  rbac: "RBAC",
};

function domainOf({ id }: Rule): string {
  return domains[id.slice(0, id.indexOf("-"))] ?? "";
}

function levelsOf(rule: Rule): Record<(typeof environments)[number], string> {
  const [local = "", staging = "", production = ""] = environments.map(environment =>
    readConfig(read(`config/${environment}.json`) as Record<string, unknown>, rules).levelOf(rule),
  );
  return { local, staging, production };
}

function fenced(code: string): string {
  return ["```ts", code, "```"].join("\n");
}

function exampleOf(rule: Rule): string {
  const [first] = Object.entries(rule.examples.fail);
  if (first === undefined) return "";
  const [name, edits] = first;
  const others = Object.keys(rule.examples.fail).slice(1);
  return [
    `Refused: ${name}.`,
    fenced(exampleCode(rule, edits, true)),
    ...(others.length === 0 ? [] : [`Refused, too: ${others.join("; ")}.`]),
    "Accepted:",
    fenced(exampleCode(rule, edits, false)),
    ...(Object.keys(rule.examples.pass).length === 0
      ? []
      : [`Accepted, too: ${Object.keys(rule.examples.pass).join("; ")}.`]),
  ].join("\n\n");
}

function parametersOf({ id, parameters = {} }: Rule): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return "";
  const lines = entries.map(
    ([name, { type, default: value, description }]) =>
      `| \`${name}\` | ${type} | \`${JSON.stringify(value)}\` | ${description} |`,
  );
  return `## Parameters

Set them in the pack's configuration: \`{ "${id}": { … } }\`.

| name | type | default | meaning |
|---|---|---|---|
${lines.join("\n")}
`;
}

const sight = {
  dependencies:
    "Where an unknown value comes from, the real engine shows only for the whole stack: as a CrossGuard pack, this rule says what it cannot determine at the end.",
  secretness:
    "The real engine shows a policy whether a value is marked as a secret only where it remediates: as a CrossGuard pack, this rule repairs and does not report.",
};

/** Whether the API server holds the rule, too. */
function admissionOf({ admission }: Rule): string {
  if (admission === undefined) return "";
  const says =
    "cannot" in admission
      ? `Not held by the API server: ${admission.cannot}.`
      : `The API server holds it, too, in the namespaces of a program with \`AdmissionPolicies\`${admission.except === undefined ? "" : `; but ${admission.except}`}.`;
  return `## At admission\n\n${says}`;
}

/** The page of one rule, in Markdown. */
export function rulePage(rule: Rule): string {
  const { id, title, why, severity, docs, remediation, reads, needs } = rule;
  const { local, staging, production } = levelsOf(rule);
  const elsewhere = Object.entries(anchors[id] ?? {}).map(([tool, ids]) => `- ${tool}: ${ids.join(", ")}`);
  const sections = [
    `<!-- Written from the rule by \`npm run rule-docs\`; change the rule, not this page. -->\n\n# ${id}: ${title}`,
    why,
    `| severity | local | staging | production |\n|---|---|---|---|\n| ${severity} | ${local} | ${staging} | ${production} |`,
    `## What to do\n\n${remediation}`,
    `## Example\n\n${exampleOf(rule)}`,
    `## What it reads\n\n${reads.map(field => `- \`${field}\``).join("\n")}${needs === undefined ? "" : `\n\n${sight[needs]}`}`,
    admissionOf(rule),
    parametersOf(rule).trim(),
    `## Exceptions\n\nOn a component: \`exceptions: [{ rule: "${id}", reason, owner, expires: "YYYY-MM-DD" }]\`. Without a component, see [exceptions](index.md#exceptions).`,
    elsewhere.length === 0 ? "" : `## The same idea elsewhere\n\n${elsewhere.join("\n")}`,
    `More: <${docs}>`,
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

/** The table of all rules. */
export function ruleIndex(): string {
  const chapters = Object.values(domains).map(domain => {
    const rows = rules
      .filter(rule => domainOf(rule) === domain)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(rule => {
        const { local, staging, production } = levelsOf(rule);
        return `| [${rule.id}](${rule.id}.md) | ${rule.title} | ${rule.severity} | ${local} | ${staging} | ${production} |`;
      });
    return `## ${domain}\n\n| rule | what holds | severity | local | staging | production |\n|---|---|---|---|---|---|\n${rows.join("\n")}`;
  });
  return `<!-- Written from the rules by \`npm run rule-docs\`. -->

# The ${rules.length} rules

A rule's verdict is pass, violation, or undetermined: what is not known before deployment is neither passed nor failed.

${chapters.join("\n\n")}

<a id="exceptions"></a>

An exception is \`{ rule, reason, owner, expires }\`. A Kubernetes object carries a JSON array of them in the annotation
\`policy.bulkhead.dev/exceptions\`, itself or on its pod template; for anything else it stands in the pack's configuration, with a glob of
URNs: \`{ "bulkhead": { "exceptions": [{ "urn": "*::docker:index/container:Container::db", "rule": … }] } }\`. After its last day it
excuses nothing, and is a violation of its own.
`;
}
