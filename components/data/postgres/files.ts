import { credentialsScript } from "../credentials";
import { exporterWebConfig } from "../exporterWebConfig";
import { passwd, pgHbaConf, pgIdentConf } from "./access";
import { postgresqlConf } from "./conf";
import { rolesSql } from "./rolesSql";
import { probeScript, startScript, stewardScript } from "./scripts";
import { checkPostgresServer, exporterRole, type PostgresServer } from "./server";

/**
 * Everything that is mounted at `paths.config`, by file name. Holds no secret.
 * @throws InvalidSetting when a setting cannot work
 */
export function postgresFiles(server: PostgresServer): Record<string, string> {
  checkPostgresServer(server);
  return {
    "postgresql.conf": postgresqlConf(server),
    "pg_hba.conf": pgHbaConf(server),
    "pg_ident.conf": pgIdentConf(),
    "roles.sql": rolesSql(server),
    passwd: passwd(server),
    "credentials.sh": credentialsScript(server.paths.credentials, [exporterRole]),
    "start.sh": startScript(server),
    "steward.sh": stewardScript(server),
    "probe.sh": probeScript(server),
    "exporter-web.yml": exporterWebConfig(server.paths.tls),
  };
}
