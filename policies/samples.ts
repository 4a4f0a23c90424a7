import type { JudgedResource } from "./finding.js";
import type { Edits, Rule } from "./rule.js";

/** What an example may change of a resource; the rest of a JudgedResource follows from its name and type. */
export type Sample = Pick<JudgedResource, "type" | "properties" | "options" | "provider" | "propertyDependencies">;
export type SampleProgram = Record<string, Sample>;

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const labels = {
  "app.kubernetes.io/name": "web",
  "app.kubernetes.io/instance": "web",
  "app.kubernetes.io/managed-by": "pulumi",
};
const selected = { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" };

function container(name: string) {
  const amounts = { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" };
  return {
    name,
    image: `registry.example.com/web:1.0@${digest}`,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: amounts, limits: amounts },
  };
}

const probe = { httpGet: { path: "/healthz", port: "http" } };

/** The smallest pod that every rule accepts. */
const pod = {
  metadata: { labels },
  spec: {
    automountServiceAccountToken: false,
    serviceAccountName: "web",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: [container("migrate")],
    containers: [
      {
        ...container("web"),
        ports: [{ name: "http", containerPort: 8080 }],
        readinessProbe: probe,
        livenessProbe: probe,
      },
    ],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selected },
      },
    ],
  },
};

function metadata(name: string, more: Record<string, unknown> = {}) {
  return { name, namespace: "shop", labels, ...more };
}

const provider = {
  urn: "urn:pulumi:production::shop::pulumi:providers:kubernetes::cluster",
  type: "pulumi:providers:kubernetes",
  name: "cluster",
  properties: {},
};

/** The smallest program that every rule accepts, one resource of each kind that rules judge. */
const program: SampleProgram = {
  web: {
    type: "kubernetes:apps/v1:Deployment",
    provider,
    properties: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("web"),
      spec: { replicas: 2, selector: { matchLabels: selected }, template: pod },
    },
  },
};

/** A fresh copy of the compliant program. */
export function compliantProgram(): SampleProgram {
  return structuredClone(program);
}

/** Where a pod rule's pointers start in the compliant program. */
const podPointer = "/web/properties/spec/template";

function put(target: unknown, keys: readonly string[], value: unknown): void {
  let at = target as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    if (typeof at[key] !== "object" || at[key] === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  const last = keys.at(-1) ?? "";
  if (value !== undefined) at[last] = structuredClone(value);
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else Reflect.deleteProperty(at, last);
}

/** Applies edits in place: JSON pointer → value, undefined to remove. */
export function edit<T extends object>(target: T, edits: Edits, prefix = ""): T {
  for (const [path, value] of Object.entries(edits)) {
    const keys = `${prefix}${path}`.slice(1).split("/");
    put(
      target,
      keys.map(key => key.replaceAll("~1", "/").replaceAll("~0", "~")),
      value,
    );
  }
  return target;
}

/** The compliant program with one example of a rule applied to it. */
export function exampleOf(rule: Rule, edits: Edits): JudgedResource[] {
  return resourcesOf(edit(compliantProgram(), edits, rule.scope === "pod" ? podPointer : ""));
}

const stackUrn = "urn:pulumi:production::shop::pulumi:pulumi:Stack::shop-production";

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:production::shop::${type}::${name}`;
}

export function resourcesOf(samples: SampleProgram): JudgedResource[] {
  return Object.entries(samples).map(([name, sample]) => ({
    urn: urnOf(sample.type, name),
    name,
    parent: stackUrn,
    ...sample,
  }));
}
