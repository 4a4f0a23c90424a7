import { type Case, each } from "./case.js";

const statefulTypes = [
  ...[
    "dynamodb/table:Table",
    "ebs/volume:Volume",
    "efs/fileSystem:FileSystem",
    "elasticache/replicationGroup:ReplicationGroup",
  ],
  ...["kms/key:Key", "rds/cluster:Cluster", "rds/instance:Instance", "s3/bucket:Bucket", "s3/bucketV2:BucketV2"],
];

const otherStatefulTypes = [
  ...["docdb/cluster:Cluster", "neptune/cluster:Cluster", "opensearch/domain:Domain", "redshift/cluster:Cluster"].map(
    type => `aws:${type}`,
  ),
  ...["databaseCluster:DatabaseCluster", "spacesBucket:SpacesBucket", "volume:Volume"].map(
    type => `digitalocean:index/${type}`,
  ),
  ...[
    "compute/disk:Disk",
    "spanner/instance:Instance",
    "sql/databaseInstance:DatabaseInstance",
    "storage/bucket:Bucket",
  ].map(type => `gcp:${type}`),
];

const provider = (name: string) => ({ urn: "u", type: `pulumi:providers:${name}`, name: "default", properties: {} });

export const pulumiCases: readonly Case[] = [
  ...each([...statefulTypes.map(type => `aws:${type}`), ...otherStatefulTypes, "docker:index/volume:Volume"], type => [
    "pulumi-protect-stateful",
    { "/x": { type, properties: {}, options: { protect: false } } },
    true,
  ]),
  ["pulumi-protect-stateful", { "/x": { type: "aws:rds/instance:Instance", properties: {} } }, false],
  ["pulumi-default-provider", { "/web/provider/name": "default" }, true],
  ["pulumi-default-provider", { "/web/provider/name": "defaults" }, false],
  [
    "pulumi-default-provider",
    {
      "/x": {
        type: "pulumi:pulumi:StackReference",
        properties: {},
        provider: { urn: "u", type: "pulumi:providers:pulumi", name: "default", properties: {} },
      },
    },
    false,
  ],
  ...each(["random", "tls", "command", "pulumi-nodejs"], name => [
    "pulumi-default-provider",
    { "/x": { type: `${name}:index:X`, properties: {}, provider: provider(name) } },
    false,
  ]),
  ...each(["docker", "aws", "randomly"], name => [
    "pulumi-default-provider",
    { "/x": { type: `${name}:index:X`, properties: {}, provider: provider(name) } },
    true,
  ]),
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "aws:rds/instance:Instance", properties: { nested: [{ password: "horse" }] } } },
    true,
  ],
  ["pulumi-secret-unmarked", { "/settings/properties/data": { password: "horse" } }, false],
  ["pulumi-secret-unmarked", { "/credentials/properties/data": { token: "aG9yc2U=" } }, true],
  ...each<[string, boolean]>(
    [
      ["-----BEGIN EC PRIVATE KEY-----", true],
      ['{"auths":{"r.example.com":{"auth":"dXNlcjpob3JzZQ=="}}}', true],
      ["-----BEGIN CERTIFICATE-----", false],
      ["web", false],
    ],
    ([text, isBroken]) => [
      "pulumi-secret-unmarked",
      { "/credentials/properties/data": { file: Buffer.from(text).toString("base64") } },
      isBroken,
    ],
  ),
  // Of anything else the form decides as it stands.
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "x:index:App", properties: { data: { file: btoa("-----BEGIN EC PRIVATE KEY-----") } } } },
    false,
  ],
  ["pulumi-secret-unmarked", { "/x": { type: "x:index:App", properties: { plaintextValue: "horse" } } }, true],
  ["pulumi-secret-unmarked", { "/x": { type: "x:index:App", properties: { envs: ["DB_PASSWORD=horse"] } } }, true],
  ["pulumi-secret-unmarked", { "/x": { type: "pulumi:pulumi:Stack", properties: { password: "horse" } } }, false],
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "aws:rds/instance:Instance", properties: { nested: [{ "a/b": 1 }, { password: "horse" }] } } },
    true,
    {},
    "must mark nested.1.password as a secret",
  ],
];
