import type { ExporterCommand } from "../exporter";
import { exporterPassword, exporterRole, type PostgresServer } from "./server";

/** Collectors that the exporter (0.12 or later) has and does not run by itself: how near the server is to the end of its transaction ids. */
export const moreCollectors: readonly string[] = ["database_wraparound"];

/**
 * postgres_exporter, as the role that is known inside the pod only.
 *
 * @param collectors to run beside its usual ones
 */
export function postgresExporter(
  server: PostgresServer,
  program: string,
  listen: string,
  collectors: readonly string[] = [],
): ExporterCommand {
  const { paths, port } = server;
  return {
    command: [
      program,
      `--web.listen-address=${listen}`,
      `--web.config.file=${paths.config}/exporter-web.yml`,
      ...collectors.map(name => `--collector.${name}`),
    ],
    env: {
      DATA_SOURCE_URI: `localhost:${port}/postgres?sslmode=verify-full&sslrootcert=${paths.tls}/ca.crt`,
      DATA_SOURCE_USER: exporterRole,
      DATA_SOURCE_PASS_FILE: exporterPassword(server),
    },
  };
}
