import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { judge, rules } from "../../policies/findings.js";
import { compliantProgram, exampleOf, resourcesOf } from "../../policies/samples.js";

const folder = join(__dirname, "../../policies/rules");
const today = new Date("2026-11-22T12:00:00Z");
/** Every rule on, whatever its level. */
const allOn = { all: "mandatory" };

const brokenBy = (resources: Parameters<typeof judge>[0]) =>
  [...new Set(judge(resources, allOn, today).map(({ rule }) => rule))].sort();

describe("the compliant program", () => {
  it("breaks no rule and leaves nothing undetermined", () => {
    assert.deepEqual(judge(resourcesOf(compliantProgram()), allOn, today), []);
  });
});

for (const rule of rules) {
  describe(rule.id, () => {
    for (const [name, edits] of Object.entries(rule.examples.pass)) {
      it(`accepts: ${name}`, () => assert.deepEqual(brokenBy(exampleOf(rule, edits)), []));
    }
    for (const [name, edits] of Object.entries(rule.examples.fail)) {
      it(`alone rejects: ${name}`, () => {
        assert.deepEqual(brokenBy(exampleOf(rule, edits)), [rule.id, ...(rule.overlaps ?? [])].sort());
      });
    }
  });
}

describe("the list of rules", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(path => path.endsWith(".ts") && path !== "index.ts")
    .sort();

  it("holds every rule of every file in policies/rules, and no other", () => {
    const declared = files.flatMap(file =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/^ {2}id: "(.+)",$/gm)].map(m => m[1]),
    );
    assert.deepEqual(rules.map(({ id }) => id).sort(), declared.sort());
    assert.equal(new Set(declared).size, files.length, "one rule a file");
  });

  it("names each file after its rule", () => {
    const prefixes: Record<string, string> = { kubernetes: "k8s-", network: "k8s-" };
    for (const file of files) {
      const domain = file.split("/")[0] ?? "";
      const id = `${prefixes[domain] ?? `${domain}-`}${basename(file, ".ts")}`;
      assert.ok(
        rules.some(rule => rule.id === id),
        `${file} holds no rule ${id}`,
      );
    }
  });

  it("says for every rule what it reads, what to do, where it is documented, and shows it failing", () => {
    for (const { id, title, why, remediation, docs, reads, examples } of rules) {
      for (const text of [title, why, remediation]) assert.match(text, /^\S.{14,}/, id);
      assert.match(docs, /^https:\/\//, id);
      assert.ok(reads.length > 0, id);
      assert.ok(Object.keys(examples.fail).length > 0, id);
    }
  });
});
