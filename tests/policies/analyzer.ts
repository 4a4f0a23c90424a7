import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { JudgedResource, Level } from "../../policies/finding.js";

const root = join(__dirname, "../..");
const pack = join(root, "policies");
/** Compiled into a folder of its own: `dist` itself may be running elsewhere. */
const compiled = join(root, ".cache/crossguard-test");

const levels: Record<Level, proto.EnforcementLevel> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};

/** One report of a policy, as the engine receives it. */
export interface Diagnostic {
  policy: string;
  message: string;
  level: string;
  urn: string;
}

type Call<Request, Response> = (
  request: Request,
  callback: (error: Error | null, response: Response) => void,
) => unknown;

async function call<Request, Response>(method: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function struct(value: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
}

function diagnosticsOf(response: proto.AnalyzeResponse): Diagnostic[] {
  const names = Object.entries(levels).map(([name, value]) => [value, name] as const);
  return response.getDiagnosticsList().map(one => ({
    policy: one.getPolicyname(),
    message: one.getMessage(),
    level: new Map(names).get(one.getEnforcementlevel()) ?? "",
    urn: one.getUrn(),
  }));
}

/** The compiled pack in a process of its own, started as the engine starts it, with the engine's side of the protocol. */
export class Analyzer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly client: AnalyzerClient,
    private readonly cleanUp: () => void,
  ) {}

  /** The pack of this repository. */
  static async start(): Promise<Analyzer> {
    const tsc = join(root, "node_modules/typescript/lib/tsc.js");
    execFileSync(process.execPath, [tsc, "-p", pack, "--outDir", compiled], { stdio: "inherit" });
    return Analyzer.of(pack, join(compiled, "index.js"), () => rmSync(compiled, { recursive: true }));
  }

  /** The pack in a folder, started by its own SDK. */
  static async of(folder: string, program = folder, cleanUp = (): void => undefined): Promise<Analyzer> {
    const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    // The engine's address is not used by a pack that only judges; the runner asks for one.
    const child = spawn(process.execPath, [runner, "127.0.0.1:0", program], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    return new Analyzer(child, new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()), cleanUp);
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    this.cleanUp();
  }

  async info(): Promise<proto.AnalyzerInfo> {
    return call(this.client.getAnalyzerInfo.bind(this.client), new Empty());
  }

  async configure(config: Record<string, { level: Level; properties?: Record<string, unknown> }>): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [name, { level, properties = {} }] of Object.entries(config)) {
      const entry = new proto.PolicyConfig();
      entry.setEnforcementlevel(levels[level]);
      entry.setProperties(struct(properties));
      request.getPolicyconfigMap().set(name, entry);
    }
    await call(this.client.configure.bind(this.client), request);
  }

  async analyze(resource: JudgedResource): Promise<Diagnostic[]> {
    const request = fill(new proto.AnalyzeRequest(), resource);
    return diagnosticsOf(await call(this.client.analyze.bind(this.client), request));
  }

  async analyzeStack(resources: readonly JudgedResource[]): Promise<Diagnostic[]> {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(
      resources.map(resource => {
        const one = fill(new proto.AnalyzerResource(), resource);
        one.setParent(resource.parent ?? "");
        one.setDependenciesList(resource.dependencies ?? []);
        for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
          const dependencies = new proto.AnalyzerPropertyDependencies();
          dependencies.setUrnsList(urns);
          one.getPropertydependenciesMap().set(property, dependencies);
        }
        return one;
      }),
    );
    return diagnosticsOf(await call(this.client.analyzeStack.bind(this.client), request));
  }

  /** The inputs after the last remediation; undefined where there was none. */
  async remediate(resource: JudgedResource): Promise<Record<string, unknown> | undefined> {
    const request = fill(new proto.AnalyzeRequest(), resource);
    const response = await call<proto.AnalyzeRequest, proto.RemediateResponse>(
      this.client.remediate.bind(this.client),
      request,
    );
    return response.getRemediationsList().at(-1)?.getProperties()?.toJavaScript();
  }
}

function fill<Request extends proto.AnalyzeRequest | proto.AnalyzerResource>(
  request: Request,
  resource: JudgedResource,
): Request {
  request.setType(resource.type);
  request.setUrn(resource.urn);
  request.setName(resource.name);
  request.setProperties(struct(resource.properties));
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(resource.options?.protect ?? false);
  options.setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());
  request.setOptions(options);
  if (resource.provider !== undefined) {
    const provider = new proto.AnalyzerProviderResource();
    provider.setType(resource.provider.type);
    provider.setUrn(resource.provider.urn);
    provider.setName(resource.provider.name);
    provider.setProperties(struct(resource.provider.properties));
    request.setProvider(provider);
  }
  return request;
}
