/** Folder of each domain, by the beginning of its rules' ids. */
const folders: Record<string, string> = {
  aws: "aws",
  docker: "docker",
  k8s: "kubernetes",
  pulumi: "pulumi",
  rbac: "rbac",
};

function parts(id: string): { domain: string; name: string } | undefined {
  const match = /^([a-z0-9]+)-([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(id);
  const [, domain = "", name = ""] = match ?? [];
  return Object.hasOwn(folders, domain) ? { domain, name } : undefined;
}

/** Where the rule of this id stands below policies/rules; undefined for what is no id. */
export function ruleFile(id: string): string | undefined {
  const found = parts(id);
  return found === undefined ? undefined : `${folders[found.domain] ?? ""}/${found.name}.ts`;
}

/** A rule to fill in: it compiles, and its tests fail until it says something. */
export function ruleSource(id: string): string {
  const { domain = "", name = "" } = parts(id) ?? {};
  const constant = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const isPod = domain === "k8s";
  const judged = `  admission: { of: "${isPod ? "pods" : "roles"}", problems: () => "" },\n\n`;
  const admission = isPod || domain === "rbac" ? `  // The same in CEL, or { cannot: "why not" }.\n${judged}` : "";
  return `import { flag, ${isPod ? "podRule" : "resourceRule"} } from "../../rule.js";

export const ${constant} = ${isPod ? "podRule" : "resourceRule"}({
  id: "${id}",
  title: "",
  why: "",
  severity: "medium",
  level: "mandatory",
  docs: "",
  remediation: "",
  reads: [],

${isPod ? '  check: ({ spec }) => flag(spec.at("field"), value => value === true, "the pod must not …"),' : '  applies: ({ type }) => type === "",\n  check: ({ inputs }) => flag(inputs.at("field"), value => value === true, "must not …"),'}

${admission}  examples: {
    pass: {},
    fail: {},
  },
});
`;
}
