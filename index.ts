import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  CertificateAuthority,
  images as catalogueImages,
  ObservabilityStack,
  PostgresDatabase,
  RedisCache,
  ScheduledJob,
  SecureNamespace,
  TelemetryCollector,
  WebService,
  Worker,
} from "./components/index.js";
import { readSecrets, readSettings } from "./config.js";
import { ownImages } from "./images/own.js";

const settings = readSettings();
const secrets = readSecrets();
const { environment, cluster } = settings;
const { deletionProtection } = cluster;
const images = catalogueImages(settings.images);
const own = ownImages(settings.images);

const provider = new k8s.Provider("cluster", {
  ...(secrets.kubeconfig === undefined ? {} : { kubeconfig: secrets.kubeconfig }),
  ...(cluster.context === undefined ? {} : { context: cluster.context }),
  // Without it a renewed kubeconfig looks like another cluster, and everything would be replaced.
  clusterIdentifier: `flowmarine-${pulumi.getStack()}`,
});
const opts = { provider };

const { issuer } = new CertificateAuthority(
  "flowmarine-ca",
  { certManagerNamespace: cluster.certManagerNamespace, deletionProtection },
  opts,
);
const app = new SecureNamespace("flowmarine", { issuer, deletionProtection }, opts);
const data = new SecureNamespace("flowmarine-data", { issuer, deletionProtection }, opts);
const monitoring = new SecureNamespace("flowmarine-monitoring", { issuer, deletionProtection }, opts);
const node = new SecureNamespace("flowmarine-node", { issuer, deletionProtection, podSecurity: "privileged" }, opts);

const telemetry = new TelemetryCollector("telemetry", { namespace: monitoring, images, deletionProtection }, opts);
const database = new PostgresDatabase(
  "database",
  {
    namespace: data,
    images,
    password: secrets.databasePassword,
    database: "flowmarine",
    user: "flowmarine",
    deletionProtection,
    ...settings.database,
  },
  opts,
);
const cache = new RedisCache(
  "cache",
  {
    namespace: data,
    images,
    password: secrets.cachePassword,
    user: "flowmarine",
    deletionProtection,
    ...settings.cache,
  },
  opts,
);
const api = new WebService(
  "api",
  {
    namespace: app,
    image: own.backend,
    links: [database, cache, telemetry],
    migration: { command: ["node", "dist/migrate.js"] },
    metricsPath: "/metrics",
    ...settings.api,
  },
  opts,
);
const worker = new Worker(
  "worker",
  { namespace: app, image: own.backend, command: ["node", "dist/worker.js"], links: [database, cache, telemetry] },
  opts,
);
const observability = new ObservabilityStack(
  "observability",
  {
    namespace: monitoring,
    nodeNamespace: node,
    images,
    collector: telemetry,
    targets: [database, cache, api, worker],
    nodeAccess: { owner: "platform", expires: "2027-06-30" },
    deletionProtection,
  },
  opts,
);
export const url = `https://${settings.edge.host}`;
export const prometheus = observability.prometheusUrl;
