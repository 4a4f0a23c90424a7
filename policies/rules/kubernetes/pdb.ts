import { problemWhen } from "../../admissionCel.js";
import { isSelected, type PodIndex } from "../../labels.js";
import { flag, type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import { leastReplicas } from "../../scaling.js";
import type { KubernetesObject, ResourceSubject, StackSubject } from "../../subject.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

/** How many of so many pods an amount means: a number, or a share rounded up as Kubernetes does. */
function podsOf(amount: Field, total: number): number | undefined {
  if (typeof amount.value === "number") return amount.value;
  const match = /^(\d{1,3})%$/.exec(amount.text ?? "");
  return match === null ? undefined : Math.ceil((Number(match[1]) / 100) * total);
}

function blocksAlways({ spec }: KubernetesObject): Field | undefined {
  const [least, most] = [spec.at("minAvailable"), spec.at("maxUnavailable")];
  if (most.value === 0 || most.value === "0" || most.value === "0%") return most;
  return least.value === "100%" ? least : undefined;
}

/** Kinds whose pods are replicas. Of a DaemonSet each node has one, which no drain moves; a Job's pods end. */
const replicated: readonly string[] = [
  "Deployment",
  "StatefulSet",
  "ReplicaSet",
  "ReplicationController",
  "DeploymentConfig",
  "Rollout",
];
/** Those of them that programs declare to run several pods of. */
const declared: readonly string[] = ["Deployment", "StatefulSet", "Rollout"];

interface Placed {
  resource: ResourceSubject;
  object: KubernetesObject;
}

/** The pods that a budget means, surely or perhaps. An empty selector means all of its namespace, none at all none. */
function meant(stack: StackSubject, { spec, metadata }: KubernetesObject): ReturnType<PodIndex["selected"]> {
  const selector = spec.at("selector");
  return selector.isAbsent
    ? { sure: [], unsure: [] }
    : stack.podIndex.selected(metadata, selector.at("matchLabels"), labels => isSelected(selector, labels));
}

function replicasOf(stack: StackSubject, { kind, owner }: PodSubject): Field {
  return leastReplicas(stack, { kind, metadata: owner.at("metadata"), spec: owner.at("spec") });
}

function budgetProblems(stack: StackSubject, { resource, object }: Placed): StackProblem[] {
  const always = blocksAlways(object);
  if (always !== undefined)
    return [{ ...violation(always, `must allow that a pod is moved, not set ${always.shown}`), resource }];
  const [least, most] = [object.spec.at("minAvailable"), object.spec.at("maxUnavailable")];
  const unknown = [least, most].find(({ isUnknown }) => isUnknown);
  if (unknown !== undefined) return [{ ...undetermined(unknown), resource }];
  if (least.isAbsent) return [];

  return meant(stack, object).sure.flatMap(pod => {
    if (!replicated.includes(pod.kind)) return [];
    const replicas = replicasOf(stack, pod);
    if (replicas.isUnknown) return [];
    const total = typeof replicas.value === "number" ? replicas.value : 1;
    const needed = podsOf(least, total);
    if (needed === undefined || needed < total || total === 0) return [];
    const message = `must allow that a pod is moved: all ${total} of ${pod.resource.label} must be available`;
    return [{ ...violation(least, message), resource }];
  });
}

/** Left out, it means that a pod that is not ready holds up the drain of its node. */
function evictionProblems({ resource, object }: Placed): StackProblem[] {
  const given = object.spec.at("unhealthyPodEvictionPolicy");
  const isMissing = (value: unknown) => value === undefined || value === null;
  return flag(given, isMissing, "must say what becomes of pods that are not ready: unhealthyPodEvictionPolicy").map(
    problem => ({ ...problem, resource }),
  );
}

/** A pod that two budgets mean, Kubernetes evicts never: which of them decides, it cannot tell. */
function sharedProblems(stack: StackSubject, budgets: readonly Placed[]): StackProblem[] {
  const owners = new Map<PodSubject, { budget: Placed; isSure: boolean }>();
  return budgets.flatMap((budget): StackProblem[] => {
    const { resource, object } = budget;
    const { sure, unsure } = meant(stack, object);
    const claims = [...sure.map(pod => ({ pod, isSure: true })), ...unsure.map(pod => ({ pod, isSure: false }))];
    const shared = claims.flatMap(({ pod, isSure }) => {
      const other = owners.get(pod);
      return other === undefined ? [] : [{ pod, other: other.budget, isSure: isSure && other.isSure }];
    });
    for (const { pod, isSure } of claims) if (owners.get(pod)?.isSure !== true) owners.set(pod, { budget, isSure });
    const first = shared.find(({ isSure }) => isSure) ?? shared[0];
    if (first === undefined) return [];
    const selector = object.spec.at("selector");
    const message = `must be the only budget of ${first.pod.resource.label}: ${first.other.resource.label} is another`;
    return [{ ...(first.isSure ? violation(selector, message) : undetermined(selector)), resource }];
  });
}

/** Workloads of several replicas that a drain of nodes may take down at once. */
function missingProblems(stack: StackSubject, budgets: readonly Placed[]): StackProblem[] {
  const covered = new Set<unknown>();
  for (const { object } of budgets) {
    const { sure, unsure } = meant(stack, object);
    for (const pod of [...sure, ...unsure]) covered.add(pod);
  }
  return stack.resources
    .flatMap(({ pods }) => pods)
    .filter(pod => declared.includes(pod.kind) && pod.resource.object?.isPatch !== true && !covered.has(pod))
    .flatMap(pod => {
      const isSeveral = (value: unknown) => typeof value === "number" && value > 1;
      const message = "must have a PodDisruptionBudget, because it has several replicas";
      // An autoscaler's floor is said in another object: the problem is of the one that it scales.
      const replicas = replicasOf(stack, pod);
      return flag(replicas, isSeveral, message).map(problem => ({
        ...problem,
        field: pod.owner.at("spec", "replicas"),
        resource: pod.resource,
      }));
    });
}

export const pdb = stackRule({
  id: "k8s-pdb",
  title: "Nodes can be drained without an outage, and can be drained",
  why: "Without a budget a drain may stop all replicas at once; with one that allows nothing, no node is ever drained.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  remediation:
    "Give each workload of several replicas a PodDisruptionBudget with maxUnavailable 1, and one of a single replica none.",
  reads: [
    "spec.{minAvailable,maxUnavailable,selector}",
    "workloads' spec.replicas and pod labels, autoscalers' spec.minReplicas",
  ],

  parameters: {
    explicitEviction: {
      type: "boolean",
      default: false,
      description:
        "Whether each budget must say by unhealthyPodEvictionPolicy what becomes of pods that are not ready.",
    },
  },

  check: (stack, { settings: { explicitEviction } }) => {
    const budgets = stack.objectsOf("policy", "PodDisruptionBudget");
    return [
      ...budgets.flatMap(budget => budgetProblems(stack, budget)),
      ...(explicitEviction ? budgets.flatMap(evictionProblems) : []),
      ...sharedProblems(
        stack,
        budgets.filter(({ resource }) => resource.object?.isPatch !== true),
      ),
      ...missingProblems(stack, budgets),
    ];
  },

  admission: {
    of: "budgets",
    problems: ({ settings: { explicitEviction } }) => {
      const always = problemWhen(
        `dyn(object).?spec.?maxUnavailable.optMap(most, string(most) in ["0", "0%"]).orValue(false)
          || dyn(object).?spec.?minAvailable.optMap(least, string(least) == "100%").orValue(false)`,
        "the budget must allow that a pod is moved",
      );
      const isSilent = "!object.spec.?unhealthyPodEvictionPolicy.hasValue()";
      return explicitEviction
        ? `${always} + ${problemWhen(isSilent, "must say what becomes of pods that are not ready")}`
        : always;
    },
    except: "which pods a budget means, and whether each workload has one, needs the whole stack",
  },

  examples: {
    pass: {
      "half of them": {
        "/budget/properties/spec": {
          minAvailable: "50%",
          selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
        },
      },
    },
    fail: {
      "no pod may ever move": { "/budget/properties/spec/maxUnavailable": 0 },
      "all must be there": {
        "/budget/properties/spec/maxUnavailable": undefined,
        "/budget/properties/spec/minAvailable": 2,
      },
      "all, in percent": {
        "/budget/properties/spec/maxUnavailable": undefined,
        "/budget/properties/spec/minAvailable": "100%",
      },
      "several replicas and no budget": { "/budget": undefined },
      "two budgets for one pod": {
        "/second": {
          type: "kubernetes:policy/v1:PodDisruptionBudget",
          properties: { metadata: { name: "second", namespace: "shop" }, spec: { maxUnavailable: 1, selector: {} } },
        },
      },
    },
  },
});
