import { createRequire } from "node:module";
import { join } from "node:path";
import * as structs from "google-protobuf/google/protobuf/struct_pb";
import { Deployment, type Transport } from "../engine/deployment.js";
import { resultOf } from "../engine/result.js";
import { relativeFile } from "../engine/source.js";
import { PreviewError } from "../errors.js";
import { Packs } from "../policy/packs.js";
import type { PreviewResult } from "../result.js";
import { readCallsitesDirectly } from "./callsites.js";
import { guardExit } from "./exitGuard.js";
import { FailedProgram } from "./failedProgram.js";
import { programFailure, toFailure } from "./failure.js";
import { entryOf, runProgram } from "./loadProgram.js";
import { loadAnalyzer } from "./localAnalyzer.js";
import { callLocal, Server } from "./localGrpc.js";
import type { Assignment, Failure } from "./messages.js";
import { importTime } from "./moduleHooks.js";
import { keepStructsPlain } from "./plainStruct.js";
import { quietSdk } from "./quietSdk.js";
import { addServices } from "./services.js";
import { installSourceMaps } from "./sourceMaps.js";
import { collectSpokenSecrets } from "./spokenSecrets.js";
import { TypeScriptLoader } from "./typescript.js";

const address = "preview:0";

/** The program's SDK, as far as the host drives it. */
interface Runtime {
  resetOptions(
    project: string,
    stack: string,
    parallel: number,
    engine: string,
    monitor: string,
    preview: boolean,
    organization: string,
  ): void;
  setAllConfig(config: Record<string, string>, secretKeys: string[]): void;
  runInPulumiStack(init: () => Promise<unknown>): Promise<unknown>;
  invoke: Invoke;
  invokeSingle: Invoke;
}
type Invoke = (token: string, ...rest: unknown[]) => unknown;

const transport: Transport = { callback: (reference, request) => callLocal(reference, request) };

/** Runs program and packs in this process, on one SDK and without gRPC. */
export async function previewInOneProcess(
  assignment: Assignment,
  onProgress: (phase: "import" | "program" | "policy", resources: number) => void,
): Promise<PreviewResult> {
  const { settings, fixtures } = assignment;
  const start = performance.now();
  setEnvironment(assignment);
  process.chdir(settings.programDir);
  const require = createRequire(join(settings.programDir, "index.js"));
  const runtime = loadRuntime(require);
  quietSdk(require);
  keepStructsPlain(structs);
  runtime.resetOptions(settings.project, settings.stack, 16, address, address, true, settings.organization);
  runtime.setAllConfig(settings.config, settings.secretKeys);

  const typescript = new TypeScriptLoader(
    settings.programDir,
    join(settings.programDir, settings.tsconfig ?? "tsconfig.json"),
  );
  if (settings.typescript) typescript.install();
  installSourceMaps(file => typescript.mapOf(file));
  readCallsitesDirectly(require);

  const packs = new Packs();
  for (const pack of assignment.packs) {
    const judges = pack.findings === undefined;
    if (judges || packs.addPure(pack).needsAnalyzer) packs.addAnalyzer(await loadAnalyzer(pack, settings, judges));
  }
  process.chdir(settings.programDir);
  const loaded = performance.now();

  onProgress("import", 0);
  const deployment = new Deployment(settings, fixtures, transport, packs, resources =>
    onProgress("program", resources),
  );
  watchPlainInvokes(runtime, deployment);
  collectSpokenSecrets(require, deployment.spokenSecrets);
  await run(deployment, runtime, require);
  // A module must end its imports in .js, and the engine's loader for modules finds them.
  if (typescript.aliasedImport !== undefined && !entryOf(settings.programDir, settings.entry).esModule) {
    const { file, request } = typescript.aliasedImport;
    deployment.logs.push({
      severity: "warning",
      message: `${relativeFile(settings.programDir, file)} imports "${request}", which the engine's ts-node cannot find: leave out ".js"`,
    });
  }
  const policyDuring = packs.milliseconds;
  const ran = performance.now();

  onProgress("policy", deployment.resources.size);
  const judged = await packs.finish(deployment);
  const imported = importTime.milliseconds;
  return resultOf(deployment, judged, "one-process", {
    load: loaded - start,
    import: imported,
    program: ran - loaded - imported - policyDuring,
    policy: packs.milliseconds,
  });
}

