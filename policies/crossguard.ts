import {
  type PolicyConfigSchema,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  Secret,
  type StackValidationArgs,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { type Configured, PackConfigError, packKey, packParameters, readConfig } from "./config.js";
import type { Finding, JudgedResource } from "./finding.js";
import { type Judgement, judgeWith } from "./judge.js";
import type { ParameterSet } from "./parameters.js";
import { remediate } from "./remediate.js";
import type { Rule } from "./rule.js";
import { secretSignature, signatureKey } from "./value.js";

type Policy = ResourceValidationPolicy | StackValidationPolicy;

/**
 * What lies behind the proxies that @pulumi/policy puts before a resource's inputs. They throw at the first unknown value that is read,
 * which would switch the rest of a rule off; behind them unknown values stand as they came over the wire.
 */
function behindProxies(props: Record<string, unknown>): Record<string, unknown> {
  const target = props["__getSpecialProxyTarget"] as Record<string, unknown> | undefined;
  return target === undefined ? props : behindProxies(target);
}

function mapValues(value: unknown, map: (value: object) => unknown): unknown {
  if (Array.isArray(value)) return value.map(item => mapValues(item, map));
  if (typeof value !== "object" || value === null) return value;
  const mapped = map(value);
  if (mapped !== value) return mapped;
  // Assets and archives are class instances, and stay what they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapValues(member, map)]));
}

/** Remediations see secrets as instances of `Secret`; rules know them by their form on the wire. */
function toWire(properties: Record<string, unknown>): Record<string, unknown> {
  const wrap = (value: object): unknown =>
    value instanceof Secret ? { [signatureKey]: secretSignature, value: mapValues(value.value, wrap) } : value;
  return mapValues(properties, wrap) as Record<string, unknown>;
}

function fromWire(properties: Record<string, unknown>): Record<string, unknown> {
  const unwrap = (value: object): unknown => {
    const { [signatureKey]: signature, value: secret } = value as Record<string, unknown>;
    return signature === secretSignature ? new Secret(mapValues(secret, unwrap)) : value;
  };
  return mapValues(properties, unwrap) as Record<string, unknown>;
}

function judgedResource(args: ResourceValidationArgs | PolicyResource): JudgedResource {
  const { urn, type, name, opts, provider } = args;
  return {
    urn,
    type,
    name,
    properties: behindProxies(args.props),
    options: { protect: opts.protect, aliases: opts.aliases },
    ...(provider === undefined ? {} : { provider: { ...provider, properties: behindProxies(provider.props) } }),
  };
}

function judgedStackResource(resource: PolicyResource): JudgedResource {
  const urns = (resources: PolicyResource[]) => resources.map(({ urn }) => urn);
  return {
    ...judgedResource(resource),
    ...(resource.parent === undefined ? {} : { parent: resource.parent.urn }),
    dependencies: urns(resource.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([property, resources]) => [property, urns(resources)]),
    ),
  };
}

/**
 * Reports a finding at the level that its verdict deserves. @pulumi/policy takes an object in place of the message, which names a level
 * for this one report; its types do not say so.
 */
function report(finding: Finding, reportViolation: ReportViolation): void {
  const { rule, verdict, message, urn, exception } = finding;
  const blocks = exception === undefined && (verdict === "violation" || finding.blocks === true);
  const excused =
    exception === undefined ? "" : ` (excused until ${exception.expires} by ${exception.owner}: ${exception.reason})`;
  const detailed = {
    name: rule,
    message: `${message}${excused}`,
    ...(urn === "" ? {} : { urn }),
    // Otherwise the level that the engine configured the rule with.
    ...(blocks ? {} : { enforcementLevel: "advisory" }),
  };
  (reportViolation as unknown as (report: typeof detailed) => void)(detailed);
}

function schemaOf(parameters: ParameterSet): PolicyConfigSchema {
  const properties = Object.entries(parameters).map(([name, parameter]) => [name, { ...parameter }]);
  return { properties: Object.fromEntries(properties) as PolicyConfigSchema["properties"] };
}

/** The fields that every policy has, whatever it judges. */
function metadataOf(rule: Rule): Pick<Policy, "name" | "description" | "enforcementLevel"> & Partial<Policy> {
  const { id, title, severity, level, docs, remediation, parameters } = rule;
  return {
    name: id,
    displayName: title,
    description: `${title}. ${rule.why}`,
    enforcementLevel: level,
    severity,
    url: docs,
    remediationSteps: remediation,
    tags: [id.slice(0, id.indexOf("-")), rule.scope],
    ...(rule.scope === "pod" && rule.podSecurity !== undefined
      ? {
          framework: {
            name: "Kubernetes Pod Security Standards",
            version: "latest",
            reference: rule.podSecurity,
            specification: docs,
          },
        }
      : {}),
    ...(parameters === undefined ? {} : { configSchema: schemaOf(parameters) }),
  };
}

