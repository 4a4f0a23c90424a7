import { containersThat, unlessInUserNamespace } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptInUserNamespace } from "../../podSecurity.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";

export const procMount = podRule({
  id: "k8s-proc-mount",
  title: "Containers keep the masked /proc",
  why: "An unmasked /proc shows kernel settings and memory that the runtime hides, and lets some of them be changed.",
  severity: "medium",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Remove securityContext.procMount.",
  reads: [ofContainers("securityContext.procMount"), "spec.hostUsers"],
  podSecurity: "baseline",

  parameters: {
    explicit: {
      type: "boolean",
      default: false,
      description:
        "Whether `procMount: Default` must be said on every container, though leaving it out means the same.",
    },
  },

  check: (pod, { settings: { explicit }, standard }) => {
    const problems = pod.containers.flatMap(({ field, label }) => {
      const given = field.at("securityContext", "procMount");
      const isBad = (value: unknown) => (explicit || !given.isAbsent) && value !== "Default";
      return flag(given, isBad, `${label} must not set securityContext.procMount to ${given.shown}`, () =>
        set(given, "Default"),
      );
    });
    return standard.level === "restricted" ? problems : exceptInUserNamespace(pod, standard, problems);
  },

  admission: {
    of: "pods",
    except: "whether it was said: the API server fills it in before admission",
    problems: ({ standard }) => {
      const problems = containersThat(
        'c.?securityContext.?procMount.orValue("Default") != "Default"',
        "must not set securityContext.procMount",
      );
      return standard.level === "restricted" ? problems : unlessInUserNamespace(standard, problems);
    },
  },

  examples: {
    pass: { "the default, said": { "/spec/containers/0/securityContext/procMount": "Default" } },
    fail: { unmasked: { "/spec/containers/0/securityContext/procMount": "Unmasked" } },
  },
});
