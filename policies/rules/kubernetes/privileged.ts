import { containersThat } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";
import type { ResourceSubject } from "../../subject.js";
import { ofContainers } from "../../text.js";

/** OpenShift's objects that say which pods a user may run; their members stand beside `metadata`. */
const constraintsOf = (resource: ResourceSubject) =>
  resource.objectsOf("security.openshift.io", "SecurityContextConstraints");

export const privileged = podRule({
  id: "k8s-privileged",
  title: "Containers are not privileged",
  why: "A privileged container has every capability and every device of its node: who breaks into it owns the node and all pods on it.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  remediation:
    "Remove securityContext.privileged. Give the one device or capability that is needed, or run on a node of its own.",
  reads: [ofContainers("securityContext.privileged"), "SecurityContextConstraints allowPrivilegedContainer"],
  podSecurity: "baseline",

  parameters: {
    explicit: {
      type: "boolean",
      default: false,
      description: "Whether `privileged: false` must be said on every container, though leaving it out means the same.",
    },
  },

  check: ({ containers }, { settings: { explicit } }) =>
    containers.flatMap(({ field, label }) => {
      const given = field.at("securityContext", "privileged");
      return flag(
        given,
        value => (explicit ? value !== false : value === true),
        `${label} must not be privileged`,
        () => set(given, false),
      );
    }),

  besides: {
    applies: resource => constraintsOf(resource).length > 0,
    check: resource =>
      constraintsOf(resource).flatMap(({ field }) => {
        const given = field.at("allowPrivilegedContainer");
        return flag(
          given,
          value => value === true,
          "must not allow privileged containers",
          () => set(given, false),
        );
      }),
  },

  admission: {
    of: "pods",
    except: "SecurityContextConstraints are in no namespace",
    problems: ({ settings: { explicit } }) =>
      containersThat(`c.?securityContext.?privileged.orValue(${explicit})`, "must not be privileged"),
  },

  examples: {
    pass: { "said to be unprivileged": { "/spec/containers/0/securityContext/privileged": false } },
    fail: {
      "a privileged container": { "/spec/containers/0/securityContext/privileged": true },
      "a privileged init container": { "/spec/initContainers/0/securityContext/privileged": true },
    },
  },
});
