import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { rules } from "../../policies/findings.js";
import { ruleIndex, rulePage } from "../../scripts/rulePage.js";
import { ruleFile, ruleSource } from "../../scripts/ruleTemplate.js";

const root = join(__dirname, "../..");
const folder = join(root, "docs/rules");
const page = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the rules' documentation", () => {
  it("has a page a rule, and no other", () => {
    assert.deepEqual(readdirSync(folder).sort(), [...rules.map(({ id }) => `${id}.md`), "index.md"].sort());
  });

  it("is what `npm run rule-docs` writes now", () => {
    assert.equal(page("index.md"), ruleIndex());
    for (const rule of rules) assert.equal(page(`${rule.id}.md`), rulePage(rule));
  });

  it("shows examples that are TypeScript", () => {
    for (const { id } of rules) {
      for (const [, code = ""] of page(`${id}.md`).matchAll(/```ts\n([\s\S]*?)```/g)) {
        const { diagnostics = [] } = ts.transpileModule(code.replaceAll("(…)", "()"), { reportDiagnostics: true });
        assert.deepEqual(
          diagnostics.map(({ messageText }) => messageText),
          [],
          `${id}: ${code}`,
        );
      }
    }
  });

  it("names the same idea in other tools only for rules that exist", () => {
    const anchors = JSON.parse(readFileSync(join(root, "policies/anchors.json"), "utf8")) as Record<string, unknown>;
    const ids = new Set(rules.map(({ id }) => id));
    assert.deepEqual(
      Object.keys(anchors).filter(id => !ids.has(id)),
      [],
    );
  });
});

describe("a new rule", () => {
  it("gets a file in the folder of its domain", () => {
    assert.equal(ruleFile("k8s-host-users"), "kubernetes/host-users.ts");
    assert.equal(ruleFile("rbac-nodes"), "rbac/nodes.ts");
    for (const id of ["", "k8s", "k8s-", "k8s-Host", "gcp-x", "../k8s-x", "k8s-a/b"])
      assert.equal(ruleFile(id), undefined, id);
  });

  it("is TypeScript that names itself, and says nothing yet that would pass for a rule", () => {
    for (const id of ["k8s-host-users", "docker-x"]) {
      const source = ruleSource(id);
      assert.match(source, new RegExp(`id: "${id}"`));
      assert.match(source, /title: ""/);
      assert.deepEqual(ts.transpileModule(source, { reportDiagnostics: true }).diagnostics, []);
    }
    assert.match(ruleSource("k8s-host-users"), /export const hostUsers = podRule/);
  });
});
