import { contextsThat } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";

export const windowsHostprocess = podRule({
  id: "k8s-windows-hostprocess",
  title: "Windows pods are not processes of their node",
  why: "A HostProcess container is no container: it runs on the Windows node with the rights of the account it names.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Remove securityContext.windowsOptions.hostProcess.",
  reads: [
    "spec.securityContext.windowsOptions.hostProcess",
    ofContainers("securityContext.windowsOptions.hostProcess"),
  ],
  podSecurity: "baseline",

  check: ({ spec, containers }) =>
    [{ field: spec, label: "the pod" }, ...containers].flatMap(({ field, label }) => {
      const given = field.at("securityContext", "windowsOptions", "hostProcess");
      return flag(
        given,
        value => value === true,
        `${label} must not be a process of its node`,
        () => set(given, false),
      );
    }),

  admission: {
    of: "pods",
    problems: () =>
      contextsThat(of => `${of}.?windowsOptions.?hostProcess.orValue(false)`, "must not be a process of its node"),
  },

  examples: {
    pass: { "said to be off": { "/spec/securityContext/windowsOptions": { hostProcess: false } } },
    fail: {
      "the pod": { "/spec/securityContext/windowsOptions": { hostProcess: true } },
      "a container": { "/spec/containers/0/securityContext/windowsOptions": { hostProcess: true } },
    },
  },
});
