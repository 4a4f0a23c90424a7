import { containersThat, none } from "../../admissionCel.js";
import { podRule, undetermined, violation } from "../../rule.js";
import { ofContainers } from "../../text.js";

const lists = { env: ["valueFrom", "secretKeyRef"], envFrom: ["secretRef"] };

export const secretEnvRef = podRule({
  id: "k8s-secret-env-ref",
  title: "Secrets are mounted as files, not put into the environment",
  why: "The environment is inherited by every child process and printed by many crash reports, and a changed Secret never reaches it.",
  severity: "low",
  level: "advisory",
  docs: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/#restrict-secret-access-to-specific-containers",
  remediation: "Mount the Secret, and give the program the file's path.",
  reads: [ofContainers("env[*].valueFrom.secretKeyRef"), ofContainers("envFrom[*].secretRef")],
  parameters: {
    sources: {
      type: "array",
      items: { type: "string", pattern: "^(env|envFrom)$" },
      default: ["env", "envFrom"],
      description: "Where a Secret may not be named.",
    },
  },

  check: ({ containers }, { settings }) =>
    containers.flatMap(({ field, label }) =>
      Object.entries(lists)
        .filter(([list]) => settings.sources.includes(list))
        .flatMap(([list, path]) =>
          field
            .at(list)
            .items()
            .flatMap(entry => {
              const reference = entry.at(...path);
              if (entry.isUnknown) return [undetermined(entry)];
              if (reference.isAbsent) return [];
              const what = entry.at("name").text ?? "the Secret";
              const message = `${label} must read ${what} from a file, not from ${list}`;
              return [reference.isUnknown ? undetermined(reference) : violation(reference, message)];
            }),
        ),
    ),

  admission: {
    of: "pods",
    problems: ({ settings }) => {
      const isNamed = {
        env: "c.?env.orValue([]).exists(e, has(e.valueFrom) && has(e.valueFrom.secretKeyRef))",
        envFrom: "c.?envFrom.orValue([]).exists(e, has(e.secretRef))",
      };
      const found = Object.entries(isNamed)
        .filter(([list]) => settings.sources.includes(list))
        .map(([list, condition]) => containersThat(condition, `must read Secrets from files, not from ${list}`));
      return found.join(" + ") || none;
    },
  },

  examples: {
    pass: { "a ConfigMap": { "/spec/containers/0/envFrom": [{ configMapRef: { name: "web" } }] } },
    fail: {
      "one key": {
        "/spec/containers/0/env": [
          { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
        ],
      },
      "a whole Secret": { "/spec/initContainers/0/envFrom": [{ secretRef: { name: "db" } }] },
    },
  },
});
