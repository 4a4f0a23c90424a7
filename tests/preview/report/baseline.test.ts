import assert from "node:assert/strict";
import { PreviewError } from "../../../preview/errors.js";
import { againstBaseline, baselineOf, updatedBaseline } from "../../../preview/report/baseline.js";
import { parseBaseline } from "../../../preview/report/baselineFile.js";
import { renderGithub } from "../../../preview/report/github.js";
import { renderMarkdown } from "../../../preview/report/markdown.js";
import type { Report } from "../../../preview/report/report.js";
import { renderSarif } from "../../../preview/report/sarif.js";
import { renderTable } from "../../../preview/report/table.js";
import { child, component, exception, finding, report, run } from "../support/results.js";

const packs = { "@shop/policies": "1.0.0" };
const resources = [component("api"), child("api"), component("web"), child("web")];
const first = finding();
const second = finding({ urn: child("web").urn, message: 'Service "web": container "web" may run as root' });
const third = finding({ rule: "read-only", urn: child("web").urn, message: 'Service "web": can write' });

const found = (...findings: (typeof first)[]) => run({ resources, findings });
const baselineFrom = (...findings: (typeof first)[]) => baselineOf(report(found(...findings)).runs, packs);
const judged = (now: (typeof first)[], before: (typeof first)[]): Report =>
  report(found(...now), { baseline: baselineFrom(...before) });

interface Sarif {
  runs: { results: { ruleId: string; level: string; baselineState?: string }[] }[];
}

