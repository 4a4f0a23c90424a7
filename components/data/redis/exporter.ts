import type { ExporterCommand } from "../exporter";
import { exporterUser, type RedisServer } from "./server";

/** Address that the exporter connects to: its certificate's name, inside the pod. */
export const exporterTarget = (server: RedisServer): string => `rediss://localhost:${server.port}`;

/** In shell, with $FOLDER: the JSON file, by address with and without the user, that the exporter takes its password from. */
export function exporterPasswords(server: RedisServer): string {
  const target = exporterTarget(server);
  const keys = [target, target.replace("//", `//${exporterUser}@`)];
  return `
printf '{"%s": "%s", "%s": "%s"}\\n' ${keys.map(key => `'${key}' "$(cat "$FOLDER/${exporterUser}/password")"`).join(" ")} \\
  >"$FOLDER/${exporterUser}/.passwords.json"
mv "$FOLDER/${exporterUser}/.passwords.json" "$FOLDER/${exporterUser}/passwords.json"
`;
}

/** redis_exporter, as the user that is known inside the pod only. It may not read the configuration, so it does not ask. */
export function redisExporter(server: RedisServer, program: string, listen: string): ExporterCommand {
  const { paths } = server;
  return {
    command: [
      program,
      `-redis.addr=${exporterTarget(server)}`,
      `-redis.user=${exporterUser}`,
      `-redis.password-file=${paths.credentials}/${exporterUser}/passwords.json`,
      "-config-command=-",
      `-tls-ca-cert-file=${paths.tls}/ca.crt`,
      `-web.listen-address=${listen}`,
      `-tls-server-cert-file=${paths.tls}/tls.crt`,
      `-tls-server-key-file=${paths.tls}/tls.key`,
      "-tls-server-min-version=TLS1.3",
    ],
    env: {},
  };
}
