import {
  type AnalyzeDiagnostic,
  type AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerStackConfigureRequest,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
  type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { fromStruct, toStruct } from "../engine/struct.js";
import { PreviewError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { RuleInfo } from "../result.js";
import { lowerAll } from "../value.js";
import { analyzeRequest, stackResource } from "./analyzerRequests.js";
import { levelName, type PolicySetting, rulesOf, settingFor, severityName } from "./levels.js";
import type { Pack } from "./pack.js";
import { noteRepair } from "./repaired.js";

/** The Analyzer service of one policy pack, whatever the transport. */
export interface AnalyzerClient {
  configureStack(request: AnalyzerStackConfigureRequest): Promise<unknown>;
  getAnalyzerInfo(): Promise<AnalyzerInfo>;
  configure(request: ConfigureAnalyzerRequest): Promise<unknown>;
  remediate(request: AnalyzeRequest): Promise<RemediateResponse>;
  analyze(request: AnalyzeRequest): Promise<AnalyzeResponse>;
  analyzeStack(request: AnalyzeStackRequest): Promise<AnalyzeResponse>;
}

/** How @pulumi/policy begins the message of a policy that met an unknown value, and how a pack that reads past it says so itself. */
const blocked =
  /^can't run (policy|remediation) '| is not known before deployment, so it cannot be judged whether: (?!.*\(excused until )/;

/** One policy pack, asked over the Analyzer protocol as the engine asks it. */
export class Analyzer {
  readonly findings: Finding[] = [];

  private constructor(
    private readonly pack: Pack,
    private readonly client: AnalyzerClient,
    readonly rules: RuleInfo[],
    private readonly settings: Map<string, PolicySetting>,
    /** Whether to ask for verdicts, or only for remediations. */
    readonly judges: boolean,
  ) {}

  static async start(
    pack: Pack,
    client: AnalyzerClient,
    stack: { project: string; stack: string; organization: string },
    judges = true,
  ): Promise<Analyzer> {
    const request = new AnalyzerStackConfigureRequest();
    request.setProject(stack.project);
    request.setStack(stack.stack);
    request.setOrganization(stack.organization);
    request.setDryRun(true);
    await client.configureStack(request);
    const info = await client.getAnalyzerInfo();
    const settings = new Map(
      info
        .getPoliciesList()
        .map(policy => [policy.getName(), settingFor(pack.config, policy.getName(), policy.getEnforcementlevel())]),
    );
    const configure = new ConfigureAnalyzerRequest();
    for (const [name, { level, properties }] of settings) {
      const policy = new PolicyConfig();
      policy.setEnforcementlevel(level);
      policy.setProperties(toStruct(properties));
      configure.getPolicyconfigMap().set(name, policy);
    }
    await client.configure(configure);
    return new Analyzer(pack, client, rulesOf(info, settings), settings, judges);
  }

  /** Remediates, then analyzes one resource's inputs. */
  async judge(resource: EngineResource, deployment: Deployment): Promise<void> {
    if (this.remediates) await this.remediate(resource, deployment);
    if (!this.judges) return;
    const request = analyzeRequest(deployment, resource, lowerAll(resource.inputs, true));
    const response = await this.guard(() => this.client.analyze(request), resource.urn);
    this.collect(response.getDiagnosticsList(), resource);
  }

  /** Judges the whole stack, after the program. */
  async judgeStack(deployment: Deployment): Promise<void> {
    if (!this.judges) return;
    const request = new AnalyzeStackRequest();
    request.setResourcesList([...deployment.resources.values()].map(resource => stackResource(deployment, resource)));
    const response = await this.guard(() => this.client.analyzeStack(request), "the stack");
    for (const diagnostic of response.getDiagnosticsList()) {
      this.collect(
        [diagnostic],
        deployment.resources.get(diagnostic.getUrn()) ?? deployment.resources.get(deployment.rootUrn),
      );
    }
  }

  private get remediates(): boolean {
    return [...this.settings.values()].some(setting => setting.level === EnforcementLevel.REMEDIATE);
  }

  private async remediate(resource: EngineResource, deployment: Deployment): Promise<void> {
    const request = analyzeRequest(deployment, resource, lowerAll(resource.inputs));
    const response = await this.guard(() => this.client.remediate(request), resource.urn);
    for (const remediation of response.getRemediationsList()) {
      const properties = remediation.getProperties();
      if (remediation.getDiagnostic() === "" && properties !== undefined) {
        const repaired = fromStruct(properties);
        const [before, after] = [lowerAll(resource.inputs, true), lowerAll(repaired, true)];
        noteRepair(deployment, resource, remediation.getPolicyname(), before, after);
        resource.inputs = repaired;
      } else {
        this.add(remediation.getPolicyname(), remediation.getDiagnostic(), "medium", resource);
      }
    }
  }

  private collect(diagnostics: AnalyzeDiagnostic[], resource: EngineResource | undefined): void {
    for (const diagnostic of diagnostics) {
      const description = `${diagnostic.getDescription()}\n`;
      const message = diagnostic.getMessage();
      const own = message.startsWith(description) ? message.slice(description.length) : message;
      const severity = severityName(diagnostic.getSeverity());
      this.add(diagnostic.getPolicyname(), own, severity, resource, levelName(diagnostic.getEnforcementlevel()));
    }
  }

  private add(
    rule: string,
    message: string,
    severity: Finding["severity"],
    resource: EngineResource | undefined,
    level?: Finding["level"],
  ): void {
    const undetermined = blocked.test(message);
    // A blocked policy reports itself as advisory; what counts is the level that its verdict would have had. One that reports itself at
    // another level is configured to block.
    const blocks = undetermined && level !== undefined && level !== "advisory";
    const configured = levelName(this.settings.get(rule)?.level ?? EnforcementLevel.ADVISORY);
    this.findings.push({
      rule,
      verdict: undetermined ? "undetermined" : "violation",
      ...(blocks ? { blocks: true } : {}),
      severity: this.rules.find(info => info.id === rule)?.severity ?? severity,
      level: undetermined ? configured : (level ?? configured),
      message: message.trim() || rule,
      urn: resource?.urn ?? "",
      type: resource?.type ?? "",
      path: "",
    });
  }

  private async guard<T>(ask: () => Promise<T>, subject: string): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw new PreviewError("internal", `policy pack ${this.pack.name} failed on ${subject}: ${reasonOf(error)}`, {
        trace: error instanceof Error ? error.stack : undefined,
      });
    }
  }
}

/** First line of what went wrong: a pack's answer over gRPC carries its stack. */
export function reasonOf(error: unknown): string {
  const { details, message } = error as { details?: string; message?: string };
  return (details ?? message ?? String(error)).split("\n")[0] ?? "";
}
