import { problemWhen } from "../../admissionCel.js";
import { bindingsOf } from "../../rbac.js";
import { flag, podRule, undetermined, violation } from "../../rule.js";

/** Kind of a subject → names that mean default accounts: one of them, or all of a namespace's or of the cluster's. */
const everybody = new Map([
  ["ServiceAccount", /^default$/],
  ["User", /^system:serviceaccount:[^:]*:default$/],
  ["Group", /^system:serviceaccounts(:|$)/],
]);

export const defaultSa = podRule({
  id: "k8s-default-sa",
  title: "Pods run under a service account of their own, and no role is bound to the default one",
  why: "What one pod's account may do, every pod without an account of its own may do, too.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/service-accounts/",
  remediation: "Create a ServiceAccount for the workload, and name it in serviceAccountName.",
  reads: ["spec.serviceAccountName", "spec.serviceAccount", "bindings' subjects[*].{kind,name}"],

  check: ({ spec }) => {
    const given = spec.at("serviceAccountName");
    const old = spec.at("serviceAccount");
    const name = given.isAbsent || given.value === "" ? old : given;
    if (name.isUnknown) return [undetermined(name)];
    const isOwn = name.text !== undefined && name.text !== "" && name.text !== "default";
    return isOwn ? [] : [violation(given, "the pod must name a service account of its own")];
  },

  besides: {
    applies: resource => bindingsOf(resource).length > 0,
    check: resource =>
      bindingsOf(resource)
        .flatMap(({ subjects }) => subjects)
        .flatMap(subject => {
          const pattern = everybody.get(subject.at("kind").text ?? "");
          return pattern === undefined
            ? []
            : flag(
                subject.at("name"),
                name => typeof name === "string" && pattern.test(name),
                "must not give rights to every pod without a service account of its own",
              );
        }),
  },

  admission: {
    of: "pods",
    except: "bindings are not judged by it",
    problems: () =>
      problemWhen(
        'variables.spec.?serviceAccountName.or(variables.spec.?serviceAccount).orValue("") in ["", "default"]',
        "the pod must name a service account of its own",
      ),
  },

  examples: {
    pass: { "by the old field": { "/spec/serviceAccountName": undefined, "/spec/serviceAccount": "web" } },
    fail: {
      "none named": { "/spec/serviceAccountName": undefined },
      "the namespace's default": { "/spec/serviceAccountName": "default" },
    },
  },
});
