import { X509Certificate } from "node:crypto";
import { edgeSerial } from "../src/edge.js";
import { type Kubectl, until } from "../src/kubectl.js";
import type { Lab } from "../src/lab.js";
import { isReady, type Pod, type Secret } from "../src/objects.js";
import { lastLine } from "../src/process.js";
import { type Certificate, isIssued } from "../src/ready.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** Runs in the API's container, with its environment and its clients: what the stores answer to a client without TLS. */
const plaintext = `
import pg from "pg";
import { Redis } from "ioredis";
const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: database, DATABASE_USER: user, DATABASE_PASSWORD: password } = process.env;
const answer = promise => promise.then(() => "accepted", error => "refused: " + (error.message || error.code));
const client = new pg.Client({ host, port: Number(port), database, user, password, ssl: false, connectionTimeoutMillis: 10000 });
const database_ = await answer(client.connect());
await client.end().catch(() => undefined);
const { CACHE_HOST, CACHE_PORT, CACHE_USER: username, CACHE_PASSWORD } = process.env;
const redis = new Redis({ host: CACHE_HOST, port: Number(CACHE_PORT), username, password: CACHE_PASSWORD, lazyConnect: true,
  retryStrategy: null, maxRetriesPerRequest: 0, connectTimeout: 10000 });
redis.on("error", () => undefined);
const cache = await answer(redis.connect().then(() => redis.ping()));
redis.disconnect();
console.log(JSON.stringify({ database: database_, cache }));
process.exit(0);
`;

/** In the same place: serial numbers of the certificates that the stores and the API show now, each verified by the private authority. */
const shown = `
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import pg from "pg";
const ca = readFileSync(process.env.TLS_CA_FILE, "utf8");
const serialAt = (host, port, servername = host) => new Promise((resolve, reject) => {
  const socket = connect({ host, port, servername, ca }, () => {
    resolve(socket.getPeerCertificate().serialNumber);
    socket.destroy();
  });
  socket.setTimeout(10000, () => socket.destroy(new Error("no answer")));
  socket.on("error", reject);
});
const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: database, DATABASE_USER: user, DATABASE_PASSWORD: password } = process.env;
const client = new pg.Client({ host, port: Number(port), database, user, password, ssl: { ca }, connectionTimeoutMillis: 10000 });
await client.connect();
const databaseSerial = client.connection.stream.getPeerCertificate().serialNumber;
await client.end();
console.log(JSON.stringify({
  database: databaseSerial,
  cache: await serialAt(process.env.CACHE_HOST, Number(process.env.CACHE_PORT)),
  api: await serialAt("127.0.0.1", Number(process.env.PORT), "api"),
}));
process.exit(0);
`;

async function inApi({ kubectl, namespaces }: Lab, script: string): Promise<Record<string, string>> {
  const pods = await kubectl.list<Pod>([
    "pods",
    "--namespace",
    namespaces.app,
    "--selector",
    "app.kubernetes.io/instance=api",
  ]);
  const pod = pods.find(isReady);
  promise(pod !== undefined, "no pod of the API is Ready");
  const at = { namespace: namespaces.app, pod: pod.metadata.name, container: "api" };
  const outcome = await kubectl.exec(at, ["node", "--input-type=module", "-"], { input: script, timeoutSeconds: 60 });
  promise(outcome.code === 0, `in the API's pod: ${lastLine(outcome)}`);
  return JSON.parse(outcome.stdout) as Record<string, string>;
}

async function secretCertificate(kubectl: Kubectl, namespace: string, name: string): Promise<X509Certificate> {
  const { data = {} } = await kubectl.get<Secret>("secret", name, namespace);
  return new X509Certificate(Buffer.from(data["tls.crt"] ?? "", "base64"));
}

