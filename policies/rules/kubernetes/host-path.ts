import { volumesThat } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";
import { podSecurityDocs } from "../../text.js";

export const hostPath = podRule({
  id: "k8s-host-path",
  title: "Pods mount no directories of their node",
  why: "A hostPath volume reads or changes the node itself: credentials of its kubelet, logs of other pods, binaries that root runs.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Use an emptyDir, a PersistentVolumeClaim, a ConfigMap or a Secret. A node agent needs an exception.",
  reads: ["spec.volumes[*].hostPath"],
  podSecurity: "baseline",
  overlaps: ["k8s-volume-types"],

  check: ({ spec }) =>
    spec
      .at("volumes")
      .items()
      .flatMap(volume => {
        const given = volume.at("hostPath");
        const message = `volume ${volume.at("name").shown} must not mount a directory of the node`;
        return flag(given, value => value !== undefined && value !== null, message);
      }),

  admission: {
    of: "pods",
    problems: () => volumesThat("has(v.hostPath)", "must not mount a directory of the node"),
  },

  examples: {
    pass: { "a null hostPath is none": { "/spec/volumes/0/hostPath": null } },
    fail: { "a directory of the node": { "/spec/volumes/1": { name: "logs", hostPath: { path: "/var/log" } } } },
  },
});
