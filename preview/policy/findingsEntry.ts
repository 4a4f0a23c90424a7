import { createRequire } from "node:module";
import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { PreviewError } from "../errors.js";
import type { Finding } from "../finding.js";
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

/** What a pack exports as `./findings`: rules to show, and pure functions. */
export interface FindingsEntry {
  rules: RuleInfo[];
  judge(resources: JudgedResource[], config: Properties): unknown;
  /** The resource after the rules at level `remediate` have repaired it. A pack may leave that to its Analyzer. */
  remediated: ((resource: JudgedResource, config: Properties) => JudgedResource) | undefined;
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
  const { judge, rules, remediated } = isObject(module) ? module : {};
  if (typeof judge !== "function" || !Array.isArray(rules)) {
    throw new PreviewError("internal", `policy pack ${pack.name}: ./findings must export rules and judge()`);
  }
  return {
    judge: judge as FindingsEntry["judge"],
    remediated: typeof remediated === "function" ? (remediated as FindingsEntry["remediated"]) : undefined,
    rules: rules.filter(isObject).map(rule => ruleInfo(pack, rule)),
  };
}

function ruleInfo(pack: Pack, rule: Properties): RuleInfo {
  const { id, title, severity, level, docs, remediation, tags } = rule as Record<string, string> & { tags?: unknown };
  const levelFor = (key: string): unknown => {
    const entry = pack.config[key];
    return isObject(entry) ? entry["enforcementLevel"] : entry;
  };
  const configured = levelFor(id ?? "") ?? levelFor("all");
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
  return [...deployment.resources.values()].map(resource => judgedResource(deployment, resource));
}

/** Each resource is judged twice, to be repaired and with the stack, and its provider with all that it makes: inputs are lowered once. */
const lowered = new WeakMap<Properties, Properties>();

function loweredInputs({ inputs }: EngineResource): Properties {
  const properties = lowered.get(inputs) ?? lowerAll(inputs, true);
  lowered.set(inputs, properties);
  return properties;
}

export function judgedResource(deployment: Deployment, resource: EngineResource): JudgedResource {
  const provider = deployment.providerOf(resource);
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    properties: loweredInputs(resource),
    options: { protect: resource.protect, retainOnDelete: resource.retainOnDelete, aliases: resource.aliases },
    ...(provider === undefined ? {} : { provider: judgedProvider(provider) }),
    ...(resource.parent === "" ? {} : { parent: resource.parent }),
    dependencies: resource.dependencies,
    propertyDependencies: resource.propertyDependencies,
  };
}

function judgedProvider(provider: EngineResource): NonNullable<JudgedResource["provider"]> {
  const { urn, type, name } = provider;
  return { urn, type, name, properties: loweredInputs(provider) };
}

/**
 * @throws PreviewError: usage where the pack refuses its configuration, internal where it throws or returns what is no finding
 */
export function judgeAll(pack: Pack, entry: FindingsEntry, resources: JudgedResource[]): Finding[] {
  const found = guarded(pack, () => entry.judge(resources, pack.config));
  return (Array.isArray(found) ? found : [found]).map(candidate => {
    if (looksRight(candidate)) return candidate;
    const { finding } = load("../finding.js") as typeof import("../finding.js");
    const [issue] = finding.safeParse(candidate).error?.issues ?? [];
    const where = issue === undefined ? "" : `: ${issue.path.join(".")}: ${issue.message}`;
    throw new PreviewError("internal", `policy pack ${pack.name} returned what is no finding${where}`);
  });
}

const verdicts = ["violation", "undetermined"];
const severities = ["critical", "high", "medium", "low"];
const levels = ["mandatory", "advisory", "disabled", "remediate"];

/** The schema's essentials: the schema itself, which takes longer to load than most packs to run, then says what is wrong. */
function looksRight(candidate: unknown): candidate is Finding {
  if (!isObject(candidate)) return false;
  const { rule, verdict, severity, level, message, urn, type, path } = candidate;
  return (
    [rule, message].every(text => typeof text === "string" && text !== "") &&
    [urn, type, path].every(text => typeof text === "string") &&
    verdicts.includes(String(verdict)) &&
    severities.includes(String(severity)) &&
    levels.includes(String(level))
  );
}

/** What the pack's own remediation makes of a resource's inputs; undefined where it leaves them alone. */
export function remediate(
  pack: Pack,
  repair: NonNullable<FindingsEntry["remediated"]>,
  resource: JudgedResource,
): Properties | undefined {
  const repaired = guarded(pack, () => repair(resource, pack.config));
  return repaired === resource ? undefined : repaired.properties;
}

function guarded<T>(pack: Pack, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const { name, message, stack } = error as Error;
    const kind = name === "PackConfigError" ? "usage" : "internal";
    const [reason] = message.split("\n");
    throw new PreviewError(kind, `policy pack ${pack.name}: ${reason ?? ""}`, { trace: stack });
  }
}
