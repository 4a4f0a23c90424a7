import { digestFunction, keepAliveFunction, script, superviseFunction } from "../shell";
import { dataDirectory, exporterUser, type MariaDbServer, socketFile, superuser } from "./server";

/** Debian keeps the server in a folder that is on no user's PATH. */
const findPrograms = `
PATH="$PATH:/usr/sbin"
command -v mariadbd >/dev/null || refuse "the image has no mariadbd: neither on PATH nor in /usr/sbin"
`.trim();

/** Shell function `older A B`: whether release series A came before B. */
const olderFunction = `
older() { [ "$1" != "$2" ] && [ "$(printf '%s\\n%s\\n' "$1" "$2" | sort -t . -k 1,1n -k 2,2n | head -n 1)" = "$1" ]; }
`.trim();

/** Shell function `upgrade`: converts the system tables with nobody connected: on a socket that no probe and no steward knows. */
const upgradeFunction = `
upgrade() {
  mariadbd --defaults-file="$CONF" --skip-networking --socket="$SOCKET.upgrade" &
  server=$!
  until mariadb-admin --no-defaults --socket="$SOCKET.upgrade" --silent ping 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || refuse "the server ended while it was to be upgraded"
    sleep 1
  done
  mariadb-upgrade --no-defaults --socket="$SOCKET.upgrade" --user=${superuser} --tmpdir="$VOLUME/tmp"
  mariadb-admin --no-defaults --socket="$SOCKET.upgrade" --user=${superuser} shutdown
  wait "$server"
}
`.trim();

/**
 * Main process of the container. An empty volume is initialised in a folder beside its final place and renamed when complete: a start that
 * was killed leaves nothing that the next one would take for data. Data of a newer series is refused, of an older one unless allowed.
 */
export function startScript(server: MariaDbServer): string {
  const { paths } = server;
  const variables = {
    VERSION: server.version,
    VOLUME: paths.volume,
    DATA: dataDirectory(server),
    CONF: `${paths.config}/my.cnf`,
    SOCKET: socketFile(server),
    ALLOW_UPGRADE: server.allowUpgrade ? "yes" : "no",
  };
  return script(
    "start",
    variables,
    `
${findPrograms}
${olderFunction}
${upgradeFunction}
program=$(mariadbd --no-defaults --version | sed 's/^.*Ver \\([0-9]*\\.[0-9]*\\).*/\\1/')
[ "$program" = "$VERSION" ] || refuse "the component is set to version $VERSION, the image holds MariaDB $program"
[ ! -d "$VOLUME/mysql" ] || refuse "the volume has a data directory at its root; this component keeps it in $DATA: move it there"

rm -rf "$VOLUME/tmp"
mkdir -p "$VOLUME/tmp" "$VOLUME/binlog"
if [ -d "$DATA" ]; then
  held=$(cat "$DATA/bulkhead_series" 2>/dev/null) || refuse "$DATA was not made by this component: it has no bulkhead_series"
  if older "$VERSION" "$held"; then
    refuse "the volume holds data of MariaDB $held, the image is $VERSION: an older server would damage it"
  fi
  if older "$held" "$VERSION"; then
    [ "$ALLOW_UPGRADE" = yes ] ||
      refuse "the volume holds data of MariaDB $held, the image is $VERSION: take a backup, then set allowUpgrade"
    say "upgrading the data from MariaDB $held to $VERSION"
    upgrade
    echo "$VERSION" >"$DATA/bulkhead_series"
  fi
else
  say "the volume is empty: initialising MariaDB $VERSION"
  rm -rf "$DATA.init" "$VOLUME/binlog"
  mkdir "$VOLUME/binlog"
  mariadb-install-db --no-defaults --datadir="$DATA.init" --tmpdir="$VOLUME/tmp" --skip-test-db --skip-name-resolve \\
    --auth-root-authentication-method=socket --auth-root-socket-user=${superuser} >/dev/null
  echo "$VERSION" >"$DATA.init/bulkhead_series"
  sync
  mv "$DATA.init" "$DATA"
  sync
fi
${superviseFunction}
supervise TERM mariadbd --defaults-file="$CONF"
`,
  );
}

