import type { ExporterCommand } from "../exporter";
import { exporterUser, type MariaDbServer } from "./server";

/** mysqld_exporter, as the user that is known inside the pod only: its option file names it and the server. */
export function mariaDbExporter(server: MariaDbServer, program: string, listen: string): ExporterCommand {
  const { paths } = server;
  return {
    command: [
      program,
      `--config.my-cnf=${paths.credentials}/${exporterUser}/my.cnf`,
      `--web.listen-address=${listen}`,
      `--web.config.file=${paths.config}/exporter-web.yml`,
    ],
    env: {},
  };
}
