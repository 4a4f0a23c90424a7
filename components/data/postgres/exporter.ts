import type { ExporterCommand } from "../exporter";
import { exporterPassword, exporterRole, type PostgresServer } from "./server";

/** postgres_exporter, as the role that is known inside the pod only. */
export function postgresExporter(server: PostgresServer, program: string, listen: string): ExporterCommand {
  const { paths, port } = server;
  return {
    command: [program, `--web.listen-address=${listen}`, `--web.config.file=${paths.config}/exporter-web.yml`],
    env: {
      DATA_SOURCE_URI: `localhost:${port}/postgres?sslmode=verify-full&sslrootcert=${paths.tls}/ca.crt`,
      DATA_SOURCE_USER: exporterRole,
      DATA_SOURCE_PASS_FILE: exporterPassword(server),
    },
  };
}
