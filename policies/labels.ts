import type { KubernetesObject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";
import { type PodSubject, podsOf } from "./workloads.js";

/** True, false, or undefined for what is not known before deployment. */
export type Truth = boolean | undefined;

function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

/** Whether two places hold the same; nothing and null are the same, too. */
export function isSame(a: Field, b: Field): Truth {
  if (a.isUnknown || b.isUnknown) return undefined;
  return (a.value ?? undefined) === (b.value ?? undefined);
}

/** Whether two namespaces are the same. None given is `default`, unless kubeconfig or provider say otherwise. */
export function isSameNamespace(a: Field, b: Field): Truth {
  if (a.isUnknown || b.isUnknown) return undefined;
  return (a.value || "default") === (b.value || "default");
}

/** Whether labels hold each of these pairs. */
export function hasPairs(pairs: Field, labels: Field): Truth {
  return every(pairs.members().map(pair => (pair.isUnknown ? undefined : isSame(pair, labels.at(pair.name)))));
}

function meetsExpression(expression: Field, labels: Field): Truth {
  const key = expression.at("key");
  const operator = expression.at("operator");
  const values = expression.at("values").items();
  if (key.text === undefined || operator.isUnknown || values.some(({ isUnknown }) => isUnknown)) return undefined;
  const label = labels.at(key.text);
  if (label.isUnknown) return undefined;
  const isListed = values.some(({ value }) => value === label.value);
  switch (operator.value) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return !label.isAbsent;
    default:
      return label.isAbsent;
  }
}

/** Whether a LabelSelector (`matchLabels`, `matchExpressions`) selects these labels. An empty one selects all. */
export function isSelected(selector: Field, labels: Field): Truth {
  const expressions = selector.at("matchExpressions").items();
  return every([hasPairs(selector.at("matchLabels"), labels), ...expressions.map(one => meetsExpression(one, labels))]);
}

/** Where custom resources declare the labels of the pods that their operators make. */
const declaredLabels = [
  ["podMetadata", "labels"],
  ["podTemplate", "metadata", "labels"],
  ["template", "metadata", "labels"],
];

/** Groups of kinds that Kubernetes itself serves, whose pods are read elsewhere: `apps`, `networking.k8s.io`. */
const builtIn = /^[^.]*$|\.k8s\.io$/;

/** Labels of pods that custom resources declare; what holds a pod itself is none. */
function declarations(stack: StackSubject): { object: KubernetesObject; labels: Field }[] {
  return stack.resources.flatMap(resource =>
    resource.objects
      .filter(object => !builtIn.test(object.group) && podsOf(resource, object).length === 0)
      .flatMap(object =>
        declaredLabels
          .map(path => ({ object, labels: object.spec.at(...path) }))
          .filter(({ labels }) => labels.isUnknown || labels.members().length > 0),
      ),
  );
}

/** Pods by namespace and label, so that thousands of selectors need not look at thousands of pods each. */
export class PodIndex {
  readonly #pods: readonly PodSubject[];
  readonly #byLabel = new Map<string, PodSubject[]>();
  /** Pods whose labels or namespace are not all known: any selector may mean them. */
  readonly #uncertain: PodSubject[] = [];

  #declared: ReturnType<typeof declarations> | undefined;

  constructor(private readonly stack: StackSubject) {
    this.#pods = stack.resources.flatMap(({ pods }) => pods);
    for (const pod of this.#pods) {
      const labels = pod.metadata.at("labels").members();
      if (labels.some(({ isUnknown }) => isUnknown)) this.#uncertain.push(pod);
      for (const { name, text } of labels) {
        if (text !== undefined) this.add(`${name}=${text}`, pod);
      }
    }
  }

  private add(key: string, pod: PodSubject): void {
    const others = this.#byLabel.get(key);
    if (others === undefined) this.#byLabel.set(key, [pod]);
    else others.push(pod);
  }

  /** Pods that these pairs may select. */
  private candidates(pairs: Field): readonly PodSubject[] {
    const known = pairs.members().find(({ text }) => text !== undefined);
    if (known === undefined) return this.#pods;
    return [...(this.#byLabel.get(`${known.name}=${known.text ?? ""}`) ?? []), ...this.#uncertain];
  }

  /** Pods in the namespace of `metadata` that a selector means, and those of which nobody can tell. */
  selected(
    metadata: Field,
    pairs: Field,
    selects: (labels: Field) => Truth,
  ): { sure: PodSubject[]; unsure: PodSubject[] } {
    const namespace = metadata.at("namespace");
    const found = { sure: [] as PodSubject[], unsure: [] as PodSubject[] };
    for (const pod of new Set(this.candidates(pairs))) {
      const own = pod.owner.at("metadata", "namespace");
      const truth = every([isSameNamespace(namespace, own), selects(pod.metadata.at("labels"))]);
      if (truth === true) found.sure.push(pod);
      else if (truth === undefined) found.unsure.push(pod);
    }
    return found;
  }

  /** Whether a selector means pods that a custom resource in the namespace of `metadata` lets its operator make. */
  isDeclared(metadata: Field, selects: (labels: Field) => Truth): Truth {
    this.#declared ??= declarations(this.stack);
    const namespace = metadata.at("namespace");
    const truths = this.#declared.map(({ object, labels }) =>
      every([
        isSameNamespace(namespace, object.metadata.at("namespace")),
        labels.isUnknown ? undefined : selects(labels),
      ]),
    );
    if (truths.includes(true)) return true;
    return truths.includes(undefined) ? undefined : false;
  }
}
