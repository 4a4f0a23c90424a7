import { credentialsScript } from "../credentials";
import { redisConf } from "./conf";
import { exporterPasswords } from "./exporter";
import { probeScript, startScript, stewardScript } from "./scripts";
import { checkRedisServer, exporterUser, type RedisServer, stewardUser } from "./server";

/**
 * Everything that is mounted at `paths.config`, by file name. Holds no secret.
 * @throws InvalidSetting when a setting cannot work
 */
export function redisFiles(server: RedisServer): Record<string, string> {
  checkRedisServer(server);
  return {
    "server.conf": redisConf(server),
    "credentials.sh": credentialsScript(
      server.paths.credentials,
      [exporterUser, stewardUser],
      exporterPasswords(server),
    ),
    "start.sh": startScript(server),
    "steward.sh": stewardScript(server),
    "probe.sh": probeScript(server),
  };
}
