import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as bulkhead from "../../components/index";
import { readSettings } from "./settings";

const { host, registry, proxy, exposure, replicas, databaseGiB, deletionProtection, ...settings } = readSettings();
const password = new pulumi.Config().requireSecret("databasePassword");
const images = bulkhead.images(settings.images);

const opts = {
  providers: {
    kubernetes: new k8s.Provider("cluster", {
      clusterIdentifier: `express-mariadb-${pulumi.getStack()}`,
      enableSecretMutable: true,
    }),
    docker: new docker.Provider("docker", {}),
  },
};
const image = (name: string) =>
  new bulkhead.ContainerImage(
    `${name}-image`,
    { repository: `${registry}/${name}`, tag: pulumi.getStack(), context: name, target: "runtime" },
    opts,
  );

const { issuer } = new bulkhead.CertificateAuthority("notes-ca", { deletionProtection }, opts);
const namespace = new bulkhead.SecureNamespace("notes", { issuer, deletionProtection }, opts);
const data = new bulkhead.SecureNamespace("notes-data", { issuer, deletionProtection }, opts);

const database = new bulkhead.MariaDbDatabase(
  "database",
  { namespace: data, images, password, database: "notes", user: "notes", storageGiB: databaseGiB, deletionProtection },
  opts,
);
const migration = { command: ["node", "migrate.js"] };
const env = { DATABASE_POOL_SIZE: `${bulkhead.connectionsPerPod(database, [{ replicas }], 1)}` };
const app = new bulkhead.WebService(
  "app",
  { namespace, image: image("app"), links: [database], env, migration, replicas },
  opts,
);
const web = new bulkhead.WebService("web", { namespace, image: image("web"), links: [app], replicas }, opts);
const edge = new bulkhead.EdgeGateway(
  "edge",
  {
    namespace,
    images,
    sites: [{ hosts: [host], routes: [{ path: "/", to: web }] }],
    // Then nobody else gets in, or is believed about who the client is.
    ...(proxy === "cloudflare" ? { trustedProxies: { ranges: proxy } } : {}),
    exposure,
    replicas,
  },
  opts,
);

export const url = `https://${host}`;
export const services = { app: app.host, web: web.host, edge: edge.host };
