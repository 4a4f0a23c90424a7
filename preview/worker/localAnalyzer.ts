import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PreviewError } from "../errors.js";
import { Analyzer, type AnalyzerClient, reasonOf } from "../policy/analyzer.js";
import type { Pack } from "../policy/pack.js";
import { callService } from "./localGrpc.js";

const service = "/pulumirpc.Analyzer/";

/**
 * Loads a pack into this process and asks it over the Analyzer protocol in memory.
 *
 * @param judges whether it gives verdicts, or only remediates
 * @throws PreviewError (internal) where the pack throws while loading or starts no policy pack
 */
export async function loadAnalyzer(
  pack: Pack,
  stack: { project: string; stack: string; organization: string },
  judges: boolean,
): Promise<Analyzer> {
  const address = `127.0.0.1:${await portOf(pack)}`;
  const call = <T>(method: string, request: unknown) => callService<T>(address, service + method, request);
  const client: AnalyzerClient = {
    configureStack: request => call("ConfigureStack", request),
    getAnalyzerInfo: () => call("GetAnalyzerInfo", new Empty()),
    configure: request => call("Configure", request),
    remediate: request => call("Remediate", request),
    analyze: request => call("Analyze", request),
    analyzeStack: request => call("AnalyzeStack", request),
  };
  return Analyzer.start(pack, client, stack, judges);
}

/** Runs the pack's main module in the pack's folder, as the engine does. A pack prints the port it listens on, here a number in memory. */
async function portOf(pack: Pack): Promise<string> {
  const require = createRequire(join(pack.folder, "index.js"));
  forgetPolicySdk(require);
  process.chdir(pack.folder);
  const print = console.log;
  const exit = process.exit.bind(process);
  const said: string[] = [];
  const complain = console.error;
  try {
    return await new Promise<string>((resolve, reject) => {
      console.log = (...args: unknown[]) => {
        if (args.length === 1 && /^\d+$/.test(String(args[0]))) resolve(String(args[0]));
        else print(...args);
      };
      console.error = (...args: unknown[]) => said.push(args.map(String).join(" "));
      process.exit = () => {
        throw new Error(said.at(-1) ?? "it ended the process");
      };
      require(pack.folder);
      // A server in memory announces itself in the next turn; a pack may take a few more to build itself.
      setTimeout(() => reject(new Error("it starts no PolicyPack")), 10_000).unref();
    });
  } catch (error) {
    throw new PreviewError("internal", `policy pack ${pack.name} cannot be loaded: ${reasonOf(error)}`, {
      trace: (error as Error).stack,
    });
  } finally {
    console.log = print;
    console.error = complain;
    process.exit = exit;
  }
}

/** @pulumi/policy serves one pack a process: each pack gets a copy of its own. */
function forgetPolicySdk(require: NodeJS.Require): void {
  let folder: string;
  try {
    folder = dirname(require.resolve("@pulumi/policy/package.json")) + sep;
  } catch {
    return;
  }
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(folder)) Reflect.deleteProperty(require.cache, file);
  }
}
