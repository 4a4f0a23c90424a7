import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { images } from "../../components/images/catalogue";
import type { LogsS3Settings } from "../../components/observability/logsS3";
import { Loki, type LokiArgs } from "../../components/observability/loki";
import { at, type Deployment, deploy, isSecret, placement, refusal } from "../support/deploy";

const minimal: LokiArgs = { namespace: placement, images: images() };
const keys = { accessKeyId: "AKIAPLANTED", secretAccessKey: "planted" };
const least: LogsS3Settings = {
  bucket: "flowmarine-logs",
  region: "eu-central-1",
  from: "2026-12-01",
  credentials: keys,
};
const roleArn = "arn:aws:iam::123456789012:role/logs";
const withRole: LogsS3Settings = { bucket: "flowmarine-logs", region: "eu-central-1", from: "2026-12-01", roleArn };
const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

const loki = (s3: LogsS3Settings, args: Partial<LokiArgs> = {}) =>
  deploy(opts => new Loki("logs", { ...minimal, s3, ...args }, opts));
const filesOf = (deployed: Deployment) =>
  at(deployed.get("ConfigMap", "logs-config").inputs, "data") as Record<string, string>;
const configOf = (deployed: Deployment) => JSON.parse(filesOf(deployed)["loki.yaml"] ?? "") as object;
const podOf = (deployed: Deployment) => at(deployed.get("StatefulSet", "logs").inputs, "spec.template.spec");

