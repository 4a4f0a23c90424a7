import { containersThat } from "../../admissionCel.js";
import { credentialCondition, formCondition, searchedLength } from "../../admissionCredentials.js";
import { credentialIn, isCredentialName, isCredentialText } from "../../credentials.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers } from "../../text.js";
import type { Field } from "../../value.js";

function envProblems(variable: Field, label: string) {
  const name = variable.at("name").text ?? "";
  const value = variable.at("value");
  // An unknown value matters only under a credential's name.
  if (value.isUnknown && !variable.isUnknown && !isCredentialName(name)) return [];
  return flag(
    value,
    given => typeof given === "string" && isCredentialText(name, given),
    `${label} must not hold a credential in plain text in the variable ${JSON.stringify(name)}`,
  );
}

/** Words of a command have no names: their form decides, and what is unknown is almost always none. */
function wordProblems(word: Field, label: string) {
  const isBad = (text: unknown) => typeof text === "string" && credentialIn(text) !== undefined;
  return word.isUnknown ? [] : flag(word, isBad, `${label} must not hold a credential in plain text in its command`);
}

export const secretEnvLiteral = podRule({
  id: "k8s-secret-env-literal",
  title: "No credential stands in plain text in a container's environment or command",
  why: "Everybody who may read the Deployment reads the credential, and so does every log, backup and diff of it.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  remediation:
    "Put it into a Secret made from a Pulumi secret, and refer to it by valueFrom.secretKeyRef or a mounted file.",
  reads: [ofContainers("env[*].{name,value}"), ofContainers("{command,args}[*]")],

  check: ({ containers }) =>
    containers.flatMap(({ field, label }) => [
      ...field
        .at("env")
        .items()
        .flatMap(variable => envProblems(variable, label)),
      ...[...field.at("command").items(), ...field.at("args").items()].flatMap(word => wordProblems(word, label)),
    ]),

  admission: {
    of: "pods",
    problems: () => {
      const isBad = `has(e.value) && ${credentialCondition("e.name", "e.value", "variables.texts")}`;
      return [
        containersThat(
          `c.?env.orValue([]).exists(e, ${isBad})`,
          "must not hold a credential in plain text in its environment",
        ),
        containersThat(
          `(c.?command.orValue([]) + c.?args.orValue([])).exists(word, ${formCondition("word", "variables.texts")})`,
          "must not hold a credential in plain text in its command",
        ),
      ].join(" + ");
    },
    except: `only ${searchedLength} characters of a pod's environment and commands are searched: the API server limits what CEL may cost`,
  },

  examples: {
    pass: {
      "another variable": { "/spec/containers/0/env": [{ name: "DB_PASSWORD", value: "$(OTHER)" }] },
      "the file that holds it": {
        "/spec/containers/0/env": [
          { name: "DB_PASSWORD_FILE", value: "/run/secrets/db" },
          { name: "TOKEN_TTL", value: "3600" },
        ],
      },
    },
    fail: {
      "a password": { "/spec/containers/0/env": [{ name: "DB_PASSWORD", value: "correct horse" }] },
      "on the command line": { "/spec/containers/0/args": ["--listen=:8080", "--db-password=horse"] },
      "inside a URL": {
        "/spec/initContainers/0/env": [{ name: "DATABASE", value: "postgres://app:horse@db:5432/shop" }],
      },
    },
  },
});
