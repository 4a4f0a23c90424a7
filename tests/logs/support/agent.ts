import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "mocha";
import { collectorContainer } from "../../../components/observability/collectorContainer.js";
import { logAgentBurst, logAgentDefaults } from "../../../components/observability/logAgent.js";
import { logAgentArguments, logAgentConfig } from "../../../components/observability/logAgentConfig.js";
import { asFile } from "../../../components/observability/singleton.js";
import { freePorts } from "../../edge/support/ports.js";
import type { Folder } from "../../observability/support/folder.js";
import { requireProgram } from "../../support/programs.js";
import { getJson } from "./api.js";
import type { LogStore } from "./logStore.js";
import { PodLogs } from "./podLogs.js";
import { Server } from "./server.js";

export type AgentConfig = Record<string, Record<string, Record<string, unknown>>>;

/** The container whose logs it must not read: its own. */
export const ownContainer = "observability-logs";

/** The real collector as it runs on each node, with the configuration that the component makes; addresses and folders are the test's. */
export async function logAgent(
  test: Context,
  folder: Folder,
  store: Pick<LogStore, "port">,
  change: (config: AgentConfig) => void = () => undefined,
): Promise<{ logs: PodLogs; start: () => Promise<void>; server: Server; metricsPort: number }> {
  const program = requireProgram(test, "otelcol");
  const [metrics = 0, health = 0, internal = 0] = await freePorts(3);
  const tls = folder.tls("agent", "localhost");
  const logsPath = join(folder.path, "pods");
  mkdirSync(logsPath, { recursive: true });
  const config = logAgentConfig({
    ...{ loki: { host: "localhost", port: store.port }, ports: { metrics, health, internal } },
    ...{ logsPath, dataPath: join(folder.path, "otelcol"), ownContainer, listenAddress: "127.0.0.1", tls },
  });
  change(config as AgentConfig);
  const file = join(folder.path, "agent.yaml");
  writeFileSync(file, asFile(config));
  const resources = {
    cpuMillis: logAgentDefaults.cpuMillis,
    cpuLimitMillis: logAgentDefaults.cpuMillis * logAgentBurst,
    memoryMiB: logAgentDefaults.memoryMiB,
    healthPort: health,
  };
  const environment = { K8S_NODE_NAME: "node-1", ...collectorContainer("image", resources).env };
  const server = new Server(program, logAgentArguments(file), join(folder.path, "agent.log"), environment);
  const healthy = async () => {
    const { status, body } = await getJson({ port: health, tls }, "/", "text");
    assert.equal(status, 200, String(body));
  };
  return { logs: new PodLogs(logsPath), start: () => server.start(healthy), server, metricsPort: metrics };
}
