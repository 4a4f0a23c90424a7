import assert from "node:assert/strict";
import { exception, finding, report, run } from "../support/results.js";

const failed = (kind: "usage" | "program" | "internal") => ({
  title: "shop/staging",
  baseDir: "/repository",
  failure: { kind, message: "no" },
});
const emptyComparison = {
  base: "main",
  baseCommit: "0".repeat(40),
  added: [],
  removed: [],
  changed: [],
  renamed: [],
  unprotected: [],
  replaced: [],
  contract: [],
  addedOutputs: [],
};
const coverage = {
  unhandledInvokes: [{ token: "aws:index:getRegion" }],
  unexpandedComponents: [{ urn: "urn:x", type: "kubernetes:helm.sh/v4:Chart", reason: "from the network" }],
  missingStackReferences: [],
  unhandledReads: [],
  ignored: [],
};

describe("the verdict of a report", () => {
  it("is ok where nothing was found", () => {
    assert.equal(report(run()).verdict.exitCode, 0);
  });

  it("is 5 for a mandatory violation and for what remediation left over", () => {
    assert.equal(report(run({ findings: [finding()] })).verdict.exitCode, 5);
    assert.equal(report(run({ findings: [finding({ level: "remediate" })] })).verdict.exitCode, 5);
  });

  it("lets advisory, excused, disabled and undetermined findings pass", () => {
    const findings = [
      finding({ level: "advisory" }),
      finding({ exception }),
      finding({ level: "disabled" }),
      finding({ verdict: "undetermined" }),
    ];
    const { verdict, runs } = report(run({ findings }));
    const { exitCode, mandatory, advisory, undetermined, excused } = verdict;
    assert.deepEqual(
      { exitCode, mandatory, advisory, undetermined, excused },
      { exitCode: 0, mandatory: 0, advisory: 1, undetermined: 1, excused: 1 },
    );
    assert.equal(runs[0]?.findings.length, 3, "a disabled rule's finding is not reported");
  });

  it("is 5 with --strict for what could not be judged", () => {
    const strict = { strict: true };
    assert.equal(report(run({ findings: [finding({ verdict: "undetermined" })] }), strict).verdict.exitCode, 5);
    assert.equal(report(run({ coverage }), strict).verdict.exitCode, 5);
    assert.equal(report(run({ coverage })).verdict.exitCode, 0);
  });

  it("does not let --strict block what is advisory or excused", () => {
    const findings = [
      finding({ verdict: "undetermined", level: "advisory" }),
      finding({ verdict: "undetermined", exception }),
    ];
    assert.equal(report(run({ findings }), { strict: true }).verdict.exitCode, 0);
  });

  for (const [kind, code] of [
    ["internal", 1],
    ["usage", 2],
    ["program", 4],
  ] as const) {
    it(`is ${code} for a failure of kind ${kind}, whatever else was found`, () => {
      assert.equal(report([run({ findings: [finding()] }), failed(kind)]).verdict.exitCode, code);
    });
  }

  it("takes the failure that leaves the least to trust, of several", () => {
    assert.equal(report([failed("program"), failed("usage"), failed("internal")]).verdict.exitCode, 1);
    assert.equal(report([failed("program"), failed("usage")]).verdict.exitCode, 2);
  });

  it("blocks only on the changes that --fail-on names", () => {
    const removed = { path: "url", change: "removed" as const, from: "string" };
    const changed = run({}, { comparison: { ...emptyComparison, contract: [removed] } });
    assert.equal(report(changed).verdict.exitCode, 0);
    assert.equal(report(changed, { failOn: ["replaced", "unprotected"] }).verdict.exitCode, 0);
    assert.equal(report(changed, { failOn: ["contract"] }).verdict.exitCode, 5);
  });
});

describe("the findings of a report", () => {
  it("stand on the line of the program, and name the line inside the component too", () => {
    const [first] = report(run({ findings: [finding()] })).runs[0]?.findings ?? [];
    assert.deepEqual(first?.source, { file: "infra/index.ts", line: 12, column: 13 });
    assert.deepEqual(first.constructedAt, { file: "infra/components/service.ts", line: 40, column: 5 });
  });

  it("keep the absolute name of a file outside of the repository", () => {
    const source = { file: "/elsewhere/x.ts", line: 1, column: 1 };
    const [first] = report(run({ findings: [finding({ urn: "urn:other", source })] })).runs[0]?.findings ?? [];
    assert.equal(first?.source?.file, "/elsewhere/x.ts");
  });

  it("come in order of importance: blocking, severity, rule", () => {
    const findings = [
      finding({ severity: "low", rule: "c", level: "advisory" }),
      finding({ severity: "critical", rule: "b", level: "advisory" }),
      finding({ severity: "low", rule: "z" }),
      finding({ severity: "high", rule: "y" }),
      finding({ severity: "high", rule: "x" }),
    ];
    const order = report(run({ findings })).runs[0]?.findings.map(({ rule }) => rule);
    assert.deepEqual(order, ["x", "y", "z", "b", "c"]);
  });
});
