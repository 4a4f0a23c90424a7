import { podRule, undetermined, violation } from "../../rule.js";
import { podSecurityDocs } from "../../text.js";

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

  check: ({ spec }) =>
    spec
      .at("volumes")
      .items()
      .flatMap(volume => {
        if (volume.isUnknown) return [undetermined(volume)];
        if (allowed.some(type => !volume.at(type).isAbsent)) return [];
        const types = volume
          .members()
          .map(({ name }) => name)
          .filter(name => name !== "name");
        return [
          violation(volume, `volume ${volume.at("name").shown} must not be of type ${types.join(", ") || "none"}`),
        ];
      }),

  examples: {
    pass: { "a claim": { "/spec/volumes/1": { name: "data", persistentVolumeClaim: { claimName: "data" } } } },
    fail: {
      "an NFS server named by the pod": {
        "/spec/volumes/1": { name: "share", nfs: { server: "10.0.0.1", path: "/" } },
      },
      "no type at all": { "/spec/volumes/1": { name: "nothing" } },
    },
  },
});
