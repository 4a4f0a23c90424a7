import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { renderJunit } from "../../../preview/report/junit.js";
import { exception, finding, report, rule, run } from "../support/results.js";

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Parsed by a strict XML parser: whatever is not well-formed throws. */
function parse(xml: string): Node {
  const top: Node = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  const parser = new SaxesParser();
  parser.on("error", error => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [], text: "" };
    open.at(-1)!.children.push(node);
    open.push(node);
  });
  parser.on("text", text => {
    open.at(-1)!.text += text;
  });
  parser.on("closetag", () => open.pop());
  parser.write(xml).close();
  return top.children[0]!;
}

/** What the common JUnit schema (Jenkins' xUnit plugin) allows, as far as we use it. */
const allowed: Record<string, { required: string[]; optional: string[]; children: string[] }> = {
  testsuites: {
    required: [],
    optional: ["name", "tests", "failures", "errors", "time", "disabled"],
    children: ["testsuite"],
  },
  testsuite: {
    required: ["name", "tests"],
    optional: ["failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "disabled"],
    children: ["properties", "testcase", "system-out", "system-err"],
  },
  testcase: {
    required: ["name", "classname"],
    optional: ["time", "assertions", "status"],
    children: ["skipped", "error", "failure", "system-out", "system-err"],
  },
  failure: { required: [], optional: ["message", "type"], children: [] },
  error: { required: [], optional: ["message", "type"], children: [] },
  skipped: { required: [], optional: [], children: [] },
  "system-out": { required: [], optional: [], children: [] },
};

function assertAllowed(node: Node): void {
  const rules = allowed[node.name];
  assert.ok(rules, `no element <${node.name}> in JUnit`);
  for (const name of rules.required) assert.ok(name in node.attributes, `<${node.name}> needs ${name}`);
  for (const name of Object.keys(node.attributes)) {
    assert.ok([...rules.required, ...rules.optional].includes(name), `<${node.name}> has no attribute ${name}`);
  }
  for (const child of node.children) {
    assert.ok(rules.children.includes(child.name), `<${child.name}> inside <${node.name}>`);
    assertAllowed(child);
  }
}

function junit(...args: Parameters<typeof report>): Node {
  const root = parse(renderJunit(report(...args)));
  assertAllowed(root);
  const cases = root.children.flatMap(suite => suite.children);
  const outcome = (name: string) => cases.filter(each => each.children.some(child => child.name === name)).length;
  assert.equal(root.attributes["tests"], String(cases.length));
  assert.equal(root.attributes["failures"], String(outcome("failure")));
  assert.equal(root.attributes["errors"], String(outcome("error")));
  for (const suite of root.children) {
    assert.equal(suite.attributes["tests"], String(suite.children.length));
    const skipped = suite.children.filter(each => each.children.some(child => child.name === "skipped")).length;
    assert.equal(suite.attributes["skipped"], String(skipped));
  }
  return root;
}

const outcomeOf = (root: Node, name: string) =>
  root.children.flatMap(suite => suite.children).find(each => each.attributes["name"] === name)?.children[0];

describe("the JUnit report", () => {
  it("has a suite for every stack and pack, and a case for every rule", () => {
    const rules = [rule(), rule({ id: "b" }), rule({ id: "c", pack: "other" })];
    const root = junit([run({ rules }), run({ rules, stack: "staging" }, { title: "shop/staging" })]);
    assert.deepEqual(
      root.children.map(suite => [suite.attributes["name"], suite.children.length]),
      [
        ["shop/production · @shop/policies", 2],
        ["shop/production · other", 1],
        ["shop/staging · @shop/policies", 2],
        ["shop/staging · other", 1],
      ],
    );
  });

  it("fails a rule that blocks, with where and why", () => {
    const failure = outcomeOf(junit(run({ findings: [finding()] })), "run-as-non-root");
    assert.equal(failure?.name, "failure");
    assert.match(failure.text, /^infra\/index\.ts:12:13: Service "api"/);
  });

  it("skips a rule that could not decide, unless it was decided elsewhere", () => {
    const undetermined = finding({ verdict: "undetermined" });
    assert.equal(outcomeOf(junit(run({ findings: [undetermined] })), "run-as-non-root")?.name, "skipped");
    assert.equal(outcomeOf(junit(run({ findings: [undetermined, finding()] })), "run-as-non-root")?.name, "failure");
    assert.equal(
      outcomeOf(junit(run({ findings: [undetermined] }), { strict: true }), "run-as-non-root")?.name,
      "failure",
    );
  });

  it("passes a rule that only advises or whose findings are excused, and tells about them", () => {
    const findings = [finding({ level: "advisory" }), finding({ exception })];
    const out = outcomeOf(junit(run({ findings })), "run-as-non-root");
    assert.equal(out?.name, "system-out");
    assert.match(out.text, /excused by platform until 2030-01-31/);
  });

  it("has a case for a finding whose rule no pack described", () => {
    const root = junit(run({ rules: [], findings: [finding({ rule: "ghost" })] }));
    assert.equal(outcomeOf(root, "ghost")?.name, "failure");
  });

  it("has an error for a stack that could not be evaluated", () => {
    const failed = { title: "shop/x", baseDir: "/", failure: { kind: "program" as const, message: "it <crashed>" } };
    const error = outcomeOf(junit([run(), failed]), "evaluation");
    assert.equal(error?.name, "error");
    assert.equal(error.attributes["message"], "it <crashed>");
  });

  it("stays XML whatever a message holds", () => {
    const hostile = "]]></failure>\u0000\u0007\u001b[31m\ud800 & \"'<x a='1'>\r\n\ufffe";
    const failure = outcomeOf(junit(run({ findings: [finding({ message: hostile, rule: `r"<&` })] })), `r"<&`);
    assert.match(failure?.text ?? "", /\]\]><\/failure>.* & "'<x a='1'>/s);
  });
});
