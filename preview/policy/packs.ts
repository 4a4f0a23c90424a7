import type { Analyzers, Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import type { Finding } from "../finding.js";
import type { RuleInfo } from "../result.js";
import type { Analyzer } from "./analyzer.js";
import { briefly } from "./briefly.js";
import {
  type FindingsEntry,
  judgeAll,
  judgedResource,
  judgedResources,
  loadFindings,
  remediate,
} from "./findingsEntry.js";
import type { Pack } from "./pack.js";
import { noteRepair } from "./repaired.js";
import { Stopwatch } from "./stopwatch.js";

interface PurePack {
  pack: Pack;
  entry: FindingsEntry;
  /** Whether one of its rules is at level `remediate`. */
  remediates: boolean;
}

/** All policy packs of a preview, whichever way each is asked. */
export class Packs implements Analyzers {
  private readonly pure: PurePack[] = [];
  private readonly analyzers: Analyzer[] = [];
  private readonly stopwatch = new Stopwatch();

  /** Spent on judging so far. */
  get milliseconds(): number {
    return this.stopwatch.milliseconds;
  }

  /** Takes a pack whose `judge` runs here. Says whether it leaves remediation to its Analyzer. */
  addPure(pack: Pack): { needsAnalyzer: boolean } {
    const entry = loadFindings(pack);
    const remediates = entry.rules.some(rule => rule.level === "remediate");
    this.pure.push({ pack, entry, remediates });
    return { needsAnalyzer: remediates && entry.remediated === undefined };
  }

  addAnalyzer(analyzer: Analyzer): void {
    this.analyzers.push(analyzer);
  }

  async judge(resource: EngineResource, deployment: Deployment): Promise<void> {
    for (const pure of this.pure) this.repair(pure, resource, deployment);
    for (const analyzer of this.analyzers) await this.stopwatch.during(() => analyzer.judge(resource, deployment));
  }

  /** What all packs found, after the program has registered everything. */
  async finish(deployment: Deployment): Promise<{ findings: Finding[]; rules: RuleInfo[] }> {
    return this.stopwatch.during(async () => {
      for (const analyzer of this.analyzers) await analyzer.judgeStack(deployment);
      const findings = this.analyzers.flatMap(analyzer => analyzer.findings);
      if (this.pure.length > 0) findings.push(...briefly(deployment.resources.size, () => this.judgePure(deployment)));
      return { findings: findings.filter(finding => finding.level !== "disabled"), rules: this.rules };
    });
  }

  private judgePure(deployment: Deployment): Finding[] {
    const resources = judgedResources(deployment);
    return this.pure.flatMap(({ pack, entry }) => judgeAll(pack, entry, resources));
  }

  /** A pure pack's own Analyzer, loaded to remediate, brings the same rules again. */
  private get rules(): RuleInfo[] {
    const pure = this.pure.flatMap(({ entry }) => entry.rules);
    return [...pure, ...this.analyzers.filter(analyzer => analyzer.judges).flatMap(analyzer => analyzer.rules)];
  }

  private repair({ pack, entry, remediates }: PurePack, resource: EngineResource, deployment: Deployment): void {
    const { remediated } = entry;
    if (!remediates || remediated === undefined) return;
    this.stopwatch.measure(() => {
      const judged = judgedResource(deployment, resource);
      const properties = remediate(pack, remediated, judged);
      if (properties === undefined) return;
      noteRepair(deployment, resource, pack.name, judged.properties, properties);
      resource.inputs = properties;
    });
  }
}
