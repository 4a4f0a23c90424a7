import type { Edits, Rule } from "./rule.js";
import { compliantProgram } from "./samples.js";
import { signatureKey } from "./value.js";

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
  const secret = (value as Record<string, unknown>)[signatureKey];
  if (secret !== undefined) return "config.requireSecret(…)";
  const inner = `${indent}  `;
  const members = Object.entries(value).map(([key, member]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return member === leftOut ? `${inner}// no ${key}` : `${inner}${name}: ${code(member, inner)},`;
  });
  return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`;
}

/** The resources that an example touches, as Pulumi code: with the example's values, or with the compliant program's. */
export function exampleCode(rule: Rule, edits: Edits, isEdited: boolean): string {
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
  return statements.join("\n");
}
