import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** A Deployment that says all that a hardened one says: 1.7 kB of YAML. */
function deployment(name: string): object {
  const labels = {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "bench",
  };
  const amounts = { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" };
  const probe = { httpGet: { path: "/healthz", port: "http" } };
  const container = {
    name: "app",
    image: `registry.example.com/app:1.0@${digest}`,
    ports: [{ name: "http", containerPort: 8080 }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
    ],
    resources: { requests: amounts, limits: amounts },
    readinessProbe: probe,
    livenessProbe: probe,
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
  const pod = {
    automountServiceAccountToken: false,
    serviceAccountName: name,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop", labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  };
}

/** YAML in the block style that people and Helm write. */
export function deployments(count: number): string {
  return Array.from({ length: count }, (_, index) => block(deployment(`app-${index}`), "")).join("---\n");
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value
      .map(item =>
        isScalar(item)
          ? `${indent}- ${JSON.stringify(item)}\n`
          : `${indent}- ${block(item, `${indent}  `).slice(indent.length + 2)}`,
      )
      .join("");
  }
  return Object.entries(value as object)
    .map(([key, item]) =>
      isScalar(item) ? `${indent}${key}: ${JSON.stringify(item)}\n` : `${indent}${key}:\n${block(item, `${indent}  `)}`,
    )
    .join("");
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

/** A program of a number of Deployments in components of ten, in a temporary folder whose modules are the repository's. */
export function programOf(count: number, repository: string): string {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "src"));
  const files = {
    "Pulumi.yaml": "name: bench\nruntime: {name: nodejs, options: {typescript: false}}\n",
    "Pulumi.dev.yaml": "config: {}\n",
    "package.json": JSON.stringify({ name: "bench", main: "src/index.js" }),
    "src/index.js": `
const pulumi = require("@pulumi/pulumi");
const k8s = require("@pulumi/kubernetes");
const body = ${JSON.stringify(deployment("NAME"))};
const provider = new k8s.Provider("cluster", { kubeconfig: "{}" });
class Group extends pulumi.ComponentResource {
  constructor(name, size, opts) {
    super("bench:index:Group", name, {}, opts);
    for (let i = 0; i < size; i++) {
      const own = name + "-" + i;
      new k8s.apps.v1.Deployment(own, JSON.parse(JSON.stringify(body).replaceAll("NAME", own)), { parent: this });
    }
    this.registerOutputs({});
  }
}
for (let left = ${count}, n = 0; left > 0; left -= 10, n++) new Group("g" + n, Math.min(10, left), { provider });
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
