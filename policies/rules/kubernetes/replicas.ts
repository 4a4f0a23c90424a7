import { type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import { leastReplicas } from "../../scaling.js";

export const replicas = stackRule({
  id: "k8s-replicas",
  title: "A service survives the loss of one pod",
  why: "One replica is down whenever its node is, and at every change of the program.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
  remediation:
    "Run two replicas or more, or an autoscaler with minReplicas of two or more. What must never run twice says so by the strategy Recreate.",
  reads: ["spec.replicas", "spec.strategy.type", "HorizontalPodAutoscaler spec.{scaleTargetRef,minReplicas}"],

  check: stack =>
    [...stack.objectsOf("apps", "Deployment"), ...stack.objectsOf("argoproj.io", "Rollout")].flatMap(
      ({ resource, object }): StackProblem[] => {
        const given = object.spec.at("replicas");
        if (object.spec.at("strategy", "type").value === "Recreate" || object.spec.isUnknown) return [];
        const least = leastReplicas(stack, object);
        if (least.isUnknown || given.isUnknown) return [{ ...undetermined(given), resource }];
        if (typeof least.value === "number" && least.value > 1) return [];
        // None at all is how a service is switched off.
        if (given.value === 0) return [];
        return [{ ...violation(given, "must run two replicas or more"), resource }];
      },
    ),

  admission: { cannot: "whether an autoscaler decides on the replicas, another object says" },

  examples: {
    pass: {
      "one that must never run twice": {
        "/web/properties/spec/replicas": 1,
        "/web/properties/spec/strategy": { type: "Recreate" },
        "/budget": undefined,
      },
      "left to an autoscaler": {
        "/web/properties/spec/replicas": undefined,
        "/scaler": {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          properties: {
            metadata: { name: "web", namespace: "shop" },
            spec: {
              scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
              minReplicas: 2,
              maxReplicas: 4,
            },
          },
        },
      },
    },
    fail: {
      "one replica": { "/web/properties/spec/replicas": 1, "/budget": undefined },
      "none given, which is one": { "/web/properties/spec/replicas": undefined, "/budget": undefined },
    },
  },
});
