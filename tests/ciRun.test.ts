import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const commands = [
  "bin/npm",
  "scripts/install-test-programs",
  "lab/build",
  "lab/up",
  "lab/deploy",
  "lab/verify",
  "lab/down",
];

describe(".ci/run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-ci-"));
    for (const name of [".ci", "bin", "scripts", "lab"]) mkdirSync(join(folder, name));
    copyFileSync(".ci/run", join(folder, ".ci/run"));
    for (const command of commands) script(command, "");
    script("bin/npm", 'if [ "$1" = test ]; then echo "5 passed, 0 failed"; fi');
    script("lab/verify", 'echo "$# passed, 0 failed"');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A command of the run that only notes that it ran, and does what `body` says. */
  function script(command: string, body: string): void {
    const file = join(folder, command);
    writeFileSync(file, `#!/bin/sh\necho "${command} $*" >>"${folder}/ran"\n${body}\n`);
    chmodSync(file, 0o755);
  }

  function run() {
    const path = `${join(folder, "bin")}:${process.env.PATH}`;
    const { status, stdout } = spawnSync(join(folder, ".ci/run"), {
      encoding: "utf8",
      env: { ...process.env, PATH: path },
    });
    const ran = existsSync(join(folder, "ran")) ? readFileSync(join(folder, "ran"), "utf8").trim().split("\n") : [];
    return { status, ran: ran.map(line => line.trim()), last: stdout.trimEnd().split("\n").at(-1) };
  }

  it("ends with 0 and the sum of steps and tests when all passed", () => {
    const { status, ran, last } = run();
    // Five steps before the tests, the tests' step, up, deploy, two times verify, down; five tests; five and four stages.
    assert.equal(last, "25 passed, 0 failed");
    assert.equal(status, 0);
    assert.deepEqual(
      ran.filter(line => /^lab\/(?!build)/.test(line)),
      ["lab/up", "lab/deploy", "lab/verify 1 2 3 9 11", "lab/verify 4 5 6 8", "lab/down", "lab/down"],
    );
  });

  it("ends with 1 when a test failed, and still tries the lab", () => {
    script("bin/npm", 'if [ "$1" = test ]; then echo "4 passed, 1 failed"; exit 1; fi');
    const { status, ran, last } = run();
    assert.equal(last, "23 passed, 2 failed");
    assert.equal(status, 1);
    assert.ok(ran.includes("lab/verify 4 5 6 8"), ran.join("; "));
  });

  it("takes a lab down that did not come up, and asks it nothing", () => {
    script("lab/up", "exit 1");
    const { status, ran, last } = run();
    assert.equal(last, "12 passed, 1 failed");
    assert.equal(status, 1);
    assert.ok(!ran.some(line => /^lab\/(deploy|verify)/.test(line)), ran.join("; "));
    assert.ok(ran.includes("lab/down"), ran.join("; "));
  });

  it("stops where the packages cannot be installed", () => {
    script("bin/npm", "exit 1");
    const { status, ran, last } = run();
    assert.equal(last, "0 passed, 1 failed");
    assert.equal(status, 1);
    assert.equal(ran.length, 1);
  });

  it("counts tests that end without a sum as failed", () => {
    script("bin/npm", 'if [ "$1" = test ]; then echo "Killed"; exit 137; fi');
    const { status } = run();
    assert.equal(status, 1);
  });
});
