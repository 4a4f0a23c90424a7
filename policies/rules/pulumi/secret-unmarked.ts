import { credentialIn, isCredentialName, isCredentialText } from "../../credentials.js";
import type { JudgedResource } from "../../finding.js";
import { flag, type Problem, resourceRule, undetermined } from "../../rule.js";
import type { Field } from "../../value.js";

/** Inputs nest deeper only by mistake; a cycle ends here. */
const depthLimit = 16;
/** More fields than any resource has; what lies beyond is not searched. */
const fieldLimit = 20_000;

/** A Secret's `data` is base64, in which no form is recognised. */
function isEncoded(text: string): boolean {
  return credentialIn(Buffer.from(text, "base64").toString()) !== undefined;
}

/** Whose outputs are secrets of the engine's: what is made of them is one too, though Pulumi does not mark what is not known yet. */
const makers = new Set([
  "random:index/randomBytes:RandomBytes",
  "random:index/randomPassword:RandomPassword",
  "tls:index/privateKey:PrivateKey",
]);

/** Whether all that the property depends on makes secrets. */
function isMadeOfSecrets({ propertyDependencies = {} }: JudgedResource, field: Field): boolean {
  const [, property = ""] = field.path.split("/");
  const urns = Object.hasOwn(propertyDependencies, property) ? (propertyDependencies[property] ?? []) : [];
  return urns.length > 0 && urns.every(urn => makers.has(urn.split("::")[2]?.split("$").at(-1) ?? ""));
}

function problemsOf(input: JudgedResource, field: Field, isOfData: boolean): Problem[] {
  const place = field.path.slice(1).replaceAll("/", ".");
  if (field.isUnknown)
    return isCredentialName(field.name) && !isMadeOfSecrets(input, field) ? [undetermined(field)] : [];
  const isBad = (text: unknown) =>
    typeof text === "string" && (isCredentialText(field.name, text) || (isOfData && isEncoded(text)));
  return flag(field, isBad, `must mark ${place} as a secret`);
}

/** Every field that is not marked and not inside of one that is. */
function unmarked(root: Field): Field[] {
  const found: Field[] = [];
  let waiting: readonly Field[] = [root];
  for (let depth = 0, seen = 0; depth < depthLimit && seen < fieldLimit && waiting.length > 0; depth++) {
    const open = waiting.filter(({ isSecret }) => !isSecret);
    for (const field of open) found.push(field);
    waiting = open
      .filter(({ isUnknown }) => !isUnknown)
      .flatMap(field => [...field.items(), ...field.members()])
      .slice(0, fieldLimit - seen);
    seen += waiting.length;
  }
  return found;
}

/** Of Kubernetes' objects only a Secret is searched, and of that its contents; what other objects hold has rules of its own. */
function isSecretObject(object: { group: string; kind: string }): boolean {
  return object.group === "core" && object.kind === "Secret";
}

export const secretUnmarked = resourceRule({
  id: "pulumi-secret-unmarked",
  title: "Credentials are marked as secrets",
  why: "An unmarked credential stands in plain text in the state, in every preview and in every log of it.",
  severity: "critical",
  level: "remediate",
  docs: "https://www.pulumi.com/docs/iac/concepts/secrets/",
  remediation: "Take it from configuration by requireSecret, or wrap it in pulumi.secret.",
  reads: ["every input whose name or form is a credential's"],
  needs: "secretness",

  applies: ({ type, object }) => type !== "pulumi:pulumi:Stack" && (object === undefined || isSecretObject(object)),
  check: ({ input, object, inputs }) => {
    if (object === undefined) return unmarked(inputs).flatMap(field => problemsOf(input, field, false));
    return ["stringData", "data"].flatMap(key =>
      unmarked(inputs.at(key)).flatMap(field => problemsOf(input, field, key === "data")),
    );
  },

  examples: {
    pass: {
      "a reference to where it is": {
        "/image/properties/registry": { server: "registry.example.com", passwordFile: "/run/registry" },
      },
    },
    fail: {
      "a registry's password": {
        "/image/properties/registry": { server: "registry.example.com", username: "ci", password: "horse" },
      },
      "a Secret's own": { "/credentials/properties/stringData": { password: "horse", username: "app" } },
    },
  },
});
