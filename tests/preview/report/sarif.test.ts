import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { renderSarif } from "../../../preview/report/sarif.js";
import { exception, finding, report, rule, run } from "../support/results.js";

interface Location {
  physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: Location[];
  relatedLocations?: Location[];
  partialFingerprints: Record<string, string>;
  suppressions?: { justification: string }[];
}
interface Log {
  runs: {
    tool: {
      driver: {
        rules: { id: string; helpUri?: string; properties: { tags: string[]; "security-severity": string } }[];
      };
    };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: { message: { text: string } }[] }[];
    results: Result[];
  }[];
}

const schema = JSON.parse(
  readFileSync(join(__dirname, "../../fixtures/sarif/sarif-schema-2.1.0.json"), "utf8"),
) as object;
const ajv = new Ajv04({ strict: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(schema);

/** The log, once the schema accepts it. */
function sarif(...args: Parameters<typeof report>): Log["runs"][number] {
  const log = JSON.parse(renderSarif(report(...args))) as Log;
  assert.deepEqual(validate(log) ? [] : validate.errors, []);
  assert.equal(log.runs.length, 1, "GitHub refuses several runs of one tool");
  return log.runs[0]!;
}

describe("the SARIF report", () => {
  it("is valid by the OASIS schema, with every part of it in use", () => {
    const coverage = {
      unhandledInvokes: [{ token: "aws:index:getRegion", source: { file: "index.ts", line: 3, column: 1 } }],
      unexpandedComponents: [{ urn: "u", type: "t", reason: "r" }],
      missingStackReferences: [],
      unhandledReads: [],
      ignored: [],
    };
    const failed = { title: "shop/x", baseDir: "/repository", failure: { kind: "program" as const, message: "m" } };
    const found = sarif([run({ findings: [finding(), finding({ exception })], coverage }), failed]);
    assert.equal(found.invocations[0]?.executionSuccessful, false);
    assert.equal(found.invocations[0].toolExecutionNotifications.length, 3);
  });

  it("is a schema test that can fail: a result without a message is refused", () => {
    const log = JSON.parse(renderSarif(report(run({ findings: [finding()] })))) as { runs: { results: object[] }[] };
    log.runs[0]!.results[0] = { ruleId: "x" };
    assert.equal(validate(log), false);
  });

  it("points at the line of the program, relative to the repository, and at the line inside the component", () => {
    const [first] = sarif(run({ findings: [finding()] })).results;
    assert.equal(first?.locations[0]?.physicalLocation.artifactLocation.uri, "infra/index.ts");
    assert.equal(first.locations[0].physicalLocation.region.startLine, 12);
    assert.equal(first.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri, "infra/components/service.ts");
  });

  it("gives a finding without a line the project file: GitHub refuses a result without a place", () => {
    const placeless = finding({ urn: "urn:stack" });
    delete placeless.source;
    const [first] = sarif(run({ findings: [placeless] })).results;
    assert.equal(first?.locations[0]?.physicalLocation.artifactLocation.uri, "infra/Pulumi.yaml");
  });

  it("escapes a file name as a URI", () => {
    const source = { file: "a b/#%?ü.ts", line: 1, column: 1 };
    const [first] = sarif(run({ findings: [finding({ urn: "urn:x", source })] })).results;
    assert.equal(first?.locations[0]?.physicalLocation.artifactLocation.uri, "infra/a%20b/%23%25%3F%C3%BC.ts");
  });

  it("keeps a finding's fingerprint when lines move or its message is reworded", () => {
    const print = (edits: Parameters<typeof finding>[0], line: number) => {
      const made = run({ findings: [finding(edits)] });
      for (const resource of made.result?.resources ?? [])
        resource.programSource = { file: "index.ts", line, column: 1 };
      return sarif(made).results[0]?.partialFingerprints["primaryLocationLineHash"];
    };
    const original = print({}, 12);
    assert.equal(print({ message: "other words" }, 99), original);
    assert.notEqual(print({ path: "/spec" }, 12), original);
    assert.notEqual(print({ rule: "other" }, 12), original);
    assert.notEqual(print({ urn: "urn:other" }, 12), original);
  });

  it("tells two findings of one rule on one path apart", () => {
    const { results } = sarif(run({ findings: [finding({ message: "a" }), finding({ message: "b" })] }));
    const prints = results.map(each => each.partialFingerprints["primaryLocationLineHash"]);
    assert.equal(new Set(prints).size, 2);
  });

  for (const [severity, score] of [
    ["critical", "9.5"],
    ["high", "8.0"],
    ["medium", "5.0"],
    ["low", "2.0"],
  ] as const) {
    it(`says ${score} for ${severity}, which GitHub shows as ${severity}`, () => {
      const { tool } = sarif(run({ rules: [rule({ severity })] }));
      assert.equal(tool.driver.rules[0]?.properties["security-severity"], score);
    });
  }

  it("shows an excused finding as suppressed, with reason, owner and last day", () => {
    const [first] = sarif(run({ findings: [finding({ exception })] })).results;
    assert.match(
      first?.suppressions?.[0]?.justification ?? "",
      /an agent of the vendor \(platform, until 2030-01-31\)/,
    );
    const [open] = sarif(run({ findings: [finding()] })).results;
    assert.equal(open?.suppressions, undefined);
  });

  it("has levels as the command line judges: error blocks, warning advises, note is undetermined", () => {
    const findings = [
      finding(),
      finding({ level: "advisory", path: "/a" }),
      finding({ verdict: "undetermined", path: "/b" }),
    ];
    const levels = sarif(run({ findings })).results.map(({ level }) => level);
    assert.deepEqual(levels.sort(), ["error", "note", "warning"]);
  });

  it("describes a rule that only a finding names, and points every result at its rule", () => {
    const { tool, results } = sarif(run({ rules: [rule()], findings: [finding(), finding({ rule: "unheard-of" })] }));
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  });

  it("leaves out a help address that is no web page, and cuts tags at GitHub's limit of 20", () => {
    const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`);
    const [described] = sarif(run({ rules: [rule({ docs: "javascript:alert(1)", tags })] })).tool.driver.rules;
    assert.equal(described?.helpUri, undefined);
    assert.equal(described?.properties.tags.length, 20);
  });

  it("makes no link of a message", () => {
    const [first] = sarif(run({ findings: [finding({ message: "[click](1) a[0](x)" })] })).results;
    assert.equal(first?.message.text, "\\[click\\](1) a\\[0\\](x)");
  });

  it("stays within GitHub's 25,000 results and says what it left out", () => {
    const findings = Array.from({ length: 25_010 }, (_, index) => finding({ path: `/${index}` }));
    // The schema judged the shape above; judging 25,000 of them takes its time.
    const { results, invocations } = (JSON.parse(renderSarif(report(run({ findings })))) as Log).runs[0]!;
    assert.equal(results.length, 25_000);
    assert.match(invocations[0]?.toolExecutionNotifications[0]?.message.text ?? "", /^10 /);
  });
});
