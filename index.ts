import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as bulkhead from "./components/index";
import { publicAcmeServer, readSecrets, readSettings, unheard } from "./config";
import { ownImages } from "./images/own";
import type { OutputsInput } from "./outputs";

const settings = readSettings();
const secrets = readSecrets();
const { environment, cluster, edge, observability: watch } = settings;
const { deletionProtection } = cluster;
const images = bulkhead.images(settings.images);
const own = ownImages(settings.images);

const provider = new k8s.Provider(
  "cluster",
  bulkhead.compact({
    context: cluster.context,
    kubeconfig: secrets.kubeconfig,
    // Without it a renewed kubeconfig looks like another cluster, and everything would be replaced.
    clusterIdentifier: `flowmarine-${pulumi.getStack()}`,
    // A store reads a new password while it runs: its Secret must change in place. The other Secrets are immutable, and so replaced.
    enableSecretMutable: true,
  }),
);
const opts = { provider };

const { certManagerNamespace } = cluster;
const { issuer } = new bulkhead.CertificateAuthority(
  "flowmarine-ca",
  { certManagerNamespace, deletionProtection },
  opts,
);
const space = { issuer, deletionProtection };
const app = new bulkhead.SecureNamespace("flowmarine", space, opts);
const data = new bulkhead.SecureNamespace("flowmarine-data", space, opts);
const monitoring = new bulkhead.SecureNamespace("flowmarine-monitoring", space, opts);
if (cluster.admission !== "off") {
  // Before all that has exceptions.
  const trustedUsers = [`system:serviceaccount:${certManagerNamespace}:cert-manager`];
  new bulkhead.AdmissionPolicies("flowmarine-admission", { environment, mode: cluster.admission, trustedUsers }, opts);
}
const nodeAccess = { owner: "platform", expires: "2027-06-30" };
const seesNode = { rule: "k8s-psa-label", reason: "agents that must see the node, and nothing else", ...nodeAccess };
const node = new bulkhead.SecureNamespace(
  "flowmarine-node",
  { ...space, podSecurity: "privileged", exceptions: [seesNode] },
  opts,
);

const stored = bulkhead.compact({ images, deletionProtection, storageClass: cluster.storageClass });
// At sea and in port somebody always asks: an edge that logs nothing is not seen to work.
const sources = environment === "production" ? ["edge"] : [];
const logs = {
  retentionDays: watch.logsDays,
  volumeGiB: watch.logsGiB,
  alerts: { stack: "observability", sources, overrides: watch.alerts },
};
const telemetry = new bulkhead.TelemetryCollector("telemetry", { namespace: monitoring, ...stored, logs }, opts);
const user = { user: "flowmarine" };
const database = new bulkhead.PostgresDatabase(
  "database",
  {
    namespace: data,
    ...stored,
    ...user,
    database: "flowmarine",
    password: secrets.databasePassword,
    ...settings.database,
  },
  opts,
);
const cache = new bulkhead.RedisCache(
  "cache",
  { namespace: data, ...stored, ...user, password: secrets.cachePassword, ...settings.cache },
  opts,
);

const { logLevel, ...apiSize } = settings.api;
const { simulateFeed, ...workerSize } = settings.worker;
const poolSize = bulkhead.connectionsPerPod(database, [apiSize, workerSize], 2);
const backend = {
  namespace: app,
  image: own.backend,
  links: [database, cache, telemetry],
  env: { LOG_LEVEL: logLevel, ENVIRONMENT: environment, DATABASE_POOL_SIZE: `${poolSize}` },
  secretEnv: { JWT_SECRET: secrets.jwtSecret },
};
const api = new bulkhead.WebService(
  "api",
  { ...backend, migration: { command: ["node", "dist/migrate.js"] }, metricsPath: "/metrics", ...apiSize },
  opts,
);
const worker = new bulkhead.Worker(
  "worker",
  {
    ...backend,
    env: { ...backend.env, SIMULATE_FEED: `${simulateFeed}` },
    command: ["node", "dist/worker.js"],
    metricsPort: 9464,
    // Its migration brings the schema.
    after: [api],
    ...workerSize,
  },
  opts,
);
const prune = new bulkhead.ScheduledJob(
  "prune",
  { ...backend, links: [database], schedule: "15 3 * * *", command: ["node", "dist/jobs/prune.js"] },
  opts,
);
const nginxVersion = bulkhead.versionOf("nginx", images.nginx);
const web = new bulkhead.StaticSite(
  "web",
  { namespace: app, image: own.frontend, exporterImage: images.nginxExporter, nginxVersion, ...settings.web },
  opts,
);

