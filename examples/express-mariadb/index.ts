import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  CertificateAuthority,
  ContainerImage,
  images as catalogueImages,
  SecureNamespace,
  WebService,
} from "../../components/index.js";
import { readSettings } from "./settings.js";

const { host, registry, replicas, databaseGiB, deletionProtection } = readSettings();
const password = new pulumi.Config().requireSecret("databasePassword");
const images = catalogueImages();

const opts = {
  providers: {
    kubernetes: new k8s.Provider("cluster", { clusterIdentifier: `express-mariadb-${pulumi.getStack()}` }),
    docker: new docker.Provider("docker", {}),
  },
};
const image = (name: string) =>
  new ContainerImage(
    `${name}-image`,
    { repository: `${registry}/${name}`, tag: pulumi.getStack(), context: name, target: "runtime" },
    opts,
  );

const { issuer } = new CertificateAuthority("notes-ca", { deletionProtection }, opts);
const namespace = new SecureNamespace("notes", { issuer, deletionProtection }, opts);
const data = new SecureNamespace("notes-data", { issuer, deletionProtection }, opts);

const app = new WebService(
  "app",
  { namespace, image: image("app"), migration: { command: ["node", "migrate.js"] }, replicas },
  opts,
);
const web = new WebService("web", { namespace, image: image("web"), links: [app], replicas }, opts);

export const url = `https://${host}`;
