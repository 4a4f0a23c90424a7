import assert from "node:assert/strict";
import { renderTable } from "../../../preview/report/table.js";
import { child, component, exception, finding, report, rule, run } from "../support/results.js";

const table = (
  made: ReturnType<typeof run> | ReturnType<typeof run>[],
  options: Parameters<typeof renderTable>[1] = {},
) => renderTable(report(made), options);
const coverage = {
  unhandledInvokes: [{ token: "aws:index:getRegion", source: { file: "index.ts", line: 3, column: 1 } }],
  unexpandedComponents: [
    { urn: "urn:pulumi:s::p::kubernetes:helm.sh/v4:Chart::cert", type: "t", reason: "from the network" },
  ],
  missingStackReferences: ["org/net/prod"],
  unhandledReads: [],
  ignored: ["resource hooks do not run in a preview"],
};

describe("the table", () => {
  it("shows components as a tree and counts the objects inside of them by kind", () => {
    const policies = ["a", "b", "c"].map(name =>
      child(name, "networking.k8s.io/v1:NetworkPolicy", { parent: component("api").urn }),
    );
    const inner = component("cache", { parent: component("api").urn });
    const text = table(
      run({ resources: [component("api"), child("api"), ...policies, inner, child("cache", "core/v1:Service")] }),
    );
    assert.match(
      text,
      /api shop:web:Service\n\s+Deployment api · NetworkPolicy ×3\n\s+cache shop:web:Service\n\s+Service cache/,
    );
  });

  it("survives resources that are each other's parents", () => {
    const [a, b] = [component("a"), component("b")];
    const text = table(
      run({
        resources: [
          { ...a, parent: b.urn },
          { ...b, parent: a.urn },
        ],
      }),
    );
    assert.match(text, /✓/);
  });

  it("says once what to do about a rule, then where: file, line, column, object", () => {
    const findings = [finding({ message: "first" }), finding({ message: "second", urn: component("x").urn })];
    const text = table(run({ findings }));
    assert.equal(text.split("Set securityContext.runAsNonRoot to true.").length - 1, 1);
    assert.match(text, /infra\/index\.ts:12:13 {2}\(made at infra\/components\/service\.ts:40\)\n\s+first/);
    assert.match(text, /https:\/\/docs\.example\.com\/run-as-non-root/);
  });

  it("puts what blocks before what is more severe but only advises", () => {
    const findings = [finding({ severity: "low" }), finding({ severity: "critical", rule: "b", level: "advisory" })];
    const text = table(run({ findings }));
    assert.ok(text.indexOf("✗ LOW (mandatory)") < text.indexOf("! CRITICAL (advisory)"), text);
  });

  it("marks what could not be decided", () => {
    assert.match(
      table(run({ findings: [finding({ verdict: "undetermined" })] })),
      /\? HIGH \(undetermined, mandatory\)/,
    );
  });

  it("cuts a long list of one rule's objects and says how many more there are", () => {
    const findings = Array.from({ length: 50 }, (_, index) =>
      finding({ message: `object ${index}`, path: `/${index}` }),
    );
    const text = table(run({ findings }));
    assert.match(text, /… and 38 objects more/);
    assert.ok(text.split("\n").length < 60);
  });

  it("lists exceptions in force, outputs, what is to be set and what was not looked at", () => {
    const text = table(run({ findings: [finding({ exception })], toBeSet: ["shop:password"], coverage }), {
      width: 140,
    });
    assert.match(text, /run-as-non-root on Deployment api: an agent of the vendor \(platform, until 2030-01-31\)/);
    assert.match(text, /url {2}https:\/\/shop\.example\.com/);
    assert.match(text, /To be set before up.*\n\s+shop:password/);
    assert.match(text, /function aws:index:getRegion: no fixture answers it \(infra\/index\.ts:3\)/);
    assert.match(text, /Chart cert: from the network/);
    assert.match(text, /stack reference org\/net\/prod: no fixture answers it/);
    assert.match(text, /resource hooks do not run/);
  });

  it("ends with one line that is the verdict", () => {
    const last = (text: string) => text.trimEnd().split("\n").at(-1);
    assert.equal(last(table(run())), "✓ no mandatory violation in 3 resources");
    assert.equal(last(table(run({ findings: [finding()] }))), "✗ 1 mandatory violation in 3 resources");
    assert.equal(last(table(run({ rules: [] }))), "✓ no policy pack, so nothing was judged, in 3 resources");
  });

  it("has no colour unless asked for, and no trailing space", () => {
    const made = run({ findings: [finding()] });
    assert.doesNotMatch(table(made), /\u001b|[ \t]$/m);
    assert.match(table(made, { colour: true }), /\u001b\[31m/);
  });

  it("keeps within the terminal's width, except for what must stay whole", () => {
    const made = run({ findings: [finding({ message: "word ".repeat(60) })], rules: [rule()] });
    for (const line of table(made, { width: 80 }).split("\n")) {
      assert.ok(line.length <= 80 || /https?:|\(mandatory\)|made at|·/.test(line), line);
    }
  });

  it("with --quiet shows findings and no tree, outputs or timings of what is fine", () => {
    const text = table(run({ findings: [finding()] }), { quiet: true });
    assert.doesNotMatch(text, /Resources\n|Outputs\n/);
    assert.match(text, /may run as root/);
  });

  it("lets a message neither move the cursor nor reorder what is read", () => {
    const text = table(run({ findings: [finding({ message: "a\u001b[2Jb\u202ec\u0007\u009b" })] }));
    assert.doesNotMatch(text, /[\u001b\u202e\u0007\u009b]/);
    assert.match(text, /a\\u001b\[2Jb\\u202ec\\u0007\\u009b/);
  });

  it("names a stack that could not be evaluated, after the others", () => {
    const failed = { title: "shop/x", baseDir: "/", failure: { kind: "program" as const, message: "no" } };
    const lines = renderTable(report([run(), failed]))
      .trimEnd()
      .split("\n");
    assert.deepEqual(lines.slice(-2), [
      "✗ shop/x could not be evaluated",
      "✗ 1 of 2 could not be evaluated, no mandatory violation in 3 resources",
    ]);
  });
});