const { host, proxy, ...edgeSize } = edge;
const gateway = new bulkhead.EdgeGateway(
  "edge",
  {
    namespace: app,
    images,
    identity: { verifier: api, path: "/api/auth/verify" },
    limits: { tiers: { standard: { perMinute: 600, burst: 60 }, premium: { perMinute: 3000, burst: 300 } } },
    sites: [
      {
        hosts: [host],
        routes: [
          { path: "/api/auth/login", match: "exact", to: api, limit: "login" },
          { path: "/api/auth/refresh", match: "exact", to: api, limit: "login" },
          { path: "/api/auth/logout", match: "exact", to: api, clearSiteData: true },
          { path: "/api", to: api, identity: "optional" },
          { path: "/ws", match: "exact", to: api, webSocket: true },
          { path: "/", to: web },
        ],
      },
    ],
    ...(proxy === "none" ? {} : { trustedProxies: { ranges: proxy } }),
    ...edgeSize,
  },
  opts,
);

const { slackWebhookUrl, watchdogUrl } = secrets;
for (const warning of unheard(settings, secrets)) void pulumi.log.warn(warning);
const { acme } = edge;
// An address with a certificate of our own authority is not public: its checks ask the edge itself.
const asked = acme === undefined ? { through: gateway } : { trusted: acme.trusted ?? acme.server === publicAcmeServer };
const observability = new bulkhead.ObservabilityStack(
  "observability",
  {
    namespace: monitoring,
    nodeNamespace: node,
    nodeAccess,
    ...stored,
    collector: telemetry,
    targets: [database, cache, api, worker, web, gateway],
    certManager: { namespace: certManagerNamespace },
    probes: [
      { name: "site", url: `https://${host}/`, ...asked },
      { name: "api", url: `https://${host}/api/health`, ...asked },
      // Nobody is let in without a token: that answer comes from the service, all the way through.
      { name: "live", url: `wss://${host}/ws`, status: 401, ...asked },
    ],
    metrics: { retentionDays: watch.metricsDays, volumeGiB: watch.metricsGiB },
    ...(watch.grafana ? { grafana: { adminPassword: secrets.grafanaAdminPassword } } : {}),
    ...(watch.kubeStateMetrics ? { kubeStateMetrics: {} } : {}),
    ...(watch.containerMetrics ? { containerMetrics: {} } : {}),
    ...(watch.slackChannel === undefined || slackWebhookUrl === undefined
      ? {}
      : { receivers: [{ kind: "slack", name: "slack", channel: watch.slackChannel, webhookUrl: slackWebhookUrl }] }),
    ...(watchdogUrl === undefined ? {} : { watchdog: { url: watchdogUrl } }),
    alerts: watch.alerts,
  },
  opts,
);

const url = `https://${host}`;
const outputs: OutputsInput = {
  contractVersion: 1,
  environment,
  url,
  apiUrl: `${url}/api`,
  namespaces: {
    app: app.namespaceName,
    data: data.namespaceName,
    monitoring: monitoring.namespaceName,
    node: node.namespaceName,
  },
  services: {
    api: { host: api.host, port: api.port, tlsSecretName: api.tlsSecretName },
    web: { host: web.host, port: web.port, tlsSecretName: web.tlsSecretName },
    edge: { host: gateway.host, port: 443, tlsSecretName: gateway.tlsSecretName },
  },
  database: database.outputs,
  cache: cache.outputs,
  observability: bulkhead.compact({
    grafanaUrl: observability.grafanaUrl,
    prometheus: observability.prometheusUrl,
    alertmanager: observability.alertmanagerUrl,
    loki: observability.lokiUrl,
    otlp: observability.otlpUrl,
  }),
  network: Object.fromEntries([api, worker, prune, web, gateway].map(component => [component.name, component.reaches])),
  images: { ...images, backend: bulkhead.imageReference(own.backend), frontend: bulkhead.imageReference(own.frontend) },
};
export = outputs;
