import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FakeGitHub } from "./support/fakeGitHub.js";
import { removeFolders, repository, run, writeFiles } from "./support/run.js";
import { type JobResult, runAction } from "./support/runner.js";
import { type Checkout, clean, pullRequest, risky } from "./support/shop.js";

const token = "ghs_0123456789abcdefSECRET";
/** Where a program notes what it can see. */
const seenFile = "seen.json";

describe("the action on a pull request", function () {
  // Each run starts the command line once or twice, on machines that do other things too.
  this.timeout(180_000);
  const github = new FakeGitHub();

  before(() => github.start());
  after(async () => {
    await github.stop();
    removeFolders();
  });
  beforeEach(() => {
    github.comments.length = 0;
    github.calls.length = 0;
    github.faults.length = 0;
    github.readOnly.clear();
    github.accounts.clear();
    github.accounts.set(token, "github-actions[bot]");
  });

  function judge({ workspace, env }: Checkout, inputs: Record<string, string> = {}): Promise<JobResult> {
    const urls = { GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: `${github.url}/graphql` };
    return runAction({
      workspace,
      token,
      env: { ...urls, ...env },
      inputs: { "working-directory": "infra", ...inputs },
    });
  }

  it("comments on what is new, fails the job, and keeps the comment up to date until it is mended", async () => {
    const checkout = pullRequest({ "infra/index.ts": clean }, { "infra/index.ts": risky });
    const found = await judge(checkout, { "sarif-file": "out.sarif", "upload-sarif": "true" });
    assert.equal(found.code, 5, found.log);
    assert.equal(github.comments.length, 1);
    const { body, html_url: url } = github.comments[0]!;
    assert.match(body, /^<!-- bulkhead:[0-9a-f]{16} -->\n## ❌ Bulkhead, infra: \d+ mandatory violations/);
    assert.match(body, /`infra\/index\.ts:8`.*Pod "web": container "web"/);
    assert.match(body, new RegExp(`against <code>${checkout.baseSha}</code>: 0 changed, 1 added`));
    assert.match(
      body,
      new RegExp(
        `\\[job summary\\]\\(https://github\\.example/acme/shop/actions/runs/4711\\), for commit ${checkout.headSha}`,
      ),
    );
    assert.match(found.summary, /^## ❌ Bulkhead, infra: \d+ mandatory violations/);
    assert.match(found.log, /^::error file=infra\/index\.ts,line=8,col=\d+,title=k8s-/m);
    assert.equal(found.log.match(/^::error file=/gm)?.length, 10, "as many as GitHub shows");
    assert.ok(!found.log.includes(token));
    const { outputs } = found;
    assert.equal(outputs["exit-code"], "5");
    assert.match(outputs["verdict"] ?? "", /^\d+ mandatory violations/);
    assert.ok(Number(outputs["mandatory"]) > 0);
    assert.equal(outputs["comment-url"], url);
    assert.equal(outputs["sarif-file"], join(checkout.workspace, "out.sarif"));
    const log = JSON.parse(readFileSync(join(checkout.workspace, "out.sarif"), "utf8")) as { runs: { results: [] }[] };
    assert.equal(log.runs[0]?.results.length, Number(outputs["mandatory"]) + Number(outputs["advisory"]));
    // An earlier step's failure would have ended the job before the upload.
    assert.deepEqual(
      found.used.map(({ uses, with: given }) => [uses.split("@")[0], given["sarif_file"]]),
      [["github/codeql-action/upload-sarif", join(checkout.workspace, "out.sarif")]],
    );

    writeFiles(checkout.workspace, { "infra/index.ts": clean });
    const mended = await judge(checkout);
    assert.equal(mended.code, 0, mended.log);
    assert.deepEqual(
      github.comments.map(({ html_url }) => html_url),
      [url],
    );
    assert.match(github.comments[0]!.body, /^<!-- .* -->\n## ✅ Bulkhead, infra: no mandatory violation/);
    assert.equal(mended.outputs["comment-url"], url);
  });

  it("judges a fork's program without a token that may write: no comment, no upload, the same verdict", async () => {
    github.readOnly.add(token);
    const checkout = pullRequest({ "infra/index.ts": clean }, { "infra/index.ts": risky }, { fork: true });
    const { code, log, summary, used } = await judge(checkout, { "upload-sarif": "true" });
    assert.equal(code, 5, log);
    assert.match(
      log,
      /^::notice title=Bulkhead::no comment: a fork's run may not write\. The report is in the job summary\.$/m,
    );
    assert.match(summary, /Pod "web": container "web"/);
    assert.match(log, /^::error file=infra\/index\.ts/m);
    assert.equal(github.comments.length, 0);
    assert.deepEqual(used, []);
  });

  it("keeps its verdict whatever goes wrong with the comment", async () => {
    const checkout = pullRequest({ "infra/index.ts": clean }, {});
    github.accounts.clear();
    const refused = await judge(checkout, { compare: "none" });
    assert.equal(refused.code, 0, refused.log);
    assert.match(refused.log, /^::warning title=Bulkhead::no comment: 401 Bad credentials\./m);
    const url = "http://127.0.0.1:9";
    const away = { ...checkout, env: { ...checkout.env, GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: url } };
    const { code, log } = await judge(away, { compare: "none" });
    assert.equal(code, 0, log);
    assert.match(log, /^::warning title=Bulkhead::no comment: /m);
    assert.ok(!log.includes(token));
  });

  it("gives the program neither the token nor the runner's files, and lets it give the runner no commands", async () => {
    const spy = `${clean}
import { writeFileSync } from "node:fs";
writeFileSync(process.cwd() + "/${seenFile}", JSON.stringify(process.env));
console.log("::error::forged");
console.error("::add-mask::forged");
`;
    const checkout = pullRequest({ "infra/index.ts": clean }, { "infra/index.ts": spy });
    const inputs = { title: '$(touch pwned) `touch pwned` "; touch pwned; " <!-- ${{ github.token }}', stacks: "dev" };
    const { code, log } = await judge(checkout, inputs);
    assert.equal(code, 0, log);
    const seen = readFileSync(join(checkout.workspace, "infra", seenFile), "utf8");
    assert.ok(!seen.includes(token), "the token is in the program's environment");
    for (const name of ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"])
      assert.ok(!(name in (JSON.parse(seen) as object)), name);
    assert.ok(!existsSync(join(checkout.workspace, "pwned")));
    // Between these two lines the runner reads no command.
    const [, end] = /^::stop-commands::(\S+)$/m.exec(log) ?? [];
    const quiet = log.slice(
      log.indexOf("::stop-commands::"),
      log.indexOf(`::${end ?? ""}::`, log.indexOf("stop-commands") + 60),
    );
    assert.equal(quiet.split("forged").length, log.split("forged").length);
    assert.doesNotMatch(github.comments[0]?.body.split("\n").slice(1).join("\n") ?? "", /<!--/);
  });

  it("says so in the comment where the preview cannot run, instead of an older verdict", async () => {
    const checkout = pullRequest({ "infra/index.ts": clean }, {});
    await judge(checkout, { compare: "none" });
    const { code, log, summary, outputs } = await judge(checkout, { stacks: "dev nowhere", compare: "none" });
    assert.equal(code, 2, log);
    assert.equal(github.comments.length, 1);
    for (const text of [github.comments[0]!.body, summary])
      assert.match(
        text,
        /## ❌ Bulkhead, infra: could not run\n\n```text\nerror: stack "nowhere" has no Pulumi\.nowhere\.yaml/,
      );
    assert.deepEqual([outputs["exit-code"], outputs["mandatory"], outputs["sarif-file"]], ["2", "", ""]);
  });

  it("judges a pull request whose base is broken, and says that it compared nothing; with fail-on it fails", async () => {
    const checkout = pullRequest({ "infra/index.ts": 'throw new Error("was broken");\n' }, { "infra/index.ts": clean });
    const { code, log } = await judge(checkout);
    assert.equal(code, 0, log);
    assert.match(log, /^::warning title=Bulkhead::not compared with the base branch: .*was broken/m);
    const strict = await judge(checkout, { "fail-on": "contract" });
    assert.equal(strict.code, 4, strict.log);
  });

  it("fails by what is lost since the base where fail-on says so", async () => {
    const changed = clean.replace("export const stack = pulumi.getStack();\n", "");
    const checkout = pullRequest({ "infra/index.ts": clean }, { "infra/index.ts": changed });
    const { code, outputs } = await judge(checkout, { "fail-on": "contract, replaced" });
    assert.equal(code, 5);
    assert.match(outputs["verdict"] ?? "", /shop\/dev: contract/);
  });

  it("passes what is known by the baseline, and fails by what is new", async () => {
    const checkout = pullRequest({ "infra/index.ts": risky }, {});
    const bin = join(repository, "preview/bin/bulkhead.js");
    const args = ["preview", "-C", "infra", "-p", join(repository, "policies"), "--write-baseline", "known.json", "-q"];
    await run(process.execPath, [bin, ...args], { cwd: checkout.workspace });
    const known = await judge(checkout, { baseline: "known.json", compare: "none" });
    assert.equal(known.code, 0, known.log);
    const more = risky.replace('name: "web", image', 'name: "web", securityContext: { privileged: true }, image');
    writeFiles(checkout.workspace, { "infra/index.ts": more });
    const fresh = await judge(checkout, { baseline: "known.json", compare: "none" });
    assert.equal(fresh.code, 5, fresh.log);
    assert.match(github.comments[0]?.body ?? "", /privileged/);
  });

  it("refuses to run a fork's program on pull_request_target, where it would have secrets", async () => {
    const options = { fork: true, event: "pull_request_target" };
    const checkout = pullRequest({ "infra/index.ts": clean }, {}, options);
    const { code, log } = await judge(checkout);
    assert.equal(code, 2);
    assert.match(log, /^::error title=Bulkhead::on pull_request_target a fork's program would run with/m);
  });

  it("judges a push too, with nothing to compare and nowhere to comment", async () => {
    const checkout = pullRequest({ "infra/index.ts": clean }, { "infra/index.ts": risky }, { event: "push" });
    const { code, summary, log } = await judge(checkout);
    assert.equal(code, 5, log);
    assert.match(summary, /mandatory violations/);
    assert.equal(github.calls.length, 0);
  });
});
