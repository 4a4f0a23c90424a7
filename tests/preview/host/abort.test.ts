import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modes, preview, program, removeTemporary } from "./support.js";

/** A program that starts another process, tells both ids, and never ends. */
const source = `const fs = require("fs"), { spawn } = require("child_process");
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
fs.writeFileSync("pids.tmp", JSON.stringify([process.pid, child.pid]));
fs.renameSync("pids.tmp", "pids");
setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie still has an id; it is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, seconds = 60): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!condition() && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20));
  return condition();
}

describe("a preview that is interrupted", function () {
  this.timeout(300_000);
  after(removeTemporary);

  for (const mode of modes) {
    it(`ends with the reason given and leaves no process behind (${mode})`, async () => {
      const dir = program(source);
      const controller = new AbortController();
      const interrupted = new Error("interrupted by the user");
      const running = preview(dir, { mode, signal: controller.signal });
      const outcome = running.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(await until(() => existsSync(join(dir, "pids"))), "the program runs");
      const pids = JSON.parse(readFileSync(join(dir, "pids"), "utf8")) as number[];
      assert.ok(pids.every(isAlive));

      controller.abort(interrupted);

      assert.equal(await outcome, interrupted);
      assert.ok(await until(() => !pids.some(isAlive)), `still alive: ${pids.filter(isAlive).join(", ")}`);
    });
  }

  it("before it began starts nothing", async () => {
    const dir = program(source);
    await assert.rejects(preview(dir, { signal: AbortSignal.abort(new Error("too late")) }), /too late/);
    assert.equal(existsSync(join(dir, "pids")), false);
  });
});
