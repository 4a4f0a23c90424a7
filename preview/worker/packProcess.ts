import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient as GrpcAnalyzer } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PreviewError } from "../errors.js";
import { Analyzer, type AnalyzerClient, reasonOf } from "../policy/analyzer.js";
import type { Pack } from "../policy/pack.js";
import type { StackSettings } from "../project/project.js";
import { maxMessageBytes } from "./separate.js";

/** Starts a pack as the engine does: the SDK's own runner in the pack's folder, which prints the port the pack listens on. */
export async function startPack(pack: Pack, settings: StackSettings, engine: string): Promise<Analyzer> {
  const port = await portOf(pack, settings, engine);
  const options = {
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  };
  const connection = new GrpcAnalyzer(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  const client: AnalyzerClient = {
    configureStack: request => ask(done => connection.configureStack(request, done)),
    getAnalyzerInfo: () => ask(done => connection.getAnalyzerInfo(new Empty(), done)),
    configure: request => ask(done => connection.configure(request, done)),
    remediate: request => ask(done => connection.remediate(request, done)),
    analyze: request => ask(done => connection.analyze(request, done)),
    analyzeStack: request => ask(done => connection.analyzeStack(request, done)),
  };
  return Analyzer.start(pack, client, settings);
}

function ask<T>(call: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(new Error(reasonOf(error)));
    });
  });
}

function portOf(pack: Pack, settings: StackSettings, engine: string): Promise<string> {
  const child = spawn(process.execPath, [runnerOf(pack), engine, pack.folder], {
    cwd: pack.folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(settings.config),
      PULUMI_NODEJS_ORGANIZATION: settings.organization,
      PULUMI_NODEJS_PROJECT: settings.project,
      PULUMI_NODEJS_STACK: settings.stack,
      PULUMI_NODEJS_DRY_RUN: "true",
      ...(pack.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    },
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    let complained = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const port = /^(\d+)\s*$/m.exec(printed)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.stderr.on("data", (chunk: Buffer) => (complained += chunk.toString()));
    child.on("exit", code => {
      const reason = complaint(complained) ?? `its process ended with code ${code ?? "none"}`;
      reject(
        new PreviewError("internal", `policy pack ${pack.name} cannot be loaded: ${reason}`, { trace: complained }),
      );
    });
  });
}

/** The line of a process's complaints that says what is wrong. */
function complaint(text: string): string | undefined {
  const lines = text.split("\n").map(line => line.trim());
  return (
    lines.find(line => /^[A-Za-z]*Error\b.*:/.test(line)) ??
    lines.findLast(line => line !== "" && !line.startsWith("at "))
  );
}

function runnerOf(pack: Pack): string {
  try {
    return createRequire(join(pack.folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  } catch {
    throw new PreviewError("usage", `policy pack ${pack.name}: @pulumi/pulumi is not installed for it`, {
      hint: "Run npm ci.",
    });
  }
}
