import assert from "node:assert/strict";
import { renderGithub } from "../../../preview/report/github.js";
import { exception, finding, report, run } from "../support/results.js";

const github = (...args: Parameters<typeof report>) =>
  renderGithub(report(...args))
    .split("\n")
    .filter(Boolean);

describe("the GitHub annotations", () => {
  it("stand on the line of the program: an error for what blocks", () => {
    assert.deepEqual(github(run({ findings: [finding()] })), [
      "::error file=infra/index.ts,line=12,col=13,title=run-as-non-root (high)%2C shop/production" +
        '::Service "api": container "api" may run as root',
    ]);
  });

  it("warn about what is advisory, notice what is undetermined, and leave out what is excused", () => {
    const findings = [
      finding({ level: "advisory" }),
      finding({ verdict: "undetermined", path: "/x" }),
      finding({ exception }),
    ];
    assert.deepEqual(
      github(run({ findings })).map(line => line.split(" ")[0]),
      ["::warning", "::notice"],
    );
  });

  it("cannot be escaped from: a message makes neither a second command nor another property", () => {
    const lines = github(
      run({
        findings: [finding({ message: "a\n::error::b\r::set-output name=x::y %0A", rule: "r,file=/etc/passwd::x\n" })],
      }),
    );
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? "",
      /title=r%2Cfile=\/etc\/passwd%3A%3Ax%0A \(high\)%2C shop\/production::a%0A::error::b%0D/,
    );
    assert.match(lines[0] ?? "", /%250A$/);
  });

  it("name no file outside of the repository", () => {
    const source = { file: "/elsewhere/x.ts", line: 1, column: 1 };
    const [line] = github(run({ findings: [finding({ urn: "urn:x", source })] }));
    assert.ok(line?.startsWith("::error title="), line);
  });

  it("tell of a stack that could not be evaluated", () => {
    const failure = { kind: "program" as const, message: "no", source: { file: "index.ts", line: 7, column: 1 } };
    assert.deepEqual(github({ title: "shop/x", baseDir: "/repository", failure }), [
      "::error file=index.ts,line=7,col=1,title=shop/x could not be evaluated::no",
    ]);
  });

  it("are empty where nothing was found", () => {
    assert.equal(renderGithub(report(run())), "");
  });
});
