import { literal, volumesThat } from "../../admissionCel.js";
import { type Problem, podRule, undetermined, violation } from "../../rule.js";
import { podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";

const allowed = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

function volumeProblems(volume: Field): Problem[] {
  if (volume.isUnknown) return [undetermined(volume)];
  const sources = volume.members().filter(member => member.name !== "name" && !member.isAbsent);
  // A volume without a source is an emptyDir.
  if (sources.length === 0 || sources.some(({ isUnknown, name }) => !isUnknown && allowed.includes(name))) return [];
  const unknown = sources.find(({ isUnknown, name }) => isUnknown && allowed.includes(name));
  if (unknown !== undefined) return [undetermined(unknown)];
  const types = sources.map(({ name }) => name).join(", ");
  return [violation(volume, `volume ${volume.at("name").shown} must not be of type ${types}`)];
}

export const volumeTypes = podRule({
  id: "k8s-volume-types",
  title: "Pods use only volume types that the cluster's storage mediates",
  why: "Old volume types name disks and servers directly, with credentials in the pod, past quotas and access rules of storage classes.",
  severity: "medium",
  level: "mandatory",
  docs: podSecurityDocs.restricted,
  remediation: "Use a PersistentVolumeClaim or a CSI volume.",
  reads: ["spec.volumes[*]"],
  podSecurity: "restricted",

  check: ({ spec }) => spec.at("volumes").items().flatMap(volumeProblems),

  admission: {
    of: "pods",
    problems: () =>
      volumesThat(
        `dyn(v).exists(source, source != "name") && !dyn(v).exists(source, source in ${literal(allowed)})`,
        "must be of a type that the cluster's storage mediates",
      ),
  },

  examples: {
    pass: {
      "no source, which is an emptyDir": { "/spec/volumes/1": { name: "scratch" } },
      "a claim": { "/spec/volumes/1": { name: "data", persistentVolumeClaim: { claimName: "data" } } },
    },
    fail: {
      "an NFS server named by the pod": {
        "/spec/volumes/1": { name: "share", nfs: { server: "10.0.0.1", path: "/" } },
      },
    },
  },
});
