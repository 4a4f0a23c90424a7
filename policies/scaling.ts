import { isSame } from "./labels.js";
import type { KubernetesObject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";

/** What an autoscaler targets: an object of a kind, with its name and namespace. */
type Scaled = Pick<KubernetesObject, "kind" | "metadata">;

/** The autoscaler that decides how many pods an object has; undefined where none may mean it. */
function scalerOf(stack: StackSubject, { kind, metadata }: Scaled): KubernetesObject | undefined {
  return stack
    .named("autoscaling", "HorizontalPodAutoscaler", "spec", "scaleTargetRef", "name")
    .candidates(metadata.at("name"))
    .find(
      scaler =>
        scaler.spec.at("scaleTargetRef").at("kind").value === kind &&
        isSame(scaler.metadata.at("namespace"), metadata.at("namespace")) !== false,
    );
}

/** Where it stands how many pods an object has at least: `minReplicas` of its autoscaler, else its own `replicas`. Absent means one. */
export function leastReplicas(stack: StackSubject, object: Scaled & Pick<KubernetesObject, "spec">): Field {
  return scalerOf(stack, object)?.spec.at("minReplicas") ?? object.spec.at("replicas");
}
