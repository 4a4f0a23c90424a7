import { contextsThat, literal } from "../../admissionCel.js";
import { remove } from "../../patch.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";

const annotationPrefix = "container.apparmor.security.beta.kubernetes.io/";

function isBadAnnotation(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === "runtime/default") return false;
  return !(typeof value === "string" && value.startsWith("localhost/"));
}

function profileProblems(profile: Field, label: string) {
  if (profile.isAbsent) return [];
  const type = profile.at("type");
  const isBad = (value: unknown) => value !== "RuntimeDefault" && value !== "Localhost";
  return flag(type, isBad, `${label} must not set the AppArmor profile ${type.shown}`, () => remove(profile));
}

function annotationProblems(annotations: Field) {
  return annotations
    .members()
    .filter(given => given === annotations || given.name.startsWith(annotationPrefix))
    .flatMap(given =>
      flag(given, isBadAnnotation, `annotation ${given.name} must not set ${given.shown}`, () => remove(given)),
    );
}

export const apparmor = podRule({
  id: "k8s-apparmor",
  title: "AppArmor is not switched off",
  why: "Without the runtime's AppArmor profile a container may mount filesystems and write to kernel settings that nothing else protects.",
  severity: "medium",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Remove the profile, which leaves the runtime's default, or use RuntimeDefault or Localhost.",
  reads: [
    "spec.securityContext.appArmorProfile.type",
    ofContainers("securityContext.appArmorProfile.type"),
    `metadata.annotations["${annotationPrefix}*"]`,
  ],
  podSecurity: "baseline",

  check: ({ metadata, spec, containers }) => [
    ...annotationProblems(metadata.at("annotations")),
    ...profileProblems(spec.at("securityContext", "appArmorProfile"), "the pod"),
    ...containers.flatMap(({ field, label }) => profileProblems(field.at("securityContext", "appArmorProfile"), label)),
  ],

  admission: {
    of: "pods",
    problems: () => {
      const given = "variables.annotations[name]";
      const isBad = `!(${given} in ["", "runtime/default"]) && !${given}.startsWith("localhost/")`;
      const ofContext = (context: string) =>
        `!(${context}.?appArmorProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"])`;
      return `variables.annotations.filter(name, name.startsWith(${literal(annotationPrefix)}) && ${isBad})
        .map(name, "annotation " + name + " must name no profile but the runtime's or the node's")
        + ${contextsThat(ofContext, "must not switch AppArmor off")}`;
    },
  },

  examples: {
    pass: {
      "a profile of the node": {
        "/spec/securityContext/appArmorProfile": { type: "Localhost", localhostProfile: "web" },
        [`/metadata/annotations/${annotationPrefix.replace("/", "~1")}web`]: "localhost/web",
      },
    },
    fail: {
      "unconfined pod": { "/spec/securityContext/appArmorProfile": { type: "Unconfined" } },
      "unconfined container": { "/spec/containers/0/securityContext/appArmorProfile": { type: "Unconfined" } },
      "unconfined by annotation": { [`/metadata/annotations/${annotationPrefix.replace("/", "~1")}web`]: "unconfined" },
    },
  },
});