describe("Loki's bucket", () => {
  it("is used from its day on, for lines and index; those of the days before stay in the volume", async () => {
    const config = configOf(await loki(least));
    const periods = at(config, "schema_config.configs") as object[];
    assert.deepEqual(
      periods.map(period => [at(period, "from"), at(period, "object_store")]),
      [
        ["2024-04-01", "filesystem"],
        ["2026-12-01", "s3"],
      ],
    );
    assert.deepEqual(at(config, "storage_config"), { aws: { bucketnames: "flowmarine-logs", region: "eu-central-1" } });
  });

  it("is none unless asked for", async () => {
    const deployed = await deploy(opts => new Loki("logs", minimal, opts));
    const config = configOf(deployed);
    assert.equal(at(config, "schema_config.configs.length"), 1);
    assert.equal(at(config, "storage_config"), undefined);
    assert.deepEqual(deployed.all("Secret"), []);
  });

  it("is opened by keys that are in a Secret, marked as such, and nowhere else", async () => {
    const deployed = await loki(least);
    const { inputs, wire } = deployed.get("Secret", "logs-s3");
    assert.deepEqual(at(inputs, "stringData"), {
      credentials: "[default]\naws_access_key_id = AKIAPLANTED\naws_secret_access_key = planted\n",
    });
    assert.ok(isSecret(at(wire, "stringData")) || isSecret(at(wire, "stringData.credentials")));
    assert.equal(at(inputs, "immutable"), true);
    const leaks = deployed.resources.filter(
      r => !r.type.endsWith(":Secret") && /planted/i.test(JSON.stringify(r.inputs)),
    );
    assert.deepEqual(
      leaks.map(r => r.urn),
      [],
    );
    const pod = podOf(deployed);
    assert.deepEqual(at(pod, "containers.0.env"), [
      { name: "AWS_REGION", value: "eu-central-1" },
      { name: "AWS_SHARED_CREDENTIALS_FILE", value: "/run/bulkhead/s3/credentials" },
      { name: "GOMAXPROCS", value: "1" },
    ]);
    const mounts = at(pod, "containers.0.volumeMounts") as { name: string; mountPath: string; readOnly: boolean }[];
    assert.deepEqual(
      mounts.filter(({ name }) => name === "s3"),
      [{ name: "s3", mountPath: "/run/bulkhead/s3", readOnly: true }],
    );
  });

  it("is opened by a role that the pod's account takes on, without any key", async () => {
    const deployed = await loki(withRole);
    const account = deployed.get("ServiceAccount", "logs").inputs;
    assert.deepEqual(at(account, "metadata.annotations"), { "eks.amazonaws.com/role-arn": roleArn });
    assert.equal(at(account, "automountServiceAccountToken"), false);
    assert.deepEqual(deployed.all("Secret"), []);
    assert.deepEqual(at(podOf(deployed), "containers.0.env"), [
      { name: "AWS_REGION", value: "eu-central-1" },
      { name: "GOMAXPROCS", value: "1" },
    ]);
  });

  it("may be of another store, by path, with authorities of its own, also beside alerts", async () => {
    const s3 = { ...least, endpoint: "https://s3.example:9000", ca };
    const deployed = await loki(s3, { alerts: { stack: "observability" } });
    assert.deepEqual(at(configOf(deployed), "storage_config.aws"), {
      bucketnames: "flowmarine-logs",
      region: "eu-central-1",
      endpoint: "https://s3.example:9000",
      s3forcepathstyle: true,
      http_config: { ca_file: "/etc/bulkhead/s3-ca.pem" },
    });
    assert.equal(filesOf(deployed)["s3-ca.pem"], ca);
    const volumes = at(podOf(deployed), "volumes") as { configMap?: { items?: { key: string; path: string }[] } }[];
    const items = volumes.flatMap(({ configMap }) => configMap?.items ?? []);
    assert.ok(items.some(({ key, path }) => key === "s3-ca.pem" && path === "s3-ca.pem"));
  });

  it("is all that is reached outside, on its port; with a role, Amazon's token service too", async () => {
    const portsOf = async (s3: LogsS3Settings) => {
      const { spec } = (await loki(s3)).get("NetworkPolicy", "logs-egress-s3").inputs as { spec: object };
      return (at(spec, "egress.0.ports") as { port: number }[]).map(({ port }) => port);
    };
    const endpoint = "https://s3.example:9000";
    assert.deepEqual(await portsOf(least), [443]);
    assert.deepEqual(await portsOf({ ...least, endpoint }), [9000]);
    assert.deepEqual(await portsOf({ ...withRole, endpoint }), [9000, 443]);
    const narrow = (await loki({ ...least, to: ["192.0.2.0/24"] })).get("NetworkPolicy", "logs-egress-s3").inputs;
    assert.deepEqual(at(narrow, "spec.egress.0.to"), [{ ipBlock: { cidr: "192.0.2.0/24" } }]);
  });

  it("takes from the volume what the retention needs, but for what waits and for the index", async () => {
    const years = { retentionDays: 730, volumeGiB: 10 };
    assert.match(
      await refusal(o => new Loki("logs", { ...minimal, ...years }, o)),
      /^Loki "logs": volumeGiB must be at least 320 to keep/,
    );
    const claim = (await loki(least, years)).get("PersistentVolumeClaim", "logs-data").inputs;
    assert.equal(at(claim, "spec.resources.requests.storage"), "10Gi");
    assert.equal(
      await refusal(o => new Loki("logs", { ...minimal, ...years, volumeGiB: 9, s3: least }, o)),
      'Loki "logs": volumeGiB must be at least 10 to keep 1024 MiB a day for 730 days, got 9',
    );
  });

  it("is refused in one sentence when it cannot be, which shows no secret", async () => {
    const refused = (changed: object, of: LogsS3Settings = least) =>
      refusal(o => new Loki("logs", { ...minimal, s3: { ...of, ...changed } }, o));
    const name =
      "s3.bucket must be a bucket's name: 3 to 63 lower-case letters, digits, inner hyphens and single dots, and no address, got ";
    const cases: [message: Promise<string>, expected: string][] = [
      [refused({ bucket: "Logs" }), `${name}"Logs"`],
      [refused({ bucket: "a..b" }), `${name}"a..b"`],
      [refused({ bucket: "one,two" }), `${name}"one,two"`],
      [refused({ bucket: "192.0.2.1" }), `${name}"192.0.2.1"`],
      [refused({ region: "EU" }), 's3.region must be a region, such as eu-central-1, got "EU"'],
      [refused({ from: "tomorrow" }), 's3.from must be a day, YYYY-MM-DD, got "tomorrow"'],
      [refused({ from: "2026-02-30" }), 's3.from must be a day that exists, got "2026-02-30"'],
      [refused({ from: "2024-04-01" }), 's3.from must be after 2024-04-01, got "2024-04-01"'],
      [
        refused({ endpoint: "http://s3.example" }),
        's3.endpoint must be a URL that starts with https://, got "http://s3.example"',
      ],
      [refused({ endpoint: "https://id:planted@s3.example" }), "s3.endpoint must be a URL without user and password"],
      [
        refused({ ca: `${ca}-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----` }),
        "s3.ca must be certificates as PEM, and nothing else",
      ],
      [refused({ credentials: undefined }), "s3 must have either credentials or roleArn"],
      [refused({ roleArn }), "s3 must have either credentials or roleArn"],
      [
        refused({ roleArn: "logs" }, withRole),
        's3.roleArn must be a role, such as arn:aws:iam::123456789012:role/logs, got "logs"',
      ],
      [refused({ credentials: { accessKeyId: "id" } }), "s3.credentials.secretAccessKey must be given"],
      [refused({ credentials: { secretAccessKey: "planted" } }), "s3.credentials.accessKeyId must be given"],
      [
        refused({ credentials: { ...keys, secretAccessKey: "planted\ncredential_process = sh" } }),
        "s3.credentials.secretAccessKey must be one line without spaces",
      ],
      [refused({ to: [] }), "egress s3: to must be a list of texts, not empty, got an empty list"],
    ];
    for (const [message, expected] of cases) assert.equal(await message, `Loki "logs": ${expected}`);
    for (const [s3, got] of [
      ["bucket", '"bucket"'],
      [null, "null"],
    ] as unknown as [LogsS3Settings, string][]) {
      const message = await refusal(o => new Loki("logs", { ...minimal, s3 }, o));
      assert.equal(message, `Loki "logs": s3 must be an object, got ${got}`);
    }
  });

  it("takes keys that are known later, and makes no Secret of what is none then", async () => {
    const later = async (secretAccessKey: string) => {
      const credentials = { accessKeyId: pulumi.output("id"), secretAccessKey: pulumi.secret(secretAccessKey) };
      return (await loki({ ...least, credentials })).all("Secret").map(({ inputs }) => at(inputs, "stringData"));
    };
    const credentials = "[default]\naws_access_key_id = id\naws_secret_access_key = planted\n";
    assert.deepEqual(await later("planted"), [{ credentials }]);
    assert.deepEqual(await later("planted\ncredential_process = sh"), []);
  });
});
