import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkDay, checkHttpsUrl, checkObject, checkSecret, checkText } from "../lib/check";
import type { Component } from "../lib/component";
import type { Mount, Volume } from "../lib/volumes";
import { type Egress, openEgress, type Peer } from "../network/link";
import { firstDay, type S3 } from "./lokiStorage";
import { configFolder } from "./singleton";

/**
 * A bucket for lines and their index, in the place of the volume. Encryption by a key of one's own, versions and replication are set on
 * the bucket; what is too old, the log store deletes there itself.
 */
export interface LogsS3Settings {
  /** Of this log store alone: two would delete each other's lines. */
  bucket: string;
  /** Such as `eu-central-1`; where a store has none, mostly `us-east-1`. */
  region: string;
  /**
   * First day (UTC, `YYYY-MM-DD`) whose lines go to the bucket; those of the days before stay in the volume until their time is over. Where
   * lines are stored already it is a day to come: what the volume has of this day and later is not found any more. From then on it stays as
   * it is, and so does the bucket.
   */
  from: string;
  /** `https://…` of another store than Amazon's; it gets the bucket's name in the path. @default Amazon's, of the region */
  endpoint?: string;
  /** Authorities that may have signed the store's certificate, as PEM. @default the image's */
  ca?: string;
  /** Keys that may list, read, write and delete in the bucket. @default none; then `roleArn` */
  credentials?: { accessKeyId: pulumi.Input<string>; secretAccessKey: pulumi.Input<string> };
  /**
   * Amazon's role that the pod takes on by its account's token (EKS: IAM roles for service accounts), instead of keys. A node's role does
   * not do: pods do not reach what gives out its credentials. @default none; then `credentials`
   */
  roleArn?: string;
  /** Addresses of the store (and with a role, of Amazon's token service), for the NetworkPolicy. @default any public address */
  to?: Egress["to"];
}

const secretFolder = "/run/bulkhead/s3";
const caName = "s3-ca.pem";

/** What Loki and its pod get for a bucket. */
interface Bucket {
  config: S3;
  /** Beside its configuration. */
  files: Record<string, string>;
  container: { env: Record<string, string>; mounts?: Mount[] };
  pod: { volumes?: Volume[]; accountAnnotations?: Record<string, string> };
}

/** The way out to a bucket, its credentials in a Secret, and what configuration and pod say of it. */
export function logsS3(owner: Component, from: Peer, settings: LogsS3Settings): Bucket {
  owner.checked(() => checkS3(settings));
  const { ca, credentials, roleArn, to = "public", ...config } = settings;
  const port = config.endpoint === undefined ? 443 : Number(new URL(config.endpoint).port || 443);
  openEgress(owner, from, { name: "s3", to, ports: roleArn === undefined ? [port] : [...new Set([port, 443])] });
  const bucket = {
    config: { ...config, ...(ca === undefined ? {} : { caFile: `${configFolder}/${caName}` }) },
    files: ca === undefined ? {} : { [caName]: ca },
  };
  const env = { AWS_REGION: config.region };
  if (credentials === undefined) {
    const accountAnnotations = { "eks.amazonaws.com/role-arn": roleArn ?? "" };
    return { ...bucket, container: { env }, pod: { accountAnnotations } };
  }
  const secret = owner.child(
    k8s.core.v1.Secret,
    "s3",
    {
      metadata: { namespace: from.namespace },
      immutable: true,
      stringData: { credentials: credentialsFile(owner, credentials) },
    },
    { autonamed: true },
  );
  return {
    ...bucket,
    container: {
      env: { ...env, AWS_SHARED_CREDENTIALS_FILE: `${secretFolder}/credentials` },
      mounts: [{ volume: "s3", path: secretFolder }],
    },
    pod: { volumes: [{ name: "s3", secret: secret.metadata.name }] },
  };
}

/** Each is a line of a file in which other lines may run programs. */
const isKey = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

/** Amazon's file of credentials. */
function credentialsFile(
  owner: Component,
  { accessKeyId, secretAccessKey }: NonNullable<LogsS3Settings["credentials"]>,
): pulumi.Output<string> {
  return pulumi.secret(pulumi.all([accessKeyId, secretAccessKey])).apply(([id, secret]) => {
    for (const [name, value] of Object.entries({ accessKeyId: id, secretAccessKey: secret })) {
      if (!isKey(value)) owner.fail(`s3.credentials.${name} must be one line without spaces`);
    }
    return `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  });
}

function checkS3(settings: LogsS3Settings): void {
  checkObject("s3", settings);
  const { bucket, region, from, endpoint, ca, credentials, roleArn } = settings;
  if ((credentials === undefined) === (roleArn === undefined)) {
    throw new RangeError("s3 must have either credentials or roleArn");
  }
  checkText(
    "s3.bucket",
    bucket,
    "a bucket's name: 3 to 63 lower-case letters, digits, inner hyphens and single dots, and no address",
    /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  );
  checkText("s3.region", region, "a region, such as eu-central-1", /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  checkDay("s3.from", from);
  if (from <= firstDay) throw new RangeError(`s3.from must be after ${firstDay}, got "${from}"`);
  if (endpoint !== undefined) checkHttpsUrl("s3.endpoint", endpoint);
  if (ca !== undefined && !isCertificates(ca)) {
    // It may be the wrong file: a key.
    throw new RangeError("s3.ca must be certificates as PEM, and nothing else");
  }
  if (roleArn !== undefined) {
    const rule = "a role, such as arn:aws:iam::123456789012:role/logs";
    checkText("s3.roleArn", roleArn, rule, /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/);
  }
  if (credentials === undefined) return;
  checkObject("s3.credentials", credentials);
  for (const member of ["accessKeyId", "secretAccessKey"] as const) {
    checkSecret(`s3.credentials.${member}`, credentials[member]);
    const value: unknown = credentials[member];
    if (typeof value === "string" && !isKey(value)) {
      throw new RangeError(`s3.credentials.${member} must be one line without spaces`);
    }
  }
}

const isCertificates = (value: unknown): boolean =>
  typeof value === "string" &&
  /^(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(value.trimStart());
