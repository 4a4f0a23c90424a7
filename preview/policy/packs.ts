import type { Analyzers, Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import type { Finding } from "../finding.js";
import type { RuleInfo } from "../result.js";
import type { Analyzer } from "./analyzer.js";
import { type FindingsEntry, judgeAll, judgedResources, loadFindings } from "./findingsEntry.js";
import type { Pack } from "./pack.js";

/** All policy packs of a preview, whichever way each is asked. */
export class Packs implements Analyzers {
  private readonly pure: { pack: Pack; entry: FindingsEntry }[] = [];
  private readonly analyzers: Analyzer[] = [];
  /** Spent on judging so far. */
  milliseconds = 0;

  /** Takes a pack whose `judge` runs here. Says whether one of its rules is to remediate, which only its Analyzer can. */
  addPure(pack: Pack): { remediates: boolean } {
    const entry = loadFindings(pack);
    this.pure.push({ pack, entry });
    return { remediates: entry.rules.some(rule => rule.level === "remediate") };
  }

  addAnalyzer(analyzer: Analyzer): void {
    this.analyzers.push(analyzer);
  }

  async judge(resource: EngineResource, deployment: Deployment): Promise<void> {
    if (this.analyzers.length === 0) return;
    const start = performance.now();
    for (const analyzer of this.analyzers) await analyzer.judge(resource, deployment);
    this.milliseconds += performance.now() - start;
  }

  /** What all packs found, after the program has registered everything. */
  async finish(deployment: Deployment): Promise<{ findings: Finding[]; rules: RuleInfo[] }> {
    const start = performance.now();
    for (const analyzer of this.analyzers) await analyzer.judgeStack(deployment);
    const findings = this.analyzers.flatMap(analyzer => analyzer.findings);
    const resources = this.pure.length === 0 ? [] : judgedResources(deployment);
    for (const { pack, entry } of this.pure) findings.push(...judgeAll(pack, entry, resources));
    this.milliseconds += performance.now() - start;
    const rules = [
      ...this.pure.flatMap(({ entry }) => entry.rules),
      ...this.analyzers.flatMap(analyzer => analyzer.rules),
    ];
    return { findings: findings.filter(finding => finding.level !== "disabled"), rules };
  }
}
