import { credentialsScript } from "../credentials";
import { exporterWebConfig } from "../exporterWebConfig";
import { myCnf } from "./conf";
import { probeScript, startScript, stewardScript } from "./scripts";
import { checkMariaDbServer, exporterUser, type MariaDbServer, superuser } from "./server";

/** /etc/passwd of the container: the superuser's socket login maps the uid to this name, and an image knows only its own. */
function passwd(server: MariaDbServer): string {
  return `${superuser}:x:${server.uid}:${server.gid}:MariaDB:${server.paths.scratch}:/bin/sh\n`;
}

/** The exporter takes its password from an option file only; it is made in the pod, of the password that is made in the pod. */
function exporterOptions({ paths, port }: MariaDbServer): string {
  return `
cat >"$FOLDER/${exporterUser}/.my.cnf" <<CNF
[client]
user = ${exporterUser}
password = $(cat "$FOLDER/${exporterUser}/password")
host = localhost
port = ${port}
ssl-ca = ${paths.tls}/ca.crt
CNF
mv "$FOLDER/${exporterUser}/.my.cnf" "$FOLDER/${exporterUser}/my.cnf"
`;
}

/**
 * Everything that is mounted at `paths.config`, by file name. Holds no secret.
 * @throws InvalidSetting when a setting cannot work
 */
export function mariaDbFiles(server: MariaDbServer): Record<string, string> {
  checkMariaDbServer(server);
  return {
    "my.cnf": myCnf(server),
    passwd: passwd(server),
    "credentials.sh": credentialsScript(server.paths.credentials, [exporterUser], exporterOptions(server)),
    "start.sh": startScript(server),
    "steward.sh": stewardScript(server),
    "probe.sh": probeScript(server),
    "exporter-web.yml": exporterWebConfig(server.paths.tls),
  };
}
