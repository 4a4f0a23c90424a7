import { contextsThat, literal } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";

const types = ["container_t", "container_init_t", "container_kvm_t"];
const engineTypeSinceMinor = 31;

function optionProblems(options: Field, label: string, minor: number) {
  const allowed = minor >= engineTypeSinceMinor ? [...types, "container_engine_t"] : types;
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";
  return [
    ...flag(
      options.at("type"),
      value => isSet(value) && !allowed.some(type => type === value),
      `${label} must not set the SELinux type ${options.at("type").shown}`,
    ),
    ...["user", "role"].flatMap(part => flag(options.at(part), isSet, `${label} must not set an SELinux ${part}`)),
  ];
}

export const selinux = podRule({
  id: "k8s-selinux",
  title: "Pods keep the SELinux type made for containers",
  why: "Another SELinux type, user or role takes away the confinement that keeps a container from its node's files.",
  severity: "medium",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation:
    "Remove seLinuxOptions, or use container_t, container_init_t, container_kvm_t or (since 1.31) container_engine_t.",
  reads: ["spec.securityContext.seLinuxOptions", ofContainers("securityContext.seLinuxOptions")],
  podSecurity: "baseline",

  check: ({ spec, containers }, { standard }) => [
    ...optionProblems(spec.at("securityContext", "seLinuxOptions"), "the pod", standard.minor),
    ...containers.flatMap(({ field, label }) =>
      optionProblems(field.at("securityContext", "seLinuxOptions"), label, standard.minor),
    ),
  ],

  admission: {
    of: "pods",
    problems: ({ standard }) => {
      const allowed = standard.minor >= engineTypeSinceMinor ? [...types, "container_engine_t"] : types;
      const given = (context: string, part: string) => `${context}.?seLinuxOptions.?${part}.orValue("")`;
      const isType = (context: string) => `!(${given(context, "type")} in ${literal(["", ...allowed])})`;
      const isSet = (part: string) => (context: string) => `${given(context, part)} != ""`;
      return [
        contextsThat(isType, "must not set an SELinux type that is not made for containers"),
        ...["user", "role"].map(part => contextsThat(isSet(part), `must not set an SELinux ${part}`)),
      ].join(" + ");
    },
  },

  examples: {
    pass: {
      "a type for containers": { "/spec/securityContext/seLinuxOptions": { type: "container_init_t", level: "s0:c1" } },
    },
    fail: {
      "a type of the host": { "/spec/securityContext/seLinuxOptions": { type: "spc_t" } },
      "a user": { "/spec/containers/0/securityContext/seLinuxOptions": { user: "system_u" } },
      "a role": { "/spec/initContainers/0/securityContext/seLinuxOptions": { role: "sysadm_r" } },
    },
  },
});
