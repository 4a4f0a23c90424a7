import { containersThat, literal, unlessOnWindows } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptOnWindows } from "../../podSecurity.js";
import { flag, type Problem, podRule, undetermined } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";
import type { Container } from "../../workloads.js";

/** What `baseline` lets a container add: the container runtimes' default set without NET_RAW. */
const baseline = new Set<unknown>(
  [
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE",
    "SETFCAP SETGID SETPCAP SETUID SYS_CHROOT",
  ].flatMap(names => names.split(" ")),
);
/** What `restricted` lets it add. */
const restricted = new Set<unknown>(["NET_BIND_SERVICE"]);
const restrictedSinceMinor = 22;

function addedProblems(capabilities: Field, label: string, allowed: ReadonlySet<unknown>): Problem[] {
  return capabilities
    .at("add")
    .items()
    .flatMap(added => flag(added, value => !allowed.has(value), `${label} must not add the capability ${added.shown}`));
}

function dropProblems(capabilities: Field, label: string): Problem[] {
  const drop = capabilities.at("drop");
  const dropped = drop.items();
  if (dropped.some(({ value }) => value === "ALL")) return [];
  const unknown = dropped.find(({ isUnknown }) => isUnknown);
  if (unknown !== undefined) return [undetermined(unknown)];
  return flag(
    drop,
    () => true,
    `${label} must drop ALL capabilities`,
    () => set(drop, ["ALL"]),
  );
}

function restrictedProblems({ field, label }: Container, mustDropAll: boolean): Problem[] {
  const capabilities = field.at("securityContext", "capabilities");
  const missing = mustDropAll ? dropProblems(capabilities, label) : [];
  return [...missing, ...addedProblems(capabilities, label, restricted)];
}

export const capabilities = podRule({
  id: "k8s-capabilities",
  title: "Containers drop all capabilities and add none that matter",
  why: "Capabilities are slices of root: NET_RAW forges packets, SYS_ADMIN mounts filesystems, SYS_PTRACE reads other processes.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.restricted,
  remediation:
    'Set securityContext.capabilities.drop to ["ALL"] on every container, and add nothing but NET_BIND_SERVICE.',
  reads: [ofContainers("securityContext.capabilities.{add,drop}"), "spec.os.name"],
  podSecurity: "baseline",

  parameters: {
    dropAll: {
      type: "boolean",
      default: true,
      description: "Whether `restricted` also asks that ALL be dropped, as Kubernetes itself does.",
    },
  },

  check: (pod, { settings, standard }) =>
    standard.level === "restricted" && standard.minor >= restrictedSinceMinor
      ? exceptOnWindows(
          pod,
          standard,
          pod.containers.flatMap(container => restrictedProblems(container, settings.dropAll)),
        )
      : pod.containers.flatMap(({ field, label }) =>
          addedProblems(field.at("securityContext", "capabilities"), label, baseline),
        ),

  admission: {
    of: "pods",
    problems: ({ settings, standard }) => {
      const isStrict = standard.level === "restricted" && standard.minor >= restrictedSinceMinor;
      const given = "c.?securityContext.?capabilities";
      const allowed = literal([...(isStrict ? restricted : baseline)].map(String));
      const added = containersThat(
        `${given}.?add.orValue([]).exists(name, !(name in ${allowed}))`,
        "must not add capabilities that matter",
      );
      if (!isStrict) return added;
      const kept = containersThat(`!("ALL" in ${given}.?drop.orValue([]))`, "must drop ALL capabilities");
      return unlessOnWindows(standard, settings.dropAll ? `${kept} + ${added}` : added);
    },
  },

  examples: {
    pass: { "binding a low port": { "/spec/containers/0/securityContext/capabilities/add": ["NET_BIND_SERVICE"] } },
    fail: {
      "nothing dropped": { "/spec/containers/0/securityContext/capabilities": undefined },
      "some dropped, by name": { "/spec/initContainers/0/securityContext/capabilities/drop": ["NET_RAW", "SYS_ADMIN"] },
      "one added": { "/spec/containers/0/securityContext/capabilities/add": ["SYS_PTRACE"] },
    },
  },
});
