import assert from "node:assert/strict";
import type { Context } from "mocha";
import type { LokiConfigArgs } from "../../../components/observability/lokiConfig.js";
import { eventually } from "../../data/support/run.js";
import { Folder } from "../../observability/support/folder.js";
import { requireProgram } from "../../support/programs.js";
import { type AgentConfig, logAgent } from "./agent.js";
import { type Line, LogStore } from "./logStore.js";
import type { PodLogs } from "./podLogs.js";
import type { Server } from "./server.js";

interface Changes {
  store?: Partial<LokiConfigArgs>;
  loki?: Parameters<typeof LogStore.create>[3];
  lokiEnv?: Readonly<Record<string, string>>;
  agent?: (config: AgentConfig) => void;
}

/** Pods' logs, the agent that reads them, and the store they go to: all real, on loopback. */
export class Pipeline {
  private constructor(
    readonly folder: Folder,
    readonly store: LogStore,
    readonly logs: PodLogs,
    readonly agent: Server,
    readonly startAgent: () => Promise<void>,
    readonly metricsPort: number,
  ) {}

  /** Nothing runs yet. */
  static async create(test: Context, changes: Changes = {}): Promise<Pipeline> {
    requireProgram(test, "loki");
    requireProgram(test, "otelcol");
    const folder = new Folder(requireProgram(test, "openssl"));
    const store = await LogStore.create(test, folder, changes.store, changes.loki, changes.lokiEnv);
    const { logs, server, start, metricsPort } = await logAgent(test, folder, store, changes.agent);
    return new Pipeline(folder, store, logs, server, start, metricsPort);
  }

  static async start(test: Context, changes: Changes = {}): Promise<Pipeline> {
    const pipeline = await Pipeline.create(test, changes);
    try {
      await Promise.all([pipeline.store.start(), pipeline.startAgent()]);
    } catch (error) {
      await pipeline.remove();
      throw error;
    }
    return pipeline;
  }

  /** The lines of a selector once there are this many, or more. */
  arrived(count: number, selector?: string, { seconds = 120, hours = 1 } = {}): Promise<Line[]> {
    return eventually(
      `${count} lines`,
      async () => {
        const lines = await this.store.lines(selector, hours);
        assert.ok(lines.length >= count, `${lines.length} lines\n${this.agent.output.slice(-2000)}`);
        return lines;
      },
      seconds,
    );
  }

  async remove(): Promise<void> {
    await this.agent.kill();
    await this.store.kill();
    this.folder.remove();
  }
}