/**
 * Keeps users, passwords, database and certificate as they are declared while the server runs. A container of its own, beside the server,
 * with the server's image and socket. A password stands in no statement: what is sent is the hash that MariaDB keeps.
 */
export function stewardScript(server: MariaDbServer): string {
  const { paths, database, user } = server;
  // In a grant, _ stands for any character.
  const granted = database.replaceAll("_", "\\\\_");
  return script(
    "steward",
    {
      SOCKET: socketFile(server),
      PASSWORD: `${paths.secrets}/password`,
      EXPORTER: `${paths.credentials}/${exporterUser}/password`,
      TLS: paths.tls,
      HEARTBEAT: heartbeat(server),
    },
    `
${digestFunction}
${keepAliveFunction}
as_superuser() { mariadb --no-defaults --socket="$SOCKET" --user=${superuser} --batch "$@"; }

# mysql_native_password: the SHA-1 of the SHA-1 of the password.
native_hash() {
  for byte in $(tr -d '\\r\\n' <"$1" | sha1sum | cut -c 1-40 | sed 's/../0x& /g'); do
    printf '%b' "\\\\0$(printf '%03o' "$byte")"
  done | sha1sum | cut -c 1-40 | tr a-f A-F
}

apply_users() {
  if [ -z "$(tr -d '\\r\\n' <"$PASSWORD")" ]; then
    say "the password file of user ${user} is empty"
    return 1
  fi
  app="IDENTIFIED VIA mysql_native_password USING '*$(native_hash "$PASSWORD")' REQUIRE SSL"
  exporter="IDENTIFIED VIA mysql_native_password USING '*$(native_hash "$EXPORTER")' REQUIRE SSL WITH MAX_USER_CONNECTIONS 3"
  as_superuser <<SQL
CREATE DATABASE IF NOT EXISTS ${database};
CREATE USER IF NOT EXISTS ${user}@'%' $app;
ALTER USER ${user}@'%' $app;
GRANT ALL PRIVILEGES ON \\\`${granted}\\\`.* TO ${user}@'%';
$(for host in 127.0.0.1 ::1; do
    echo "CREATE USER IF NOT EXISTS ${exporterUser}@'$host' $exporter;"
    echo "ALTER USER ${exporterUser}@'$host' $exporter;"
    echo "GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO ${exporterUser}@'$host';"
  done)
SQL
}

users=''
certificate=''
round() {
  mariadb-admin --no-defaults --socket="$SOCKET" --silent ping >/dev/null 2>&1 || return 0
  now=$(digest "$PASSWORD" "$EXPORTER") || return 0
  if [ "$now" != "$users" ]; then
    if apply_users; then
      users=$now
      say "users, passwords and database are as declared"
    else
      say "could not apply users; trying again"
    fi
  fi
  now=$(digest "$TLS/tls.crt" "$TLS/tls.key" "$TLS/ca.crt") || return 0
  if [ "$now" != "$certificate" ] && as_superuser -e 'FLUSH LOCAL SSL'; then
    certificate=$now
    say "the server has read its certificate"
  fi
}
keep_alive round ${server.pollSeconds} "$HEARTBEAT"
`,
  );
}

export const heartbeat = (server: MariaDbServer): string => `${server.paths.scratch}/steward.alive`;

/** `live` and `started`: the server answers. `ready`: a query works and the application's user and database exist. */
export function probeScript(server: MariaDbServer): string {
  const wanted =
    `SELECT 1 FROM mysql.global_priv, information_schema.schemata ` +
    `WHERE user = '${server.user}' AND host = '%' AND schema_name = '${server.database}'`;
  return script(
    "probe",
    { SOCKET: socketFile(server) },
    `
case "\${1:-}" in
  live | started) mariadb-admin --no-defaults --socket="$SOCKET" --silent ping >/dev/null ;;
  ready) [ "$(mariadb --no-defaults --socket="$SOCKET" --user=${superuser} --batch --skip-column-names -e "${wanted}")" = 1 ] ;;
  *) refuse "usage: probe.sh live|started|ready" ;;
esac
`,
  );
}
