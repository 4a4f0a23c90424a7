import type { JudgedResource } from "./finding.js";
import type { Edits, Rule } from "./rule.js";
import { secretSignature, signatureKey } from "./value.js";

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
    resources: { requests: amounts, limits: { ...amounts } },
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

const options = { protect: false };

function object(apiVersion: string, kind: string, properties: Record<string, unknown>): Sample {
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  return { type: `kubernetes:${group}:${kind}`, provider, options, properties: { apiVersion, kind, ...properties } };
}

/** A pod of its own, compliant but for that. */
export const compliantPod = { apiVersion: "v1", kind: "Pod", metadata: metadata("pod"), spec: pod.spec };

/** The smallest program that every rule accepts, one resource of each kind that rules judge. */
const program: SampleProgram = {
  namespace: object("v1", "Namespace", {
    metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  }),
  deny: object("networking.k8s.io/v1", "NetworkPolicy", {
    metadata: metadata("deny"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  }),
  settings: object("v1", "ConfigMap", { metadata: metadata("settings"), data: { LOG_LEVEL: "info" } }),
  credentials: object("v1", "Secret", {
    metadata: metadata("credentials"),
    stringData: { password: { [signatureKey]: secretSignature, value: "correct horse" } },
  }),
  web: object("apps/v1", "Deployment", {
    metadata: metadata("web"),
    spec: { replicas: 2, selector: { matchLabels: selected }, template: pod },
  }),
  budget: object("policy/v1", "PodDisruptionBudget", {
    metadata: metadata("web"),
    spec: { maxUnavailable: 1, selector: { matchLabels: selected } },
  }),
  service: object("v1", "Service", {
    metadata: metadata("web"),
    spec: { type: "ClusterIP", selector: selected, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  }),
  ingress: object("networking.k8s.io/v1", "Ingress", {
    metadata: metadata("web"),
    spec: {
      tls: [{ hosts: ["www.example.com"], secretName: "web-tls" }],
      rules: [
        {
          host: "www.example.com",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { name: "http" } } } }],
          },
        },
      ],
    },
  }),
  claim: {
    ...object("v1", "PersistentVolumeClaim", {
      metadata: metadata("data"),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    }),
    options: { protect: true },
  },
  role: object("rbac.authorization.k8s.io/v1", "Role", {
    metadata: metadata("web"),
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
  }),
  binding: object("rbac.authorization.k8s.io/v1", "RoleBinding", {
    metadata: metadata("web"),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
    subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop" }],
  }),
  image: {
    type: "docker:index/image:Image",
    options,
    properties: {
      imageName: "registry.example.com/web",
      build: { context: "./images/web", args: { NODE_ENV: "production" } },
    },
  },
  container: {
    type: "docker:index/container:Container",
    options,
    properties: {
      image: `registry.example.com/web@${digest}`,
      user: "10001:10001",
      readOnly: true,
      memory: 64,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
    },
  },
};

/** A fresh copy of the compliant program. */
export function compliantProgram(): SampleProgram {
  // A structured clone would keep what parts share, and an edit of one would change them all.
  return JSON.parse(JSON.stringify(program)) as SampleProgram;
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
