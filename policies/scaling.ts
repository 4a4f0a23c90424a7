import { isSameNamespace } from "./labels.js";
import type { KubernetesObject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";

/** What an autoscaler targets: an object of a kind, with its name and namespace. */
type Scaled = Pick<KubernetesObject, "kind" | "metadata">;

/** Kubernetes' own autoscaler and KEDA's, the kind that each scales where it names none, and where it says how many pods there are at least. */
const scalers = [
  { group: "autoscaling", kind: "HorizontalPodAutoscaler", scales: undefined, least: "minReplicas" },
  { group: "keda.sh", kind: "ScaledObject", scales: "Deployment", least: "minReplicaCount" },
];

/** Where the autoscaler that decides how many pods an object has says the least of them; undefined where none may mean it. */
function leastScaled(stack: StackSubject, { kind, metadata }: Scaled): Field | undefined {
  for (const { group, kind: scalerKind, scales, least } of scalers) {
    const scaler = stack
      .named(group, scalerKind, "spec", "scaleTargetRef", "name")
      .candidates(metadata.at("name"))
      .find(
        one =>
          (one.spec.at("scaleTargetRef", "kind").value ?? scales) === kind &&
          isSameNamespace(one.metadata.at("namespace"), metadata.at("namespace")) !== false,
      );
    if (scaler !== undefined) return scaler.spec.at(least);
  }
  return undefined;
}

/** Where it stands how many pods an object has at least: what its autoscaler says, else its own `replicas`. Absent means one, or none of KEDA's. */
export function leastReplicas(stack: StackSubject, object: Scaled & Pick<KubernetesObject, "spec">): Field {
  return leastScaled(stack, object) ?? object.spec.at("replicas");
}
