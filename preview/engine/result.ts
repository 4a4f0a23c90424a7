import type { Finding } from "../finding.js";
import { masker, maskValue, secretTexts } from "../mask.js";
import { completeFindings } from "../policy/complete.js";
import type { PreviewResult, RuleInfo } from "../result.js";
import { isObject, lowerAll, reveal, secret } from "../value.js";
import type { Deployment } from "./deployment.js";
import { toRecord } from "./resource.js";

/** Everything a finished preview found out. */
export function resultOf(
  deployment: Deployment,
  judged: { findings: Finding[]; rules: RuleInfo[] },
  mode: PreviewResult["mode"],
  timings: Omit<PreviewResult["timings"], "total">,
): PreviewResult {
  const { settings, coverage } = deployment;
  const secrets = knownSecrets(deployment);
  const mask = masker(secrets);
  listUnrendered(deployment);
  return {
    project: settings.project,
    stack: settings.stack,
    organization: settings.organization,
    mode,
    resources: [...deployment.resources.values()].map(toRecord),
    outputs: lowerAll(deployment.outputs, true),
    findings: completeFindings(deployment, judged.findings, mask),
    rules: judged.rules,
    coverage: maskValue(coverage, mask),
    logs: deployment.logs.map(entry => ({ ...entry, message: mask(entry.message) })),
    toBeSet: settings.toBeSet,
    secrets: [...secrets],
    timings: { ...timings, total: 0 },
    ...(deployment.remediated.length === 0 ? {} : { remediated: deployment.remediated }),
  };
}

/** A component may ask for its objects before it is registered itself: only in the end is it known which one has none. */
function listUnrendered({ unrendered, resources, coverage }: Deployment): void {
  if (unrendered.size === 0) return;
  const parents = new Set([...resources.values()].map(({ parent }) => parent));
  for (const { urn, type } of resources.values()) {
    if (unrendered.has(type) && !parents.has(urn))
      coverage.unexpandedComponents.push({
        urn,
        type,
        reason: "only its provider renders it: use the component's next version",
      });
  }
}

/** Every secret text that the configuration, the fixtures or a resource held. */
export function knownSecrets(deployment: Deployment): Set<string> {
  const { settings, fixtures } = deployment;
  const texts = new Set<string>();
  for (const key of settings.secretKeys) {
    const value = settings.config[key] ?? "";
    secretTexts(secret(value), texts);
    secretTexts(secret(parsed(value)), texts);
  }
  for (const { secretOutputs } of Object.values(fixtures.stackReferences))
    secretTexts(secret(reveal(secretOutputs)), texts);
  const given = new Set(texts);
  secretTexts(secret([...deployment.spokenSecrets]), texts);
  for (const resource of deployment.resources.values()) {
    secretTexts(resource.inputs, texts);
    secretTexts(resource.outputs, texts);
    if (resource.type === "kubernetes:core/v1:Secret") decoded(resource.inputs["data"], texts);
  }
  // The SDK marks all that a Secret holds, its user name too; to hide what things are called would make every report unreadable.
  for (const name of names(deployment)) if (!given.has(name)) texts.delete(name);
  return texts;
}

/** What the program calls things, in plain. */
function* names({ settings, resources }: Deployment): Generator<string> {
  yield settings.project;
  yield settings.stack;
  yield settings.organization;
  for (const { name, inputs } of resources.values()) {
    yield name;
    const { metadata } = inputs;
    if (!isObject(metadata)) continue;
    for (const text of [metadata["name"], metadata["namespace"]]) if (typeof text === "string") yield text;
  }
}

/** A structured secret is known by each of its texts. */
function parsed(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What a Secret holds in base64 is as secret in plain. */
function decoded(data: unknown, into: Set<string>): void {
  for (const text of secretTexts(secret(reveal(data)))) {
    const plain = Buffer.from(text, "base64").toString();
    if (!plain.includes("\uFFFD")) secretTexts(secret(plain), into);
  }
}