/** As cert-manager's own command line asks for a renewal. */
async function renew(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  const certificate = await kubectl.get<Certificate>("certificate.cert-manager.io", name, namespace);
  const issuing = {
    type: "Issuing",
    status: "True",
    reason: "ManuallyTriggered",
    message: "Renewal asked for by lab/verify",
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    observedGeneration: certificate.metadata.generation,
  };
  const conditions = [...(certificate.status?.conditions ?? []).filter(({ type }) => type !== "Issuing"), issuing];
  const patch = ["--type=merge", "--patch", JSON.stringify({ status: { conditions } })];
  await kubectl.run([
    "patch",
    "certificate.cert-manager.io",
    name,
    "--namespace",
    namespace,
    "--subresource=status",
    ...patch,
  ]);
}

/** Every container's identity: one that was started again has another. */
async function starts({ kubectl }: Lab): Promise<string[]> {
  const pods = await kubectl.list<Pod>(["pods", "--all-namespaces", "--selector", "bulkhead.dev/stack"]);
  return pods
    .flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).map(
        ({ name, restartCount }) =>
          `${metadata.namespace ?? ""}/${metadata.name}/${name} ${metadata.uid} ${restartCount}`,
      ),
    )
    .sort();
}

/** Longest from a renewal to the new certificate: the kubelet looks at Secrets every minute or so, programs at files every half. */
const mostSeconds = 240;

async function run(lab: Lab): Promise<Figures> {
  const { kubectl, namespaces } = lab;
  const certificates = await kubectl.list<Certificate>(["certificates.cert-manager.io", "--all-namespaces"]);
  promiseNone(
    certificates.filter(each => !isIssued(each)).map(({ metadata }) => metadata.name),
    "not issued",
  );
  const publicIssuer = (await secretCertificate(kubectl, namespaces.app, "edge-public-tls")).issuer;

  const refused = await inApi(lab, plaintext);
  promiseNone(
    Object.entries(refused)
      .filter(([, answer]) => !answer.startsWith("refused"))
      .map(([store]) => store),
    "accepts a client without TLS",
  );

  const places: Record<string, { namespace: string; certificate: string }> = {
    database: { namespace: namespaces.data, certificate: "database-tls" },
    cache: { namespace: namespaces.data, certificate: "cache-tls" },
    api: { namespace: namespaces.app, certificate: "api-tls" },
    edge: { namespace: namespaces.app, certificate: "edge-public-tls" },
  };
  const nowShown = async (): Promise<Record<string, string>> => ({
    ...(await inApi(lab, shown)),
    edge: await edgeSerial(kubectl, lab.edge, namespaces.app),
  });
  const before = await nowShown();
  const running = await starts(lab);
  const renewing = performance.now();
  for (const { namespace, certificate } of Object.values(places)) await renew(kubectl, namespace, certificate);

  const renewedAfter: Record<string, number> = {};
  const waiting = (): string[] => Object.keys(places).filter(place => !(place in renewedAfter));
  await until("the new certificates are shown", mostSeconds, async () => {
    const serials = await nowShown();
    for (const place of waiting()) {
      const { namespace = "", certificate = "" } = places[place] ?? {};
      const { serialNumber } = await secretCertificate(kubectl, namespace, certificate);
      if (serials[place] !== before[place] && serials[place] === serialNumber) {
        renewedAfter[place] = Math.round((performance.now() - renewing) / 1000);
        lab.note(`${place} shows its new certificate after ${renewedAfter[place]} s`);
      }
    }
    return waiting().length === 0;
  }).catch((error: unknown) => {
    throw waiting().length === 0
      ? error
      : new Error(`no new certificate within ${mostSeconds} s at ${waiting().join(", ")}`);
  });
  const after = await starts(lab);
  promiseNone(
    running.filter(each => !after.includes(each)),
    "started again by the renewal",
  );
  return { certificates: certificates.length, publicIssuer, plaintext: refused, renewedAfterSeconds: renewedAfter };
}

export const stage: Stage = {
  id: 5,
  title: "certificates are issued and renewed without a restart, and the stores refuse clients without TLS",
  run,
};
