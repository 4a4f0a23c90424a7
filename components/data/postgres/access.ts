import { exporterRole, type PostgresServer, superuser } from "./server";

/** Operating-system name of the uid that the server runs as; peer authentication and initdb look it up in /etc/passwd. */
const osUser = "postgres";

/**
 * pg_hba.conf: over the network only the application's role, only into its own database, only with TLS and scram. The superuser has no
 * password and is reachable through the socket alone, by the server's own uid.
 */
export function pgHbaConf(server: PostgresServer): string {
  return [
    `local   all        ${superuser}     peer map=maintenance`,
    `local   all        all              reject`,
    `hostssl postgres   ${exporterRole}  127.0.0.1/32  scram-sha-256`,
    `hostssl postgres   ${exporterRole}  ::1/128       scram-sha-256`,
    `host    all        ${exporterRole}  all           reject`,
    `hostssl ${server.database} ${server.user} all scram-sha-256`,
    `host    all        all              all           reject`,
    "",
  ].join("\n");
}

export function pgIdentConf(): string {
  return `maintenance ${osUser} ${superuser}\n`;
}

/** /etc/passwd of the container. initdb refuses a uid without a name, and an image knows only its own. */
export function passwd(server: Pick<PostgresServer, "uid" | "gid" | "paths">): string {
  return `${osUser}:x:${server.uid}:${server.gid}:PostgreSQL:${server.paths.scratch}:/bin/sh\n`;
}