describe("a baseline", () => {
  it("lets what it has pass, and blocks what is new", () => {
    const made = judged([first, second], [first]);
    assert.deepEqual(
      made.runs[0]?.findings.map(({ message, blocking, baseline }) => [message, blocking, baseline]),
      [
        [second.message, true, "new"],
        [first.message, false, "known"],
      ],
    );
    assert.equal(made.verdict.exitCode, 5);
    assert.deepEqual([made.verdict.mandatory, made.verdict.baseline], [1, { known: 1, fixed: 0 }]);
    assert.match(made.verdict.sentence, /^1 new mandatory violation, 1 known from the baseline in /);
    assert.equal(judged([first], [first]).verdict.exitCode, 0);
  });

  it("knows a finding again whose line, message and severity have changed", () => {
    const moved = { ...first, source: { file: "index.ts", line: 99, column: 1 }, message: "worded anew" };
    assert.equal(judged([{ ...moved, severity: "critical" }], [first]).verdict.exitCode, 0);
    assert.equal(judged([{ ...moved, path: "/spec/template/spec/containers/1" }], [first]).verdict.exitCode, 5);
  });

  it("knows as many findings of one rule on one path as it was made of", () => {
    const twin = { ...first, message: "another at the same place" };
    assert.deepEqual(judged([first, twin], [first]).verdict.baseline, { known: 1, fixed: 0 });
    assert.equal(judged([first, twin], [first]).verdict.exitCode, 5);
    assert.equal(judged([first, twin], [first, twin]).verdict.exitCode, 0);
  });

  it("tells what is fixed, and how to tighten", () => {
    const made = judged([first], [first, second, third]);
    assert.equal(made.verdict.exitCode, 0);
    assert.deepEqual(
      made.runs[0]?.fixed?.map(({ rule, urn }) => [rule, urn]),
      [
        [third.rule, third.urn],
        [second.rule, second.urn],
      ],
    );
    assert.match(made.verdict.sentence, /; 2 fixed: run --write-baseline to tighten$/);
  });

  it("says nothing of stacks that were not evaluated, or could not be", () => {
    const baseline = baselineFrom(first);
    const other = report({ ...found(), title: "shop/staging" }, { baseline });
    assert.deepEqual(other.runs[0]?.fixed, []);
    const failed = report(
      { title: "shop/production", baseDir: "/repository", failure: { kind: "program", message: "broken" } },
      { baseline },
    );
    assert.equal(failed.runs[0]?.fixed, undefined);
    assert.equal(failed.verdict.exitCode, 4);
  });

  it("leaves alone what an exception excuses, which it never holds", () => {
    const excused = finding({ exception });
    assert.deepEqual(baselineFrom(excused).runs["shop/production"], []);
    const [only] = judged([excused], [first]).runs[0]?.findings ?? [];
    assert.equal(only?.baseline, undefined);
  });

  it("also takes what --strict and failOnUndetermined would let block", () => {
    const unsure = finding({ verdict: "undetermined", blocks: true });
    assert.equal(judged([unsure], []).verdict.exitCode, 5);
    assert.equal(judged([unsure], [unsure]).verdict.exitCode, 0);
    assert.equal(report(found(unsure), { strict: true, baseline: baselineFrom(unsure) }).verdict.exitCode, 0);
  });

  it("keeps other stacks when it is made anew", () => {
    const before = baselineFrom(first);
    const staging = report({ ...found(second), title: "shop/staging" });
    assert.deepEqual(Object.keys(updatedBaseline(before, staging, packs).runs), ["shop/production", "shop/staging"]);
    const anew = updatedBaseline(before, report(found(second)), packs);
    assert.deepEqual(
      anew.runs["shop/production"]?.map(({ urn }) => urn),
      [second.urn],
    );
  });

  it("is read as it was written", () => {
    const made = baselineFrom(first, second);
    assert.deepEqual(parseBaseline(JSON.stringify(made), "b.json", packs), made);
    const [same] = report(found(first, second)).runs;
    assert.deepEqual(againstBaseline(same!, made).fixed, []);
  });

  for (const [title, text, message] of [
    ["is no JSON", "{", /^baseline b\.json is no JSON: /],
    ["is no baseline", "[]", /^baseline b\.json is broken: /],
    ["has a member that is none of its own", JSON.stringify({ ...baselineFrom(), more: 1 }), /is broken: .*more/],
    [
      "has a fingerprint that is none",
      JSON.stringify({ ...baselineFrom(), runs: { a: [{ fingerprint: "x", rule: "r", urn: "u", path: "" }] } }),
      /is broken: runs\.a\.0\.fingerprint: /,
    ],
    [
      "was made by another version of the pack",
      JSON.stringify({ ...baselineFrom(), packs: { "@shop/policies": "0.9.0" } }),
      /^baseline b\.json was made by @shop\/policies 0\.9\.0, this is @shop\/policies 1\.0\.0$/,
    ],
    [
      "was made by another pack",
      JSON.stringify({ ...baselineFrom(), packs: {} }),
      /^baseline b\.json was made by no policy pack, this is @shop\/policies 1\.0\.0$/,
    ],
  ] as const) {
    it(`that ${title} is one error that says what to do`, () => {
      assert.throws(
        () => parseBaseline(text, "b.json", packs),
        (error: PreviewError) => {
          assert.ok(error instanceof PreviewError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n/);
          assert.deepEqual([error.kind, error.hint], ["usage", "Make it anew: --write-baseline b.json."]);
          return true;
        },
      );
    });
  }

  describe("in reports", () => {
    const made = judged([first, second], [first, third]);

    it("is baselineState in SARIF, and no error where it is known", () => {
      const { runs } = JSON.parse(renderSarif(made)) as Sarif;
      assert.deepEqual(
        runs[0]?.results.map(({ level, baselineState }) => [level, baselineState]),
        [
          ["error", "new"],
          ["warning", "unchanged"],
        ],
      );
      assert.doesNotMatch(renderSarif(report(found(first))), /baselineState/);
    });

    it("is a section of its own in the table: what is known is counted, what is fixed named", () => {
      const text = renderTable(made, {});
      assert.match(
        text,
        /Known from the baseline\n\s+run-as-non-root: 1 finding\n\s+fixed: read-only on Deployment web\n/,
      );
      assert.equal(text.includes(first.message), false);
      assert.match(text, /container "web" may run as root/);
    });

    it("is a folded block and a column in Markdown", () => {
      const text = renderMarkdown(made);
      assert.match(text, /\| excused \| known \|\n/);
      assert.match(text, /\| 1 \| 0 \| 0 \| 0 \| 1 \|\n/);
      assert.match(text, /<details><summary>Known from the baseline, not blocking<\/summary>/);
      assert.match(text, /<details><summary>Fixed since the baseline: run --write-baseline to tighten<\/summary>/);
    });

    it("leaves only what is new as annotations", () => {
      assert.equal(renderGithub(made).split("\n").length - 1, 1);
      assert.match(renderGithub(made), /^::error .*web/);
    });
  });
});
