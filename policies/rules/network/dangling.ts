import { ingressBackends, isExistingService } from "../../backends.js";
import { hasPairs, isSame, isSameNamespace, isSelected, type Truth } from "../../labels.js";
import { type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject, ResourceSubject, StackSubject } from "../../subject.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

interface Placed {
  resource: ResourceSubject;
  object: KubernetesObject;
}

/** Selectors with these labels mean pods that a controller marks, an operator makes or people mark: no program declares them. */
function isForOperator(selector: Field, prefixes: readonly string[]): boolean {
  const keys = [
    ...selector
      .at("matchLabels")
      .members()
      .map(({ name }) => name),
    ...selector
      .at("matchExpressions")
      .items()
      .map(expression => expression.at("key").text ?? ""),
    ...selector.members().map(({ name }) => name),
  ];
  return keys.some(key => prefixes.some(prefix => key.startsWith(prefix)));
}

function selectionProblems(
  stack: StackSubject,
  { resource, object }: Placed,
  { selector, pairs, selects }: { selector: Field; pairs: Field; selects: (labels: Field) => Truth },
): { problems: StackProblem[]; pods: PodSubject[] } {
  const { sure, unsure } = stack.podIndex.selected(object.metadata, pairs, selects);
  if (sure.length > 0) return { problems: [], pods: sure };
  const declared = stack.podIndex.isDeclared(object.metadata, selects);
  if (declared === true) return { problems: [], pods: [] };
  // Which of them cannot be told; that one of them is meant is likely, but not known.
  if (unsure.length > 0 || declared === undefined || selector.isUnknown)
    return { problems: [{ ...undetermined(selector), resource }], pods: [] };
  return { problems: [{ ...violation(selector, "must select a pod that exists"), resource }], pods: [] };
}

/** A Service's named ports exist in the pods that it selects. */
function portProblems({ resource, object }: Placed, pods: readonly PodSubject[]): StackProblem[] {
  return object.spec
    .at("ports")
    .items()
    .flatMap(port => {
      const target = port.at("targetPort");
      if (target.isUnknown) return [{ ...undetermined(target), resource }];
      if (target.text === undefined || /^\d+$/.test(target.text)) return [];
      const ports = pods.flatMap(({ containers }) => containers.flatMap(({ field }) => field.at("ports").items()));
      const isThere = ports.some(one => one.at("name").isUnknown || one.at("name").value === target.value);
      return isThere
        ? []
        : [{ ...violation(target, `must have a port that its pods have: none is named ${target.shown}`), resource }];
    });
}

function serviceProblems(stack: StackSubject, placed: Placed, operators: readonly string[]): StackProblem[] {
  const selector = placed.object.spec.at("selector");
  // Kubernetes ignores the selector of a Service that is another name of a host.
  if (
    placed.object.spec.at("type").value === "ExternalName" ||
    selector.isAbsent ||
    (!selector.isUnknown && selector.members().length === 0)
  )
    return [];
  const selects = (labels: Field) => hasPairs(selector, labels);
  const { problems, pods } = selectionProblems(stack, placed, { selector, pairs: selector, selects });
  const found = [...problems, ...(pods.length === 0 ? [] : portProblems(placed, pods))];
  return found.length === 0 || isForOperator(selector, operators) ? [] : found;
}

function policyProblems(stack: StackSubject, placed: Placed, operators: readonly string[]): StackProblem[] {
  const selector = placed.object.spec.at("podSelector");
  const isForAll =
    !selector.isUnknown &&
    selector.at("matchLabels").members().length === 0 &&
    selector.at("matchExpressions").items().length === 0;
  if (isForAll) return [];
  const selects = (labels: Field) => isSelected(selector, labels);
  const { problems } = selectionProblems(stack, placed, { selector, pairs: selector.at("matchLabels"), selects });
  return problems.length === 0 || isForOperator(selector, operators) ? [] : problems;
}

/** What an autoscaler scales exists. */
function scalerProblems(stack: StackSubject, { resource, object }: Placed): StackProblem[] {
  const target = object.spec.at("scaleTargetRef");
  const name = target.at("name");
  if (name.isUnknown) return [{ ...undetermined(name), resource }];
  const kind = target.at("kind").text ?? "";
  const isThere = stack.resources.some(({ objects }) =>
    objects.some(
      one =>
        one.kind === kind &&
        isSame(one.metadata.at("name"), name) !== false &&
        isSameNamespace(one.metadata.at("namespace"), object.metadata.at("namespace")) !== false,
    ),
  );
  return isThere
    ? []
    : [{ ...violation(name, `must scale something that exists: there is no ${kind} ${name.shown}`), resource }];
}

/** A workload's selector selects its own pods; the API server refuses it otherwise. */
function selectorProblems(resource: ResourceSubject): StackProblem[] {
  return resource.pods.flatMap(({ owner, kind, metadata }) => {
    const selector = owner.at("spec", "selector");
    if (kind === "Pod" || selector.isAbsent) return [];
    const labels = metadata.at("labels");
    const truth =
      kind === "ReplicationController" || kind === "DeploymentConfig"
        ? hasPairs(selector, labels)
        : isSelected(selector, labels);
    if (truth === true) return [];
    const problem =
      truth === undefined
        ? undetermined(selector)
        : violation(selector, "must select its own pods: their labels differ");
    return [{ ...problem, resource }];
  });
}