function setEnvironment({ settings }: Assignment): void {
  Object.assign(process.env, {
    PULUMI_NODEJS_ORGANIZATION: settings.organization,
    PULUMI_NODEJS_PROJECT: settings.project,
    PULUMI_NODEJS_ROOT_DIRECTORY: settings.rootDir,
    PULUMI_NODEJS_STACK: settings.stack,
    PULUMI_NODEJS_DRY_RUN: "true",
    PULUMI_NODEJS_PARALLEL: "16",
    PULUMI_NODEJS_MONITOR: address,
    PULUMI_NODEJS_ENGINE: address,
    PULUMI_CONFIG: JSON.stringify(settings.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(settings.secretKeys),
  });
}

function loadRuntime(require: NodeJS.Require): Runtime {
  try {
    require("@pulumi/pulumi");
    return require("@pulumi/pulumi/runtime") as Runtime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new PreviewError("program", "@pulumi/pulumi is not installed for this program", { hint: "Run npm ci." });
  }
}

/** A call for a plain value looks the same on the wire as one for an output: only here can they be told apart. */
function watchPlainInvokes(runtime: Runtime, deployment: Deployment): void {
  for (const name of ["invoke", "invokeSingle"] as const) {
    const original = runtime[name];
    runtime[name] = (token, ...rest) => {
      deployment.plainInvokes.add(token);
      return original(token, ...rest);
    };
  }
}

/** Runs the program until nothing is left in the event loop, as the engine waits for its process to end. */
function run(deployment: Deployment, runtime: Runtime, require: NodeJS.Require): Promise<void> {
  const { programDir, entry } = deployment.settings;
  return new Promise((resolve, reject) => {
    let settled = false;
    const fail = (failure: Failure) => {
      settled = true;
      reject(new FailedProgram(deployment.failure === undefined ? failure : toFailure(deployment.failure), deployment));
    };
    const server = new Server();
    addServices(server, deployment, error => fail(toFailure(error)));
    server.listen(address);
    guardExit(programDir, fail);
    process.on("uncaughtException", error => fail(programFailure(error, programDir)));
    process.on("unhandledRejection", error => fail(programFailure(error, programDir)));
    process.once("beforeExit", () => {
      const waiting = waitingFor(require, deployment);
      if (settled && waiting === undefined) resolve();
      else fail({ kind: "program", message: waiting ?? "the program never finished" });
    });
    runtime
      .runInPulumiStack(() => {
        importTime.depth = 0;
        return runProgram(programDir, entry);
      })
      .then(
        () => {
          settled = true;
        },
        (error: unknown) => fail(programFailure(error, programDir)),
      );
  });
}

/** What the program waits for although nothing is left to happen, as the SDK tells it: a cycle of outputs, a promise that nobody keeps. */
function waitingFor(require: NodeJS.Require, deployment: Deployment): string | undefined {
  const { leakedPromises } = require("@pulumi/pulumi/runtime/debuggable") as {
    leakedPromises: () => [Set<unknown>, string];
  };
  const [leaked, message] = leakedPromises();
  if (leaked.size === 0) return undefined;
  // The SDK names resources that wait; of other promises it can only tell how many.
  const named = message.includes("registrations could complete") ? message.split("Re-run your program")[0] : undefined;
  const after = `after ${deployment.resources.size} resources it waits for a value that never comes`;
  return `the program never finished: ${named?.trim().replace(/\s+/g, " ") ?? after}`;
}
