import { type ConfiguredException, faultOfException } from "./exceptions.js";
import type { Level } from "./finding.js";
import { type ParameterSet, type Settings, settingsOf } from "./parameters.js";
import { minorOf, type Standard } from "./podSecurity.js";
import type { Rule } from "./rule.js";

/** The pack's configuration, as `--policy-pack-config` takes it: rule id → level, or level and parameters. */
export type PackConfig = Readonly<Record<string, unknown>>;

/** Key of what concerns the whole pack. A policy of this name exists, so that the engine accepts it. */
export const packKey = "bulkhead";

/** Parameters of the whole pack. */
export const packParameters = {
  podSecurityLevel: {
    type: "string",
    enum: ["restricted", "baseline", "privileged"],
    default: "restricted",
    description: "Pod Security Standard that pods are judged by.",
  },
  podSecurityVersion: {
    type: "string",
    pattern: "^(latest|v1\\.(0|[1-9][0-9]{0,2}))$",
    default: "latest",
    description: 'Version of the Pod Security Standard: "latest", or a version of Kubernetes like "v1.33".',
  },
  failOnUndetermined: {
    type: "boolean",
    default: false,
    description: "Whether what cannot be judged before deployment blocks like a violation.",
  },
} as const satisfies ParameterSet;

/** The configuration after reading: one level and one set of settings a rule. */
export interface Configured {
  standard: Standard;
  failOnUndetermined: boolean;
  exceptions: readonly ConfiguredException[];
  levelOf(rule: Rule): Level;
  settingsOf(rule: Rule): Settings<ParameterSet>;
}

/** A configuration that the pack cannot use. `faults` names rule and field of each. */
export class PackConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`policy pack configuration: ${faults.join("; ")}`);
    this.name = "PackConfigError";
  }
}

const levels: readonly unknown[] = ["mandatory", "advisory", "disabled", "remediate"];

interface Entry {
  level: Level | undefined;
  parameters: Record<string, unknown>;
}

function entryOf(name: string, value: unknown, faults: string[]): Entry {
  const entry = typeof value === "string" ? { enforcementLevel: value } : value;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    faults.push(`${name}: must be a level or an object, got ${JSON.stringify(value)}`);
    return { level: undefined, parameters: {} };
  }
  const { enforcementLevel, ...parameters } = entry as Record<string, unknown>;
  if (enforcementLevel !== undefined && !levels.includes(enforcementLevel)) {
    faults.push(
      `${name}: enforcementLevel must be one of ${levels.join(", ")}, got ${JSON.stringify(enforcementLevel)}`,
    );
    return { level: undefined, parameters };
  }
  return { level: enforcementLevel as Level | undefined, parameters };
}

function exceptionsOf(value: unknown, ruleIds: ReadonlySet<string>, faults: string[]): ConfiguredException[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    faults.push(`${packKey}: exceptions must be a list`);
    return [];
  }
  return (value as unknown[]).filter((one, index): one is ConfiguredException => {
    const urn = (one as { urn?: unknown } | null)?.urn;
    const fault = typeof urn === "string" && urn !== "" ? faultOfException(one, ruleIds) : "has no urn";
    if (fault !== undefined) faults.push(`${packKey}: exceptions[${index}] ${fault}`);
    return fault === undefined;
  });
}

/** @throws PackConfigError naming every unknown rule, unknown field and wrong value. */
export function readConfig(config: PackConfig, rules: readonly Rule[]): Configured {
  const faults: string[] = [];
  const ruleIds = new Set(rules.map(({ id }) => id));
  for (const name of Object.keys(config)) {
    if (!ruleIds.has(name) && name !== packKey && name !== "all") faults.push(`${name}: no such rule`);
  }

  const { exceptions: given, ...packGiven } = entryOf(packKey, config[packKey] ?? {}, faults).parameters;
  const pack = settingsOf(packParameters, packGiven);
  faults.push(...pack.faults.map(fault => `${packKey}: ${fault}`));
  const exceptions = exceptionsOf(given, ruleIds, faults);

  const all = entryOf("all", config["all"] ?? {}, faults).level;
  const read = new Map<string, { level: Level; settings: Settings<ParameterSet> }>();
  for (const { id, level, parameters = {} } of rules) {
    const entry = entryOf(id, Object.hasOwn(config, id) ? config[id] : {}, faults);
    const own = settingsOf(parameters, entry.parameters);
    faults.push(...own.faults.map(fault => `${id}: ${fault}`));
    read.set(id, { level: entry.level ?? all ?? level, settings: own.settings });
  }
  if (faults.length > 0) throw new PackConfigError(faults);

  return {
    standard: {
      level: pack.settings.podSecurityLevel as Standard["level"],
      minor: minorOf(pack.settings.podSecurityVersion),
    },
    failOnUndetermined: pack.settings.failOnUndetermined,
    exceptions,
    levelOf: ({ id, level }) => read.get(id)?.level ?? level,
    settingsOf: ({ id }) => read.get(id)?.settings ?? {},
  };
}
