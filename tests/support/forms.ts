import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  AdmissionPolicies,
  CertificateAuthority,
  ContainerImage,
  images as catalogueImages,
  EdgeGateway,
  type Link,
  type Linkable,
  MariaDbDatabase,
  ObservabilityStack,
  PostgresDatabase,
  RedisCache,
  ScheduledJob,
  SecureNamespace,
  StaticSite,
  TelemetryCollector,
  WebService,
  Worker,
} from "../../components/index";
import type { Exception } from "../../components/lib/exceptions";
import { placement } from "./deploy";

type Options = pulumi.ComponentResourceOptions;

/** The two forms in which every component is tested: with nothing but what it requires, and with every option on. */
export interface Forms {
  minimal: (name: string, opts: Options) => unknown;
  full: (name: string, opts: Options) => unknown;
}

export const image = `registry.example/app@sha256:${"a".repeat(64)}`;
export const context = join(__dirname, "../fixtures/image");

/** An exception that is used: hostPath is what the transform of the full form adds. */
export const exception: Exception = {
  rule: "k8s-host-path",
  reason: "reads a device of the node",
  owner: "platform",
  expires: "2099-12-31",
};

/** A data store as a consumer sees one. */
export const store = (name: string): Linkable => ({
  link: (): Link => ({
    name,
    peer: { namespace: "flowmarine-data", podLabels: { "app.kubernetes.io/instance": name } },
    ports: [5432],
    env: { [`${name.toUpperCase()}_HOST`]: `${name}.flowmarine-data.svc` },
    secretEnv: { [`${name.toUpperCase()}_PASSWORD`]: pulumi.secret("hunter2") },
    ready: [],
  }),
});

const workload = {
  namespace: placement,
  image,
  command: ["/usr/bin/app"],
  args: ["--verbose"],
  env: { MODE: "test" },
  secretEnv: { SESSION_SECRET: pulumi.secret("hunter3") },
  cpuMillis: 250,
  memoryMiB: 512,
  writablePaths: [
    { path: "/tmp", sizeMiB: 32 },
    { path: "/run/app", memory: true },
  ],
  links: [store("database")],
  egress: [
    { name: "slack", to: "public" as const },
    { name: "smtp", to: ["192.0.2.0/24"], ports: [587] },
  ],
};
const autoscale = { minReplicas: 2, maxReplicas: 6, cpuPercent: 60 };
const { issuer } = placement;

const images = catalogueImages();
const dataPlacement = { ...placement, namespaceName: "flowmarine-data" };
const nodePlacement = { ...placement, namespaceName: "flowmarine-node" };
const nodeAccess = { owner: "platform", expires: "2099-12-31" };
const password = pulumi.secret("hunter2hunter2hunter2");
const collector = (name: string, opts: Options) =>
  new TelemetryCollector(`${name}-otel`, { namespace: placement, images }, opts);

const probed = (name: string, opts: Options) => new WebService(`${name}-probed`, { namespace: placement, image }, opts);

