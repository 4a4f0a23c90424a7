import { resourceRule, violation } from "../../rule.js";

/** What holds data that nothing else holds. */
const stateful = new Set([
  "aws:docdb/cluster:Cluster",
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
  "aws:efs/fileSystem:FileSystem",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
  "aws:neptune/cluster:Cluster",
  "aws:opensearch/domain:Domain",
  "aws:rds/cluster:Cluster",
  "aws:rds/instance:Instance",
  "aws:redshift/cluster:Cluster",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "digitalocean:index/databaseCluster:DatabaseCluster",
  "digitalocean:index/spacesBucket:SpacesBucket",
  "digitalocean:index/volume:Volume",
  "docker:index/volume:Volume",
  "gcp:compute/disk:Disk",
  "gcp:spanner/instance:Instance",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:storage/bucket:Bucket",
  "kubernetes:core/v1:PersistentVolumeClaim",
]);

export const protectStateful = resourceRule({
  id: "pulumi-protect-stateful",
  title: "What holds data is protected from deletion",
  why: "A rename, a changed name or a removed line deletes the volume or the database at the next `pulumi up`, and its data with it.",
  severity: "high",
  level: "mandatory",
  docs: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
  remediation: "Set the option `protect: true`; our components set it on what holds data.",
  reads: ["options.protect"],

  // A Kubernetes file has no options: nothing of Pulumi deletes what it declares.
  applies: ({ type, input }) => stateful.has(type) && input.options !== undefined,
  check: ({ inputs, input }) =>
    input.options?.protect === true ? [] : [violation(inputs, "must be protected: option protect")],

  examples: {
    pass: {},
    fail: { "not protected": { "/claim/options/protect": false } },
  },
});