function backendProblems(stack: StackSubject, { resource, object }: Placed): StackProblem[] {
  return ingressBackends(object).flatMap(backend => {
    const truth = isExistingService(stack, backend);
    if (truth === true) return [];
    const { name, port } = backend;
    if (truth === undefined) return [{ ...undetermined(port.isUnknown && !name.isUnknown ? port : name), resource }];
    const problem =
      isExistingService(stack, backend, { withAnyPort: true }) === false
        ? violation(name, `must lead to a Service that exists, not ${name.shown}`)
        : violation(port, `must lead to a port that Service ${name.shown} has, not ${port.shown}`);
    return [{ ...problem, resource }];
  });
}

const routes = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"];

export const dangling = stackRule({
  id: "k8s-dangling",
  title: "What refers to pods, ports or Services finds them",
  why: "A selector with a typing error selects nothing, and says nothing: no endpoint, no isolation, no scaling.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
  remediation: "Bring selector, name or port in line with what it means.",
  reads: [
    "spec.selector",
    "spec.podSelector",
    "spec.scaleTargetRef",
    "spec.rules[*] backends",
    "pods' labels and ports",
    "custom resources' spec.{podMetadata,podTemplate.metadata,template.metadata}.labels",
  ],
  parameters: {
    references: {
      type: "array",
      items: { type: "string", pattern: "^(services|policies|scalers|workloads|backends)$" },
      default: ["services", "policies", "scalers", "workloads", "backends"],
      description:
        "Whose references are followed: Services', NetworkPolicies', autoscalers', workloads' to their own pods, and those of Ingresses and routes.",
    },
    operatorLabels: {
      type: "array",
      items: { type: "string" },
      default: [
        "acme.cert-manager.io/",
        "apps.kubernetes.io/",
        "batch.kubernetes.io/",
        "bulkhead.dev/quarantine",
        "cnpg.io/",
        "gateway.networking.k8s.io/",
        "k8s.mariadb.com/",
        "longhorn.io/",
        "operator.prometheus.io/",
        "serving.knative.dev/",
        "statefulset.kubernetes.io/",
        "strimzi.io/",
      ],
      description:
        "Beginnings of labels that pods get later, from Kubernetes' own controllers, from operators that make them or from people who isolate them: selectors with one are not judged.",
    },
  },

  check: (stack, { settings: { references, operatorLabels } }) => {
    const followed: Record<string, () => StackProblem[]> = {
      services: () => stack.objectsOf("core", "Service").flatMap(one => serviceProblems(stack, one, operatorLabels)),
      policies: () =>
        stack
          .objectsOf("networking.k8s.io", "NetworkPolicy")
          .flatMap(one => policyProblems(stack, one, operatorLabels)),
      scalers: () =>
        stack.objectsOf("autoscaling", "HorizontalPodAutoscaler").flatMap(one => scalerProblems(stack, one)),
      workloads: () => stack.resources.flatMap(selectorProblems),
      backends: () =>
        [
          ...stack.objectsOf("networking.k8s.io", "Ingress"),
          ...stack.objectsOf("extensions", "Ingress"),
          ...stack.objectsOf("gateway.networking.k8s.io", ...routes),
        ].flatMap(one => backendProblems(stack, one)),
    };
    return references.flatMap(name => followed[name]?.() ?? []);
  },

  admission: { cannot: "what refers to pods, ports and Services, and those, are made one by one and in any order" },

  examples: {
    pass: {
      "a Service for addresses of its own": { "/service/properties/spec/selector": undefined },
      "pods that an operator makes, with the labels that are declared for them": {
        "/service/properties/spec/selector": { app: "metrics" },
        "/metrics": {
          type: "kubernetes:monitoring.coreos.com/v1:Prometheus",
          properties: {
            metadata: { name: "metrics", namespace: "shop" },
            spec: { podMetadata: { labels: { app: "metrics" } } },
          },
        },
      },
      "pods of an operator": { "/service/properties/spec/selector": { "acme.cert-manager.io/http01-solver": "true" } },
    },
    fail: {
      "a Service without pods": { "/service/properties/spec/selector/app.kubernetes.io~1name": "wbe" },
      "a port that no pod has": { "/service/properties/spec/ports/0/targetPort": "https" },
      "an Ingress without a Service": {
        "/ingress/properties/spec/rules/0/http/paths/0/backend/service/name": "wbe",
      },
      "a Service without that port": {
        "/ingress/properties/spec/rules/0/http/paths/0/backend/service/port": { number: 8081 },
      },
      "a workload that does not select its pods": {
        "/web/properties/spec/selector/matchLabels/app.kubernetes.io~1name": "wbe",
      },
      "a policy for no pods": {
        "/rule": {
          type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
          properties: {
            metadata: { name: "rule", namespace: "shop" },
            spec: { podSelector: { matchLabels: { app: "wbe" } }, policyTypes: ["Ingress"] },
          },
        },
      },
      "an autoscaler of nothing": {
        "/scaler": {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          properties: {
            metadata: { name: "web", namespace: "shop" },
            spec: { scaleTargetRef: { kind: "Deployment", name: "wbe" } },
          },
        },
      },
    },
  },
});
