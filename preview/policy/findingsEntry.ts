import { createRequire } from "node:module";
import type { Deployment } from "../engine/deployment.js";
import { PreviewError } from "../errors.js";
import { type Finding, finding as findingSchema } from "../finding.js";
import type { RuleInfo } from "../result.js";
import { isObject, lowerAll, type Properties } from "../value.js";
import type { Pack } from "./pack.js";

const load = createRequire(__filename);

/** A resource as a pack's `judge` sees it: the engine's view for `Analyze`, with parents and dependencies. */
export interface JudgedResource {
  urn: string;
  type: string;
  name: string;
  properties: Properties;
  options?: { protect?: boolean; retainOnDelete?: boolean; aliases?: string[] };
  provider?: { urn: string; type: string; name: string; properties: Properties };
  parent?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/** What a pack exports as `./findings`: rules to show, and one pure function. */
export interface FindingsEntry {
  rules: RuleInfo[];
  judge(resources: JudgedResource[], config: Properties): unknown;
}

/**
 * @throws PreviewError (internal) where the module throws, or does not export what its contract says
 */
export function loadFindings(pack: Pack): FindingsEntry {
  let module: unknown;
  try {
    module = load(pack.findings ?? "");
  } catch (error) {
    throw new PreviewError(
      "internal",
      `policy pack ${pack.name} cannot be loaded: ${(error as Error).message.split("\n")[0] ?? ""}`,
      {
        trace: (error as Error).stack,
      },
    );
  }
  const { judge, rules } = isObject(module) ? module : {};
  if (typeof judge !== "function" || !Array.isArray(rules)) {
    throw new PreviewError("internal", `policy pack ${pack.name}: ./findings must export rules and judge()`);
  }
  return {
    judge: (resources, config) => judge(resources, config) as unknown,
    rules: rules.filter(isObject).map(rule => ruleInfo(pack, rule)),
  };
}

function ruleInfo(pack: Pack, rule: Properties): RuleInfo {
  const { id, title, severity, level, docs, remediation, tags } = rule as Record<string, string> & { tags?: unknown };
  const entry = pack.config[id ?? ""];
  const configured = isObject(entry) ? entry["enforcementLevel"] : entry;
  return {
    id: id ?? "",
    pack: pack.name,
    title: title ?? id ?? "",
    severity: (severity ?? "medium") as RuleInfo["severity"],
    level: (configured ?? level ?? "advisory") as RuleInfo["level"],
    ...(docs === undefined ? {} : { docs }),
    ...(remediation === undefined ? {} : { remediation }),
    ...(Array.isArray(tags) ? { tags: tags.map(String) } : {}),
  };
}

/** The deployment as `judge` sees it, in registration order. */
export function judgedResources(deployment: Deployment): JudgedResource[] {
  const providers = new Map<string, Properties>();
  return [...deployment.resources.values()].map(resource => {
    const provider = deployment.providerOf(resource);
    if (provider !== undefined && !providers.has(provider.urn))
      providers.set(provider.urn, lowerAll(provider.inputs, true));
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      properties: lowerAll(resource.inputs, true),
      options: { protect: resource.protect, retainOnDelete: resource.retainOnDelete, aliases: resource.aliases },
      ...(provider === undefined
        ? {}
        : {
            provider: {
              urn: provider.urn,
              type: provider.type,
              name: provider.name,
              properties: providers.get(provider.urn) ?? {},
            },
          }),
      ...(resource.parent === "" ? {} : { parent: resource.parent }),
      dependencies: resource.dependencies,
      propertyDependencies: resource.propertyDependencies,
    };
  });
}

/**
 * @throws PreviewError: usage where the pack refuses its configuration, internal where it throws or returns what is no finding
 */
export function judgeAll(pack: Pack, entry: FindingsEntry, resources: JudgedResource[]): Finding[] {
  let found: unknown;
  try {
    found = entry.judge(resources, pack.config);
  } catch (error) {
    const { name, message, stack } = error as Error;
    const kind = name === "PackConfigError" ? "usage" : "internal";
    const [reason] = message.split("\n");
    throw new PreviewError(kind, `policy pack ${pack.name}: ${reason ?? ""}`, { trace: stack });
  }
  return (Array.isArray(found) ? found : [found]).map(candidate => {
    const parsed = findingSchema.safeParse(candidate);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
    throw new PreviewError("internal", `policy pack ${pack.name} returned what is no finding: ${where}`);
  });
}
