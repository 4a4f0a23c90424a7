import { credentialCondition, searchedLength } from "../../admissionCredentials.js";
import { credentialIn, isCredentialName, isCredentialText } from "../../credentials.js";
import { flag, type Problem, resourceRule, undetermined } from "../../rule.js";
import type { Field } from "../../value.js";

/** Text of several words or lines under a credential's name is a file about it. */
function isCredential(name: string, text: string): boolean {
  return credentialIn(text) !== undefined || (!/\s/.test(text) && isCredentialText(name, text));
}

function entryProblems(entry: Field): Problem[] {
  // Unknown text under another name is almost always a name or an address, and is judged when it is known.
  if (entry.isUnknown) return isCredentialName(entry.name) ? [undetermined(entry)] : [];
  const isBad = (text: unknown) => typeof text === "string" && isCredential(entry.name, text);
  return flag(entry, isBad, `must not hold a credential in ${entry.name}`);
}

export const secretConfigmap = resourceRule({
  id: "k8s-secret-configmap",
  title: "No credential stands in a ConfigMap",
  why: "ConfigMaps are read by far more people and programs than Secrets, and are not encrypted in etcd.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/configuration/configmap/",
  remediation: "Move the value into a Secret made from a Pulumi secret.",
  reads: ["data"],

  applies: ({ object }) => object?.group === "core",
  check: resource =>
    resource.objectsOf("core", "ConfigMap").flatMap(({ field }) => field.at("data").members().flatMap(entryProblems)),

  admission: {
    of: "configMaps",
    problems: () => {
      const isBad = credentialCondition(
        "key",
        "variables.data[key]",
        "variables.data.size()",
        'text.matches("^\\\\S*$")',
      );
      return `variables.data.filter(key, ${isBad}).map(key, "must not hold a credential in " + key)`;
    },
    except: `only ${searchedLength} characters of a ConfigMap are searched: the API server limits what CEL may cost`,
  },

  examples: {
    pass: {
      "the file that holds it": {
        "/settings/properties/data": { DB_PASSWORD_FILE: "/run/secrets/db", "app.conf": "listen 8080" },
      },
    },
    fail: {
      "under its own name": { "/settings/properties/data": { dbPassword: "horse" } },
      "a setting in a file": { "/settings/properties/data": { "app.yaml": "db:\n  user: web\n  password: horse\n" } },
      "inside a file": { "/settings/properties/data": { "app.conf": "dsn = mysql://app:horse@db/shop" } },
    },
  },
});
