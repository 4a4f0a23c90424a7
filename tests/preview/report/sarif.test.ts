import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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
    automationDetails: { id: string };
    tool: {
      driver: {
        rules: {
          id: string;
          helpUri?: string;
          shortDescription: { text: string };
          fullDescription: { text: string };
          help: { text: string };
          properties: { tags: string[]; "security-severity": string };
        }[];
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

  it("leaves out a help address that is no web page, and keeps the 10 tags that GitHub shows", () => {
    const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`);
    const [described] = sarif(run({ rules: [rule({ docs: "javascript:alert(1)", tags })] })).tool.driver.rules;
    assert.equal(described?.helpUri, undefined);
    assert.equal(described?.properties.tags.length, 10);
  });

  it("has a category for each project, whether it could be evaluated or not: a job uploads one file a category", () => {
    const broken = { title: "shop/x", baseDir: "/repository", failure: { kind: "program" as const, message: "m" } };
    assert.equal(sarif(run()).automationDetails.id, "bulkhead/preview/shop/");
    assert.equal(sarif(broken).automationDetails.id, "bulkhead/preview/shop/");
    assert.equal(sarif([run(), broken]).automationDetails.id, "bulkhead/preview/shop/");
    const other = run({ project: "a b/c" }, { title: "a b/c/dev" });
    assert.equal(sarif(other).automationDetails.id, "bulkhead/preview/a%20b%2Fc/");
    assert.equal(sarif(run({}, { title: "check" }), { command: "check" }).automationDetails.id, "bulkhead/check/");
  });

  it("shows a finding that lies outside of the repository at the project file", () => {
    const made = run({ findings: [finding()] });
    for (const resource of made.result?.resources ?? [])
      resource.programSource = { file: "/elsewhere/lib.ts", line: 7, column: 1 };
    const [first] = sarif(made).results;
    assert.equal(first?.locations[0]?.physicalLocation.artifactLocation.uri, "infra/Pulumi.yaml");
    const inside = finding({ source: { file: "/elsewhere/component.ts", line: 1, column: 1 } });
    const made2 = run({ findings: [inside] });
    for (const resource of made2.result?.resources ?? []) delete resource.source;
    assert.equal(sarif(made2).results[0]?.relatedLocations, undefined);
  });

  it("makes no link of a message", () => {
    const [first] = sarif(run({ findings: [finding({ message: "[click](1) a[0](x)" })] })).results;
    assert.equal(first?.message.text, "\\[click\\](1) a\\[0\\](x)");
  });

  describe("of a report that is too big for GitHub", () => {
    const words = "A container of this workload may do more than it needs, see its securityContext. ";
    const severities = ["low", "medium", "high", "critical"] as const;
    const rules = Array.from({ length: 200 }, (_, index) =>
      rule({
        id: `rule-${index}`,
        title: words.repeat(20),
        remediation: words.repeat(20),
        severity: severities[index % 4]!,
        tags: Array.from({ length: 40 }, (__, tag) => `tag-${tag}`),
      }),
    );
    const stacks = ["local", "production"].map(stack =>
      run(
        {
          stack,
          rules,
          findings: Array.from({ length: 12_600 }, (_, index) =>
            finding({
              rule: `rule-${index % 200}`,
              path: `/${index}`,
              severity: severities[index % 4]!,
              // Of the first stack nothing blocks: what blocks in the second must not be left out for it.
              level: stack === "local" ? "advisory" : "mandatory",
              message: index < 2 ? "x".repeat(20_000_000) : `container ${index} may run as root`,
            }),
          ),
        },
        { title: `shop/${stack}` },
      ),
    );
    let text: string;
    let made: Log["runs"][number];

    before(() => {
      text = renderSarif(report(stacks));
      made = (JSON.parse(text) as Log).runs[0]!;
    });

    it("holds 25,000 results of one run, those that block first, and says how many it left out", () => {
      assert.equal((JSON.parse(text) as Log).runs.length, 1);
      assert.equal(made.results.length, 25_000);
      const levels = made.results.map(({ level }) => level);
      assert.ok(levels.slice(0, 12_600).every(level => level === "error"));
      assert.ok(!levels.slice(12_600).includes("error"));
      assert.match(made.invocations[0]?.toolExecutionNotifications[0]?.message.text ?? "", /^200 /);
    });

    it("is below 10 MB once compressed, however long a message is", () => {
      assert.ok(gzipSync(text).length < 10_000_000);
      for (const { message } of made.results) assert.ok(message.text.length <= 1024);
    });

    it("leaves out results where even short ones, alike in nothing, are above 10 MB compressed", () => {
      const random = () => randomBytes(750).toString("base64");
      const big = report(run({ findings: [finding()] }));
      const [only] = big.runs[0]!.findings;
      big.runs[0]!.findings = Array.from({ length: 16_000 }, () => ({ ...only!, message: random() }));
      const noise = renderSarif(big);
      assert.ok(gzipSync(noise).length < 10_000_000);
      const { results, invocations } = (JSON.parse(noise) as Log).runs[0]!;
      assert.equal(results.length, 8000);
      assert.match(invocations[0]?.toolExecutionNotifications[0]?.message.text ?? "", /^8000 /);
    });

    it("describes each rule once, in at most 1,024 characters, with at most 20 tags and a score from 0 to 10", () => {
      const described = made.tool.driver.rules;
      assert.equal(new Set(described.map(({ id }) => id)).size, described.length);
      for (const { shortDescription, fullDescription, help, properties } of described) {
        for (const { text: words } of [shortDescription, fullDescription]) assert.ok(words.length <= 1024);
        assert.ok(help.text.length > 0);
        assert.ok(properties.tags.length <= 20);
        assert.match(properties["security-severity"], /^\d\.\d$/);
      }
    });

    it("gives each result one place, relative to the repository and inside of it, and a fingerprint of its own", () => {
      for (const { locations } of made.results) {
        assert.equal(locations.length, 1);
        const { uri } = locations[0]!.physicalLocation.artifactLocation;
        assert.doesNotMatch(uri, /^\/|^[a-z]+:|(^|\/)\.\.(\/|$)|\\/);
        assert.ok(locations[0]!.physicalLocation.region.startLine >= 1);
      }
      const prints = new Set(made.results.map(each => each.partialFingerprints["primaryLocationLineHash"]));
      assert.equal(prints.size, made.results.length);
    });
  });
});
