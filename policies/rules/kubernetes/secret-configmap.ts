import { credentialIn, isCredentialName } from "../../credentials.js";
import { resourceRule, violation } from "../../rule.js";

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
    resource.objectsOf("core", "ConfigMap").flatMap(({ field }) =>
      field
        .at("data")
        .members()
        .flatMap(entry => {
          // Unknown text is almost always a name or an address; that a secret has become known plain text shows at the next preview.
          const text = entry.text ?? "";
          const form = credentialIn(text);
          if (form !== undefined) return [violation(entry, `must not hold ${form} in ${entry.name}`)];
          const isLiteral =
            isCredentialName(entry.name) && text !== "" && !/\s/.test(text) && !/^([./].*|true|false|\d+)$/.test(text);
          return isLiteral ? [violation(entry, `must not hold a credential in ${entry.name}`)] : [];
        }),
    ),

  examples: {
    pass: {
      "the file that holds it": {
        "/settings/properties/data": { DB_PASSWORD_FILE: "/run/secrets/db", "app.conf": "listen 8080" },
      },
    },
    fail: {
      "under its own name": { "/settings/properties/data": { dbPassword: "horse" } },
      "inside a file": { "/settings/properties/data": { "app.conf": "dsn = mysql://app:horse@db/shop" } },
    },
  },
});