/** Which of a rule's findings one policy reports: those that the engine shows it enough to be sure of. */
type Reported = (finding: Finding) => boolean;

/** The pack's rules as CrossGuard policies: a thin layer over what `./findings` offers. */
export class CrossGuard {
  /** What the engine configures for the whole pack; see `packPolicy`. */
  #packGiven: object = {};
  readonly #configured = new Map<string, Configured>();
  readonly #reportedFaults = new Set<string>();

  constructor(private readonly rules: readonly Rule[]) {}

  get policies(): Policy[] {
    return [this.packPolicy(), ...this.rules.map(rule => this.policyOf(rule))];
  }

  /**
   * A policy is shown its own configuration only. This one is the first, and does nothing but read the pack's for all others; at the
   * level `remediate` it is the first where remediations run, too.
   */
  private packPolicy(): Policy {
    const exceptions = {
      type: "array",
      items: { type: "object" },
      description: "Exceptions for resources that have no annotations: rule, reason, owner, expires and urn, a glob.",
    } as const;
    const read = ({ getConfig }: Pick<ResourceValidationArgs, "getConfig">) => {
      this.#packGiven = getConfig();
    };
    return {
      name: packKey,
      displayName: "Parameters of the whole pack",
      description:
        "Holds what concerns every rule: the Pod Security Standard, and exceptions for resources without annotations.",
      enforcementLevel: "remediate",
      severity: "low",
      tags: ["pack"],
      configSchema: { properties: { ...schemaOf(packParameters).properties, exceptions } },
      remediateResource: read,
      validateResource: (args, reportViolation) => {
        read(args);
        this.configured({}, reportViolation);
      },
    };
  }

  /** The configuration of the pack and of some rules. A wrong one is reported once, and the rules run with their defaults. */
  private configured(given: Record<string, object>, reportViolation: ReportViolation): Configured {
    const config = { ...given, [packKey]: this.#packGiven };
    const key = JSON.stringify(config);
    const known = this.#configured.get(key);
    if (known !== undefined) return known;
    let configured: Configured;
    try {
      configured = readConfig(config, this.rules);
    } catch (error) {
      if (!(error instanceof PackConfigError)) throw error;
      if (!this.#reportedFaults.has(error.message)) reportViolation(error.message);
      this.#reportedFaults.add(error.message);
      configured = readConfig({}, this.rules);
    }
    this.#configured.set(key, configured);
    return configured;
  }

  private policyOf(rule: Rule): Policy {
    const metadata = metadataOf(rule);
    const all: Reported = () => true;
    switch (rule.scope) {
      case "stack":
        return { ...metadata, validateStack: this.stackPolicy(rule, all) };
      case "exceptions":
        // Whether an exception is needed, only the verdicts of all rules tell.
        return { ...metadata, validateStack: this.stackPolicy(rule, all, this.rules) };
      default: {
        const remediateResource = this.remediation(rule);
        if (rule.needs === "secretness") return { ...metadata, remediateResource };
        if (rule.needs === undefined)
          return { ...metadata, remediateResource, validateResource: this.resourcePolicy(rule, all) };
        // Where an unknown value comes from is shown for the whole stack only. A policy may have both kinds of validation.
        return {
          ...metadata,
          validateResource: this.resourcePolicy(rule, ({ verdict }) => verdict === "violation"),
          validateStack: this.stackPolicy(rule, ({ verdict }) => verdict === "undetermined"),
        };
      }
    }
  }

  private judgement(rule: Rule, given: object, reportViolation: ReportViolation, run = [rule]): Judgement {
    const configured = this.configured({ [rule.id]: given }, reportViolation);
    return { rules: this.rules, configured, run, now: new Date() };
  }

  private resourcePolicy(rule: Rule, isReported: Reported) {
    return (args: ResourceValidationArgs, reportViolation: ReportViolation): void => {
      const judgement = this.judgement(rule, args.getConfig(), reportViolation);
      for (const finding of judgeWith(judgement, [judgedResource(args)])) {
        if (isReported(finding)) report(finding, reportViolation);
      }
    };
  }

  private stackPolicy(rule: Rule, isReported: Reported, run: readonly Rule[] = [rule]) {
    return (args: StackValidationArgs, reportViolation: ReportViolation): void => {
      const judgement = this.judgement(rule, args.getConfig(), reportViolation, [...run]);
      for (const finding of judgeWith(judgement, args.resources.map(judgedStackResource))) {
        if (finding.rule === rule.id && isReported(finding)) report(finding, reportViolation);
      }
    };
  }

  private remediation(rule: Rule) {
    return (args: ResourceValidationArgs): Record<string, unknown> | undefined => {
      const judgement = this.judgement(rule, args.getConfig(), () => undefined);
      const resource = judgedResource(args);
      const before = { ...resource, properties: toWire(resource.properties) };
      const after = remediate(judgement, before);
      return after === before ? undefined : fromWire(after.properties);
    };
  }
}