/** By the class's name as components/index.ts exports it. A component that is missing here fails tests/contract.test.ts. */
export const forms: Record<string, Forms> = {
  AdmissionPolicies: {
    minimal: (name, opts) => new AdmissionPolicies(name, {}, opts),
    full: (name, opts) =>
      new AdmissionPolicies(
        name,
        {
          environment: "local",
          mode: "audit",
          config: { "k8s-labels": "disabled" },
          trustedUsers: ["system:serviceaccount:cert-manager:cert-manager"],
          settleSeconds: 0,
        },
        opts,
      ),
  },
  CertificateAuthority: {
    minimal: (name, opts) => new CertificateAuthority(name, {}, opts),
    full: (name, opts) =>
      new CertificateAuthority(name, { certManagerNamespace: "certs", years: 5, deletionProtection: false }, opts),
  },
  ContainerImage: {
    minimal: (name, opts) =>
      new ContainerImage(name, { repository: `registry.example/${name}`, tag: "v1", context }, opts),
    full: (name, opts) =>
      new ContainerImage(
        name,
        {
          repository: `registry.example/${name}`,
          tag: "v1",
          context,
          dockerfile: join(context, "Dockerfile"),
          target: "runtime",
          buildArgs: { APP_VERSION: "1.2.3" },
          cacheFrom: [`registry.example/${name}:cache`],
          platform: "linux/arm64",
          registry: { server: "registry.example", username: "ci", password: pulumi.secret("hunter2") },
          transform: args => args,
        },
        opts,
      ),
  },
  EdgeGateway: {
    minimal: (name, opts) => {
      const to = new WebService(`${name}-web`, { namespace: placement, image }, opts);
      return new EdgeGateway(
        name,
        { namespace: placement, images, sites: [{ hosts: ["app.example"], routes: [{ path: "/", to }] }] },
        opts,
      );
    },
    full: (name, opts) => {
      const to = new WebService(`${name}-web`, { namespace: placement, image }, opts);
      return new EdgeGateway(
        name,
        {
          namespace: placement,
          images,
          sites: [
            {
              hosts: ["app.example", "www.app.example"],
              routes: [
                { path: "/login", match: "exact", to, limit: "login" },
                { path: "/ws", match: "exact", to, webSocket: true, webSocketIdleSeconds: 600 },
                { path: "/api", to, identity: "optional", maxBodyKiB: 512 },
                { path: "/", to },
              ],
              cors: { allowOrigins: ["https://other.example"] },
            },
          ],
          identity: { verifier: to, path: "/verify" },
          limits: { tiers: { standard: { perMinute: 60, burst: 10 } } },
          requests: { maxBodyKiB: 2048 },
          leastTls: "1.2",
          trustedProxies: { ranges: "cloudflare" },
          nginxVersion: "1.30.5",
          exposure: "LoadBalancer",
          acme: { email: "platform@example.com" },
          autoscale,
          cpuMillis: 500,
          memoryMiB: 512,
          drainSeconds: 60,
          transform: { deployment: args => args, service: args => args },
        },
        opts,
      );
    },
  },
  MariaDbDatabase: {
    minimal: (name, opts) => new MariaDbDatabase(name, { namespace: dataPlacement, images, password }, opts),
    full: (name, opts) =>
      new MariaDbDatabase(
        name,
        {
          namespace: dataPlacement,
          images,
          password,
          backend: { kind: "standalone" },
          version: "11.4",
          allowUpgrade: true,
          database: "shop",
          user: "shop",
          cpuMillis: 500,
          memoryMiB: 1024,
          storageGiB: 50,
          storageClass: "fast",
          maxConnections: 50,
          tlsMinVersion: "1.2",
          binlogDays: 14,
          deletionProtection: true,
        },
        opts,
      ),
  },
  ObservabilityStack: {
    minimal: (name, opts) =>
      new ObservabilityStack(
        name,
        {
          namespace: placement,
          nodeNamespace: nodePlacement,
          images,
          collector: collector(name, opts),
          targets: [],
          nodeAccess,
        },
        opts,
      ),
    full: (name, opts) =>
      new ObservabilityStack(
        name,
        {
          namespace: placement,
          nodeNamespace: nodePlacement,
          images,
          collector: collector(name, opts),
          targets: [
            new WebService(`${name}-api`, { namespace: placement, image, metricsPath: "/metrics" }, opts),
            new Worker(`${name}-worker`, { namespace: placement, image, metricsPort: 9464 }, opts),
          ],
          nodeAccess,
          metrics: { remoteWrite: { url: "https://metrics.example/api/v1/write", token: pulumi.secret("hunter4") } },
          kubeStateMetrics: {},
          containerMetrics: { verifyKubelet: true, nodes: ["10.0.0.0/24"] },
          certManager: { namespace: "cert-manager" },
          probes: [
            { name: "site", url: "https://app.example/" },
            { name: "live", url: "wss://app.example/ws", status: 401, through: probed(name, opts) },
          ],
          grafana: {
            adminPassword: password,
            publicUrl: "https://grafana.example/",
            oidc: {
              authUrl: "https://id.example/authorize",
              tokenUrl: "https://id.example/token",
              userInfoUrl: "https://id.example/userinfo",
              clientId: "grafana",
              clientSecret: pulumi.secret("hunter5"),
              roleAttributePath: "contains(groups[*], 'platform') && 'Admin' || 'Viewer'",
            },
          },
          storageClass: "fast",
          deletionProtection: true,
        },
        opts,
      ),
  },
  PostgresDatabase: {
    minimal: (name, opts) => new PostgresDatabase(name, { namespace: dataPlacement, images, password }, opts),
    full: (name, opts) =>
      new PostgresDatabase(
        name,
        {
          namespace: dataPlacement,
          images,
          password,
          backend: { kind: "standalone" },
          version: 16,
          database: "shop",
          user: "shop",
          cpuMillis: 500,
          memoryMiB: 1024,
          storageGiB: 50,
          storageClass: "fast",
          maxConnections: 50,
          tlsMinVersion: "1.2",
          extensions: ["pg_trgm"],
          logSlowMillis: 250,
          deletionProtection: true,
        },
        opts,
      ),
  },
  RedisCache: {
    minimal: (name, opts) => new RedisCache(name, { namespace: dataPlacement, images, password }, opts),
    full: (name, opts) =>
      new RedisCache(
        name,
        {
          namespace: dataPlacement,
          images,
          password,
          backend: { kind: "standalone" },
          mode: "durable",
          user: "shop",
          extraCommands: ["keys"],
          cpuMillis: 200,
          memoryMiB: 512,
          storageGiB: 4,
          storageClass: "fast",
          tlsMinVersion: "1.2",
          deletionProtection: true,
        },
        opts,
      ),
  },
  ScheduledJob: {
    minimal: (name, opts) => new ScheduledJob(name, { namespace: placement, image, schedule: "0 3 * * *" }, opts),
    full: (name, opts) =>
      new ScheduledJob(
        name,
        {
          ...workload,
          schedule: "*/15 2-4 * * mon-fri",
          timeZone: "Europe/Berlin",
          deadlineSeconds: 600,
          startingDeadlineSeconds: 60,
          retries: 2,
          history: { succeeded: 2, failed: 5 },
          suspended: true,
          transform: { cronJob: args => args },
        },
        opts,
      ),
  },
  SecureNamespace: {
    minimal: (name, opts) => new SecureNamespace(name, { issuer }, opts),
    full: (name, opts) =>
      new SecureNamespace(
        name,
        {
          issuer,
          podSecurity: "restricted",
          quota: {
            cpuMillis: 4000,
            cpuLimitMillis: 8000,
            memoryMiB: 8192,
            ephemeralMiB: 4096,
            storageMiB: 0,
            pods: 20,
          },
          dnsPodLabels: { "k8s-app": "coredns" },
          deletionProtection: false,
        },
        opts,
      ),
  },
  StaticSite: {
    minimal: (name, opts) => new StaticSite(name, { namespace: placement, image }, opts),
    full: (name, opts) =>
      new StaticSite(
        name,
        {
          namespace: placement,
          image,
          exporterImage: images.nginxExporter,
          nginxVersion: "1.30.5",
          contentFolder: "/usr/share/site",
          singlePage: false,
          immutablePaths: ["/static"],
          maxAgeSeconds: 60,
          port: 9443,
          autoscale,
          cpuMillis: 100,
          memoryMiB: 128,
          drainSeconds: 30,
          transform: { deployment: args => args, service: args => args },
        },
        opts,
      ),
  },
  TelemetryCollector: {
    minimal: (name, opts) => new TelemetryCollector(name, { namespace: placement, images }, opts),
    full: (name, opts) =>
      new TelemetryCollector(
        name,
        {
          namespace: placement,
          images,
          tracesEndpoint: "https://traces.example",
          queueGiB: 4,
          logs: {
            s3: {
              bucket: "flowmarine-logs",
              region: "eu-central-1",
              from: "2026-12-01",
              credentials: { accessKeyId: "AKIA", secretAccessKey: pulumi.secret("hunter6") },
            },
          },
          cpuMillis: 200,
          memoryMiB: 512,
          storageClass: "fast",
          deletionProtection: true,
        },
        opts,
      ),
  },
  WebService: {
    minimal: (name, opts) => new WebService(name, { namespace: placement, image }, opts),
    full: (name, opts) =>
      new WebService(
        name,
        {
          ...workload,
          port: 9443,
          healthPath: "/healthz",
          metricsPath: "/metrics",
          autoscale,
          drainSeconds: 60,
          migration: { command: ["/usr/bin/migrate"], deadlineSeconds: 300 },
          transform: { deployment: args => args, service: args => args },
        },
        opts,
      ),
  },
  Worker: {
    minimal: (name, opts) => new Worker(name, { namespace: placement, image }, opts),
    full: (name, opts) =>
      new Worker(
        name,
        {
          ...workload,
          health: { exec: ["/usr/bin/app", "health"], periodSeconds: 30 },
          metricsPort: 9464,
          metricsPath: "/metrics",
          autoscale,
          drainSeconds: 120,
          rollout: "recreate",
          transform: { deployment: args => args },
        },
        opts,
      ),
  },
};

/** What a form's component is called in a program that has them all: `web-service-full`. */
export function formName(kind: string, form: keyof Forms): string {
  return `${kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}-${form}`;
}
