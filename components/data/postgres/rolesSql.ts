import { applicationConnections, exporterConnections } from "./memory";
import { exporterPassword, exporterRole, type PostgresServer } from "./server";

/**
 * Sets a password that the server reads from its own file system: it crosses no connection, and stands in no statement that could be
 * logged or seen in pg_stat_activity. An error says which role, never the statement it happened in.
 */
function setPassword(role: string, file: string): string {
  return `DO $do$
DECLARE
  secret text := rtrim(pg_read_file('${file}'), E'\\r\\n');
BEGIN
  IF secret = '' THEN
    RAISE EXCEPTION 'the password file of role ${role} is empty';
  END IF;
  EXECUTE format('ALTER ROLE ${role} PASSWORD %L', secret);
EXCEPTION
  WHEN raise_exception THEN RAISE;
  WHEN OTHERS THEN RAISE EXCEPTION 'could not set the password of role ${role} (SQLSTATE %)', SQLSTATE;
END
$do$;`;
}

const plainRole = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

function role(name: string, connections: number): string {
  return `SELECT 'CREATE ROLE ${name}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec
ALTER ROLE ${name} WITH ${plainRole} CONNECTION LIMIT ${connections};`;
}

/**
 * Roles, passwords, database and extensions: says what must be, so it can be run at any time and any number of times. Needs superuser on a
 * local socket. What the application made itself stays untouched.
 */
export function rolesSql(server: PostgresServer): string {
  const { database, user, paths } = server;
  const sessions = applicationConnections(server);
  const extensions = server.extensions.map(name => `CREATE EXTENSION IF NOT EXISTS "${name}";\n`).join("");
  const statistics = server.preloadLibraries.includes("pg_stat_statements")
    ? "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n"
    : "";
  return `\\set ON_ERROR_STOP on
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET password_encryption = 'scram-sha-256';
SET client_min_messages = 'warning';

${role(user, sessions)}
${setPassword(user, `${paths.secrets}/password`)}

${role(exporterRole, exporterConnections)}
${setPassword(exporterRole, exporterPassword(server))}
GRANT pg_monitor TO ${exporterRole};

SELECT 'CREATE DATABASE ${database} OWNER ${user}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec
REVOKE ALL ON DATABASE ${database}, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO ${exporterRole};
${statistics}
\\connect ${database}
SET client_min_messages = 'warning';
${extensions}`;
}
