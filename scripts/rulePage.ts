import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig, rules } from "../policies/findings.js";
import type { Edits, Rule } from "../policies/rule.js";
import { compliantProgram } from "../policies/samples.js";

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

/** `kubernetes:networking.k8s.io/v1:Ingress` → `kubernetes.networking.v1.Ingress`, as a program writes it. */
function className(type: string): string {
  const [pkg = "", module = "", name = ""] = type.split(":");
  if (pkg !== "kubernetes") return `${pkg === "docker-build" ? "dockerBuild" : pkg}.${name}`;
  const [group = "", version = ""] = module.split("/");
  return ["kubernetes", group.split(".")[0], version, name].join(".");
}

function valueAt(target: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], target);
}

const leftOut = Symbol("left out");

/** Only what these places hold; a list starts with `…` where earlier elements are not shown. */
function sparse(places: readonly [string[], unknown][]): unknown {
  const [first] = places;
  if (places.length === 1 && first?.[0].length === 0) return first[1];
  const keys = [...new Set(places.map(([[key = ""]]) => key))];
  const below = (key: string) =>
    sparse(places.filter(([path]) => path[0] === key).map(([path, value]) => [path.slice(1), value]));
  if (keys.every(key => /^\d+$/.test(key))) return keys.map(below);
  return Object.fromEntries(keys.map(key => [key, below(key)]));
}

function code(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[${value.map(item => code(item, indent)).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const secret = (value as Record<string, unknown>)["4dabf18193072939515e22adb298388d"];
  if (secret !== undefined) return "config.requireSecret(…)";
  const inner = `${indent}  `;
  const members = Object.entries(value).map(([key, member]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return member === leftOut ? `${inner}// no ${key}` : `${inner}${name}: ${code(member, inner)},`;
  });
  return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`;
}

/** The resources that an example touches, as Pulumi code: with the example's values, or with the compliant program's. */
function programOf(rule: Rule, edits: Edits, isEdited: boolean): string {
  const program = compliantProgram();
  const prefix = rule.scope === "pod" ? "/web/properties/spec/template" : "";
  const byName = new Map<string, [string[], unknown][]>();
  for (const [path, value] of Object.entries(edits)) {
    const [name = "", ...keys] = `${prefix}${path}`
      .slice(1)
      .split("/")
      .map(key => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const shown = isEdited ? value : valueAt(program[name], keys);
    byName.set(name, [...(byName.get(name) ?? []), [keys, shown === undefined ? leftOut : shown]]);
  }
  const statements = [...byName].map(([name, places]) => {
    const part = sparse(places);
    if (part === leftOut) return `// no ${name}`;
    const {
      type = program[name]?.type ?? "",
      properties,
      options,
      provider,
    } = part as Record<string, unknown> & { type?: string };
    const second =
      options ?? (provider === undefined ? undefined : { provider: isEdited ? "(none given)" : "cluster" });
    const more = second === undefined ? "" : `, ${code(second, "")}`;
    return `new ${className(type)}(${JSON.stringify(name)}, ${code(properties ?? {}, "")}${more});`;
  });
  return ["```ts", ...statements, "```"].join("\n");
}

function exampleOf(rule: Rule): string {
  const [first] = Object.entries(rule.examples.fail);
  if (first === undefined) return "";
  const [name, edits] = first;
  const others = Object.keys(rule.examples.fail).slice(1);
  return [
    `Refused: ${name}.`,
    programOf(rule, edits, true),
    ...(others.length === 0 ? [] : [`Refused, too: ${others.join("; ")}.`]),
    "Accepted:",
    programOf(rule, edits, false),
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
