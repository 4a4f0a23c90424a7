import { digestFunction, keepAliveFunction, quote, script } from "../shell";
import { aclRules } from "./acl";
import { aclFile, exporterUser, type RedisServer, socketFile, stewardUser } from "./server";

/** Shell function `password_hash FILE`: what an ACL takes for a password. */
const passwordHashFunction = `
password_hash() { tr -d '\\r\\n' <"$1" | sha256sum | cut -c 1-64; }
`.trim();

const passwordFiles = (server: RedisServer): Record<string, string> => ({
  [server.user]: `${server.paths.secrets}/password`,
  [exporterUser]: `${server.paths.credentials}/${exporterUser}/password`,
  [stewardUser]: `${server.paths.credentials}/${stewardUser}/password`,
});

/** Main process of the container: makes the ACL file of the passwords as they are now, and becomes the server. */
export function startScript(server: RedisServer): string {
  const files = passwordFiles(server);
  const users = Object.entries(aclRules(server))
    .map(
      ([user, rules]) =>
        `  printf 'user %s on #%s %s\\n' ${user} "$(password_hash ${quote(files[user] ?? "")})" ${quote(rules)}`,
    )
    .join("\n");
  return script(
    "start",
    {
      SERVER: server.serverProgram,
      CONF: `${server.paths.config}/server.conf`,
      ACL: aclFile(server),
      PASSWORD: files[server.user] ?? "",
    },
    `
command -v "$SERVER" >/dev/null || refuse "the image has no $SERVER"
${passwordHashFunction}
[ -n "$(tr -d '\\r\\n' <"$PASSWORD")" ] || refuse "the password file of user ${server.user} is empty"
{
  printf 'user default off resetpass resetkeys resetchannels -@all\\n'
${users}
} >"$ACL"
exec "$SERVER" "$CONF"
`,
  );
}

const asStewardFunction = `
as_steward() {
  answer=$(REDISCLI_AUTH=$(cat "$CREDENTIAL") "$CLIENT" -s "$SOCKET" --user ${stewardUser} --no-auth-warning "$@" 2>&1) || return 1
}
`.trim();

const stewardVariables = (server: RedisServer) => ({
  CLIENT: server.clientProgram,
  SOCKET: socketFile(server),
  CREDENTIAL: `${server.paths.credentials}/${stewardUser}/password`,
});

/**
 * Keeps the application's password and the certificate as they are declared while the server runs. A container of its own, beside the
 * server, with the server's image and socket. Sessions of the old password stay; new ones need the new one.
 */
export function stewardScript(server: RedisServer): string {
  const { paths, user } = server;
  return script(
    "steward",
    {
      ...stewardVariables(server),
      PASSWORD: `${paths.secrets}/password`,
      TLS: paths.tls,
      HEARTBEAT: heartbeat(server),
    },
    `
${digestFunction}
${keepAliveFunction}
${passwordHashFunction}
${asStewardFunction}
password=''
certificate=''
round() {
  { as_steward ping && [ "$answer" = PONG ]; } || return 0
  now=$(password_hash "$PASSWORD") || return 0
  if [ -z "$(tr -d '\\r\\n' <"$PASSWORD")" ]; then
    say "the password file of user ${user} is empty"
  elif [ "$now" != "$password" ] && as_steward acl setuser ${user} resetpass "#$now" && [ "$answer" = OK ]; then
    password=$now
    say "the password is as declared"
  fi
  now=$(digest "$TLS/tls.crt" "$TLS/tls.key" "$TLS/ca.crt") || return 0
  if [ "$now" != "$certificate" ]; then
    if as_steward config set tls-cert-file "$TLS/tls.crt" tls-key-file "$TLS/tls.key" tls-ca-cert-file "$TLS/ca.crt" &&
      [ "$answer" = OK ]; then
      certificate=$now
      say "the server has read its certificate"
    else
      say "the server did not take its certificate: $answer"
    fi
  fi
}
keep_alive round ${server.pollSeconds} "$HEARTBEAT"
`,
  );
}

export const heartbeat = (server: RedisServer): string => `${server.paths.scratch}/steward.alive`;

/**
 * `live`: the server answers, if only that it is loading or wants a password, so a long load is not shot. `started` and `ready`: it does
 * work.
 */
export function probeScript(server: RedisServer): string {
  return script(
    "probe",
    stewardVariables(server),
    `
${asStewardFunction}
case "\${1:-}" in
  live) case "$("$CLIENT" -s "$SOCKET" ping 2>&1)" in *NOAUTH* | *PONG* | *LOADING* | *BUSY*) exit 0 ;; *) exit 1 ;; esac ;;
  started | ready) as_steward ping && [ "$answer" = PONG ] ;;
  *) refuse "usage: probe.sh live|started|ready" ;;
esac
`,
  );
}
