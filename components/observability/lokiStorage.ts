/** A bucket, as Loki's configuration has it. */
export interface S3 {
  bucket: string;
  region: string;
  /** First day whose lines are in it. */
  from: string;
  /** @default Amazon's, of the region */
  endpoint?: string;
  /** File of the authorities that sign its certificate. @default the system's */
  caFile?: string;
}

/** No stack has older lines. */
export const firstDay = "2024-04-01";

const period = (from: string, store: "filesystem" | "s3"): object => ({
  from,
  store: "tsdb",
  object_store: store,
  schema: "v13",
  index: { prefix: "index_", period: "24h" },
});

/** Parts of loki.yaml that say where lines and index are: in the volume, from a day on in a bucket. Amazon's SDK finds the credentials. */
export function lokiStorage(s3: S3 | undefined): { schema_config: object; storage_config?: object } {
  const inVolume = period(firstDay, "filesystem");
  if (s3 === undefined) return { schema_config: { configs: [inVolume] } };
  const { bucket, region, from, endpoint, caFile } = s3;
  return {
    schema_config: { configs: [inVolume, period(from, "s3")] },
    storage_config: {
      aws: {
        bucketnames: bucket,
        region,
        ...(endpoint === undefined ? {} : { endpoint, s3forcepathstyle: true }),
        ...(caFile === undefined ? {} : { http_config: { ca_file: caFile } }),
      },
    },
  };
}
