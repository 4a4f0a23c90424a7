import { digestFunction, keepAliveFunction, script, superviseFunction } from "../shell";
import { dataDirectory, exporterPassword, type PostgresServer, superuser } from "./server";

/** Puts the server's programs on PATH: Debian keeps them in a folder of their own, other images have them there already. */
const findPrograms = `
[ -d "/usr/lib/postgresql/$VERSION/bin" ] && PATH="/usr/lib/postgresql/$VERSION/bin:$PATH"
command -v postgres >/dev/null || refuse "the image has no postgres: neither on PATH nor in /usr/lib/postgresql/$VERSION/bin"
`.trim();

/** 17 brings a collation that no change of the C library can alter, and so no image can corrupt an index with. */
function localeOptions(version: number): string {
  const locale = version >= 17 ? "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C" : "--locale=C.UTF-8";
  // initdb starts a server of its own, before our configuration exists: see huge_pages in conf.ts. 15 has no such option.
  return `--encoding=UTF8 ${locale}${version >= 16 ? " --set=huge_pages=off" : ""}`;
}

/**
 * Main process of the container. An empty volume is initialised in a folder beside its final place and renamed when complete: a start that
 * was killed leaves nothing that the next one would take for data. Data of another major version is refused, untouched.
 *
 * SIGTERM would let PostgreSQL wait for the last client to leave. It gets SIGINT instead: sessions end, what is open is rolled back, a
 * checkpoint is written.
 */
export function startScript(server: PostgresServer): string {
  const { paths } = server;
  return script(
    "start",
    {
      VERSION: server.version,
      VOLUME: paths.volume,
      PGDATA: dataDirectory(server),
      CONF: `${paths.config}/postgresql.conf`,
    },
    `
${findPrograms}
program=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')
[ "$program" = "$VERSION" ] || refuse "the component is set to version $VERSION, the image holds PostgreSQL $program"
[ ! -e "$VOLUME/PG_VERSION" ] || refuse "the volume has a cluster at its root; this component keeps it in $PGDATA: move it there"

if [ -d "$PGDATA" ]; then
  held=$(cat "$PGDATA/PG_VERSION" 2>/dev/null) || refuse "$PGDATA exists but is no PostgreSQL cluster: it has no PG_VERSION"
  [ "$held" = "$VERSION" ] || refuse "the volume holds data of PostgreSQL $held, the image is $VERSION: dump and restore, or pg_upgrade"
else
  say "the volume is empty: initialising PostgreSQL $VERSION"
  rm -rf "$PGDATA.init"
  initdb --pgdata="$PGDATA.init" --username=${superuser} --auth-local=peer --auth-host=reject --data-checksums \\
    ${localeOptions(server.version)} --no-instructions
  mv "$PGDATA.init" "$PGDATA"
  sync
fi
# The kubelet opens a volume to the pod's group; PostgreSQL refuses to start in a folder that others can write to.
chmod 0700 "$PGDATA"
${superviseFunction}
supervise INT postgres -D "$PGDATA" -c config_file="$CONF"
`,
  );
}

/**
 * Keeps roles, passwords and certificate as they are declared while the server runs: a new password or certificate on disk takes
 * effect within `pollSeconds`, without a restart. A container of its own, beside the server, with the server's image and socket.
 */
export function stewardScript(server: PostgresServer): string {
  const { paths } = server;
  return script(
    "steward",
    {
      VERSION: server.version,
      SOCKET: paths.socket,
      PORT: server.port,
      ROLES: `${paths.config}/roles.sql`,
      PASSWORD: `${paths.secrets}/password`,
      EXPORTER: exporterPassword(server),
      TLS: paths.tls,
      HEARTBEAT: heartbeat(server),
    },
    `
${findPrograms}
${digestFunction}
${keepAliveFunction}
as_superuser() { psql -X -q -h "$SOCKET" -p "$PORT" -U ${superuser} -d postgres -v ON_ERROR_STOP=1 "$@" >/dev/null; }
roles=''
certificate=''
round() {
  pg_isready -q -h "$SOCKET" -p "$PORT" || return 0
  now=$(digest "$ROLES" "$PASSWORD" "$EXPORTER") || return 0
  if [ "$now" != "$roles" ]; then
    if as_superuser -f "$ROLES"; then
      roles=$now
      say "roles, passwords and database are as declared"
    else
      say "could not apply roles; trying again"
    fi
  fi
  now=$(digest "$TLS/tls.crt" "$TLS/tls.key") || return 0
  if [ "$now" != "$certificate" ] && as_superuser -c 'SELECT pg_reload_conf()'; then
    certificate=$now
    say "the server has been told to read its certificate"
  fi
}
keep_alive round ${server.pollSeconds} "$HEARTBEAT"
`,
  );
}

export const heartbeat = (server: PostgresServer): string => `${server.paths.scratch}/steward.alive`;

/**
 * `live`: the postmaster answers, if only with "starting up" or "too many clients", so a long recovery is not shot. `started`: it accepts
 * sessions. `ready`: a query works (on a connection reserved for superusers) and the application's role and database exist.
 */
export function probeScript(server: PostgresServer): string {
  const { database, user, paths } = server;
  const wanted = `SELECT 1 / count(*) FROM pg_database, pg_authid WHERE datname = '${database}' AND rolname = '${user}' AND rolpassword LIKE 'SCRAM%'`;
  return script(
    "probe",
    { VERSION: server.version, SOCKET: paths.socket, PORT: server.port },
    `
${findPrograms}
case "\${1:-}" in
  live)
    status=0
    pg_isready -q -h "$SOCKET" -p "$PORT" || status=$?
    [ "$status" -le 1 ]
    ;;
  started) pg_isready -q -h "$SOCKET" -p "$PORT" ;;
  ready) psql -X -q -h "$SOCKET" -p "$PORT" -U ${superuser} -d postgres -c "${wanted}" >/dev/null ;;
  *) refuse "usage: probe.sh live|started|ready" ;;
esac
`,
  );
}
