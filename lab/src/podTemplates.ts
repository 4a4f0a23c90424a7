import type { NetworkPolicy, Workload } from "./reachability.js";

interface Template {
  metadata: { labels: Record<string, string> };
  spec: {
    containers: { ports?: { containerPort: number }[] }[];
    initContainers?: { ports?: { containerPort: number }[] }[];
  };
}

interface WithTemplate {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: { template?: Template; jobTemplate?: { spec: { template: Template } } };
}

/** The pods that a declared object makes; none for what makes no pods. Its ports: those it declares, and those that policies open on it. */
export function workloadOf(object: unknown, policies: readonly NetworkPolicy[]): Workload[] {
  const { kind, metadata, spec } = object as WithTemplate;
  if (!/^(Deployment|StatefulSet|DaemonSet|Job|CronJob)$/.test(kind)) return [];
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  if (template === undefined) return [];
  const { labels } = template.metadata;
  const own = [...template.spec.containers, ...(template.spec.initContainers ?? [])].flatMap(({ ports = [] }) =>
    ports.map(({ containerPort }) => containerPort),
  );
  const isSelected = ({ metadata: { namespace }, spec: { podSelector } }: NetworkPolicy): boolean =>
    namespace === metadata.namespace &&
    Object.entries(podSelector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const opened = policies
    .filter(isSelected)
    .flatMap(policy => (policy.spec.ingress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => Number(port))));
  const ports = [...new Set([...own, ...opened])].sort((a, b) => a - b);
  return [{ name: metadata.name, namespace: metadata.namespace, labels, ports }];
}
