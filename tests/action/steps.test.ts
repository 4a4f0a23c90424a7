import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { actionModule, folderWith, removeFolders, repository, run, writeFiles } from "./support/run.js";

after(removeFolders);

describe("the step that looks for the command line", function () {
  this.timeout(60_000);

  /** The action as it is downloaded: nothing is installed or compiled. */
  function download(): string {
    const folder = folderWith();
    const paths = [
      "action",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "scripts/build.mjs",
      "policies",
      "preview",
    ];
    for (const path of paths) {
      const filter = (source: string) => !/[\\/](node_modules|dist)$/.test(source);
      cpSync(join(repository, path), join(folder, path), { recursive: true, filter });
    }
    return folder;
  }

  async function outputs(folder: string): Promise<string> {
    const file = join(folderWith({ output: "" }), "output");
    const env = { ...process.env, GITHUB_OUTPUT: file };
    const { code, log } = await run(process.execPath, [join(folder, "action/tool.mjs")], { env });
    assert.equal(code, 0, log);
    return readFileSync(file, "utf8").replace(/end-[0-9a-f-]+/g, "");
  }

  it("finds it where it is compiled, and asks for it where it is not", async () => {
    assert.match(await outputs(repository), /^ready<<\ntrue\n/);
    assert.match(await outputs(download()), /^ready<<\nfalse\n/);
  });

  it("names a cache that changes with every source and dependency, and with nothing else", async () => {
    const [here, there] = [download(), download()];
    const before = await outputs(here);
    assert.equal(await outputs(there), before, "another folder");
    mkdirSync(join(there, "preview/dist"));
    writeFiles(there, { "preview/dist/cli.d.ts": "", "docs/page.md": "" });
    assert.equal(await outputs(there), before, "what is made");
    writeFiles(there, { "policies/rules/new.ts": "" });
    const more = await outputs(there);
    assert.notEqual(more, before);
    writeFiles(there, { "package-lock.json": "{}" });
    assert.notEqual(await outputs(there), more);
  });
});

describe("the base commit", () => {
  it("is where the branch began, where the branch itself is checked out with its history", async () => {
    const { fetchBase } = (await actionModule("base.mjs")) as {
      fetchBase: (cwd: string, pull: { baseSha: string; headSha: string }, token: string) => string | undefined;
    };
    const folder = folderWith();
    const author = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, ...author, ...args], { encoding: "utf8" }).trim();
    const commit = (message: string) => git("commit", "-q", "--allow-empty", "-m", message);
    git("init", "-q", "-b", "main");
    commit("where the branch began");
    const start = git("rev-parse", "HEAD");
    commit("somebody else's");
    const baseSha = git("rev-parse", "HEAD");
    git("checkout", "-q", "-b", "feature", start);
    commit("the pull request's");
    const headSha = git("rev-parse", "HEAD");
    assert.equal(fetchBase(folder, { baseSha, headSha }, ""), start);
    git("checkout", "-q", "main");
    git("merge", "-q", "--no-ff", "-m", "merge", "feature");
    assert.equal(fetchBase(folder, { baseSha: start, headSha }, ""), baseSha, "the merge commit's first parent");
  });
});

describe("the base commit of a private repository", () => {
  it("is asked for with the token where the checkout kept no credentials, and the token is kept nowhere", async () => {
    const seen: (string | undefined)[] = [];
    // In a process of its own: the module runs git and waits for it.
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const folder = folderWith({ a: "a" });
      const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "pipe" });
      git("init", "-q");
      git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-q", "--allow-empty", "-m", "head");
      git("remote", "add", "origin", `http://127.0.0.1:${port}/acme/shop.git`);
      const script = `import { fetchBase } from ${JSON.stringify(join(repository, "action/base.mjs"))};
        console.log(fetchBase(${JSON.stringify(folder)}, { baseSha: "${"a".repeat(40)}", headSha: "" }, "ghs_secret"));`;
      const { code, log } = await run(process.execPath, ["--input-type=module", "-e", script]);
      assert.equal(code, 0, log);
      assert.equal(log, "undefined\n", "and what cannot be had is said to be missing");
      const basic = `basic ${Buffer.from("x-access-token:ghs_secret").toString("base64")}`;
      assert.equal(seen[0], undefined);
      assert.equal(seen.at(-1)?.toLowerCase(), basic.toLowerCase());
      assert.doesNotMatch(readFileSync(join(folder, ".git/config"), "utf8"), /extraheader|ghs_|eC1hY2Nlc3M/i);
    } finally {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });
});
