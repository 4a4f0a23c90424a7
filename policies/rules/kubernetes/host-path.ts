import { volumesThat } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";
import type { ResourceSubject } from "../../subject.js";
import { podSecurityDocs } from "../../text.js";

const isGiven = (value: unknown) => value !== undefined && value !== null;
const volumesOf = (resource: ResourceSubject) => resource.objectsOf("core", "PersistentVolume");

export const hostPath = podRule({
  id: "k8s-host-path",
  title: "Pods and PersistentVolumes mount no directories of a node",
  why: "A hostPath volume reads or changes the node itself: credentials of its kubelet, logs of other pods, binaries that root runs.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Use an emptyDir, a PersistentVolumeClaim, a ConfigMap or a Secret. A node agent needs an exception.",
  reads: ["spec.volumes[*].hostPath", "PersistentVolume spec.hostPath"],
  podSecurity: "baseline",
  overlaps: ["k8s-volume-types"],

  check: ({ spec }) =>
    spec
      .at("volumes")
      .items()
      .flatMap(volume => {
        const given = volume.at("hostPath");
        const message = `volume ${volume.at("name").shown} must not mount a directory of the node`;
        return flag(given, isGiven, message);
      }),

  besides: {
    applies: resource => volumesOf(resource).length > 0,
    check: resource =>
      volumesOf(resource).flatMap(({ spec }) =>
        flag(spec.at("hostPath"), isGiven, "must not be a directory of a node"),
      ),
  },

  admission: {
    of: "pods",
    except: "PersistentVolumes are in none of the namespaces that are judged",
    problems: () => volumesThat("has(v.hostPath)", "must not mount a directory of the node"),
  },

  examples: {
    pass: { "a null hostPath is none": { "/spec/volumes/0/hostPath": null } },
    fail: { "a directory of the node": { "/spec/volumes/1": { name: "logs", hostPath: { path: "/var/log" } } } },
  },
});
