import { containersThat, contextsThat, literal, unlessOnWindows } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptOnWindows, type Standard } from "../../podSecurity.js";
import { flag, type Problem, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

const fieldsSinceMinor = 19;
const podAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
const containerAnnotationPrefix = "container.seccomp.security.alpha.kubernetes.io/";

function isBadType(value: unknown): boolean {
  return value !== "RuntimeDefault" && value !== "Localhost";
}

function isBadAnnotation(value: unknown): boolean {
  // An annotation that is null is empty, and an empty one names no profile.
  if (value === undefined || value === "runtime/default" || value === "docker/default") return false;
  return !(typeof value === "string" && value.startsWith("localhost/"));
}

/** Before 1.19 profiles were annotations. */
function annotationProblems({ metadata, containers }: PodSubject): Problem[] {
  const names = [
    podAnnotation,
    ...containers.map(({ field }) => `${containerAnnotationPrefix}${field.at("name").text ?? ""}`),
  ];
  return names.flatMap(name => {
    const given = metadata.at("annotations", name);
    return flag(given, isBadAnnotation, `annotation ${name} must not set ${given.shown}`);
  });
}

function givenProblems(profile: Field, label: string): Problem[] {
  if (profile.isAbsent) return [];
  const type = profile.at("type");
  return flag(type, isBadType, `${label} must not set the seccomp profile ${type.shown}`, () =>
    set(type, "RuntimeDefault"),
  );
}

function fieldProblems({ spec, containers }: PodSubject, isRequired: boolean): Problem[] {
  const onPod = spec.at("securityContext", "seccompProfile");
  return [
    ...givenProblems(onPod, "the pod"),
    ...containers.flatMap(({ field, label }) => {
      const own = field.at("securityContext", "seccompProfile");
      // What is wrong with the pod's own profile is said once, above.
      if (!isRequired || !own.isAbsent || !onPod.isAbsent) return givenProblems(own, label);
      const message = `${label} or its pod must set securityContext.seccompProfile.type to RuntimeDefault or Localhost`;
      return flag(
        own,
        () => true,
        message,
        () => set(onPod, { type: "RuntimeDefault" }),
      );
    }),
  ];
}

function check(pod: PodSubject, { standard }: { standard: Standard }): Problem[] {
  if (standard.minor < fieldsSinceMinor) return annotationProblems(pod);
  if (standard.level !== "restricted") return fieldProblems(pod, false);
  return exceptOnWindows(pod, standard, fieldProblems(pod, true));
}

export const seccomp = podRule({
  id: "k8s-seccomp",
  title: "Containers run under a seccomp profile",
  why: "Most kernel holes are in system calls that no ordinary program makes; the runtime's profile blocks them at no cost.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.restricted,
  remediation:
    "Set securityContext.seccompProfile.type to RuntimeDefault on the pod, and leave it unset on its containers.",
  reads: [
    "spec.securityContext.seccompProfile.type",
    ofContainers("securityContext.seccompProfile.type"),
    "spec.os.name",
  ],
  podSecurity: "baseline",

  check,

  admission: {
    of: "pods",
    problems: ({ standard }) => {
      if (standard.minor < fieldsSinceMinor) {
        const given = "variables.annotations[name]";
        const isBad = `!(${given} in ["runtime/default", "docker/default"]) && !${given}.startsWith("localhost/")`;
        const ofContainer = `variables.containers.exists(c, name == ${literal(containerAnnotationPrefix)} + c.name)`;
        return `variables.annotations.filter(name, (name == ${literal(podAnnotation)} || ${ofContainer}) && ${isBad})
      .map(name, "annotation " + name + " must not switch seccomp off")`;
      }
      const bad = contextsThat(
        of => `!(${of}.?seccompProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"])`,
        "must not switch seccomp off",
      );
      if (standard.level !== "restricted") return bad;
      const missing = containersThat(
        "!c.?securityContext.?seccompProfile.hasValue() && !variables.spec.?securityContext.?seccompProfile.hasValue()",
        "or its pod must set securityContext.seccompProfile.type to RuntimeDefault or Localhost",
      );
      return unlessOnWindows(standard, `${bad} + ${missing}`);
    },
  },

  examples: {
    pass: {
      "set on every container, not on the pod": {
        "/spec/securityContext/seccompProfile": undefined,
        "/spec/containers/0/securityContext/seccompProfile": { type: "RuntimeDefault" },
        "/spec/initContainers/0/securityContext/seccompProfile": { type: "Localhost", localhostProfile: "web.json" },
      },
    },
    fail: {
      "set nowhere": { "/spec/securityContext/seccompProfile": undefined },
      "a container opts out": { "/spec/containers/0/securityContext/seccompProfile": { type: "Unconfined" } },
      "the pod opts out": { "/spec/securityContext/seccompProfile": { type: "Unconfined" } },
    },
  },
});
