import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../support/programs";

const isRoot = process.getuid?.() === 0;
let folder: string;

/** Runs one of the lab's commands in a folder of its own: it must end by itself, having started nothing. */
function lab(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  wrapper: readonly string[] = [],
) {
  const [program = "", ...rest] = [...wrapper, join("lab", command), ...args];
  const { status, stdout, stderr } = spawnSync(program, rest, {
    env: { PATH: process.env["PATH"], HOME: folder, LAB_DIR: join(folder, "lab"), ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** One line for a person, that begins with who speaks. */
const oneMessage = (stderr: string, pattern: RegExp): void => {
  assert.match(stderr, pattern);
  assert.equal(stderr.trim().split("\n").length, 1, stderr);
  assert.match(stderr, /^lab: /);
};

/** Nothing runs, and nothing says that something did. */
const isClean = (): void => assert.equal(existsSync(join(folder, "lab/run")), false);

describe("the lab's commands", function () {
  this.timeout(60_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-lab-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  before(function () {
    if (process.platform !== "linux" || process.arch !== "x64") this.skip();
  });

  it("say that root is needed, and what to do without", function () {
    const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    if (isRoot && findProgram("setpriv") === undefined) this.skip();
    // Nobody may not enter root's folders: the commands are read through a folder that everybody may.
    const { status, stderr } = lab("up", [], {}, [...asNobody, "bash"]);
    if (/Permission denied/.test(stderr) && !stderr.includes("needs root")) this.skip();
    assert.equal(status, 1);
    oneMessage(stderr, /needs root .* run `sudo lab\/up`, or set LAB_KUBECONFIG/);
    isClean();
  });

  describe("as root", () => {
    before(function () {
      if (!isRoot) this.skip();
    });

    it("name every tool that is missing", () => {
      const bin = join(folder, "bin");
      mkdirSync(bin);
      for (const name of ["bash", "env", "dirname", "id", "uname", "mkdir", "df", "tail", "tr", "cat"]) {
        const program = findProgram(name) ?? assert.fail(name);
        symlinkSync(program, join(bin, name));
      }
      const { status, stderr } = lab("up", [], { PATH: bin });
      assert.equal(status, 1);
      oneMessage(stderr, /missing: go curl openssl ip nsenter unshare flock\. Install them/);
      isClean();
    });

    it("say how much disk is missing, and where", () => {
      mkdirSync(join(folder, "lab"));
      const script = `mount -t tmpfs -o size=64m small ${join(folder, "lab")} && exec lab/up`;
      const { status, stderr } = lab("up", [], {}, ["unshare", "--mount", "sh", "-c", script]);
      assert.equal(status, 1);
      oneMessage(stderr, /lab has \d+ MiB free, the lab needs 20000: free some, or set LAB_DIR/);
      isClean();
    });

    it("refuse a folder that the node's own mounts would hide", () => {
      const { status, stderr } = lab("up", [], { LAB_DIR: "/run/bulkhead-lab-test" });
      assert.equal(status, 1);
      oneMessage(stderr, /LAB_DIR is \/run\/bulkhead-lab-test, choose a place outside/);
      assert.equal(existsSync("/run/bulkhead-lab-test"), false);
    });

    it("refuse an address range that is somebody else's, when it was asked for", function () {
      const address = Object.values(networkInterfaces())
        .flat()
        .find(each => each?.family === "IPv4" && !each.internal)?.address;
      if (address === undefined || findProgram("go") === undefined || findProgram("ip") === undefined) this.skip();
      const range = address.split(".").slice(0, 2).join(".");
      writeFileSync(join(folder, "images.json"), "{}");
      mkdirSync(join(folder, "lab"));
      const { status, stderr } = lab("up", [], { LAB_LINK: range });
      assert.equal(status, 1);
      oneMessage(stderr, new RegExp(`the addresses ${range}\\.0\\.0/16 are in use here: set LAB_NAME, LAB_LINK`));
      isClean();
    });

    it("do not work on one lab at the same time", () => {
      mkdirSync(join(folder, "lab"));
      const lock = join(folder, "lab/lock");
      const { status, stderr } = lab("down", [], {}, ["flock", lock, "sh", "-c", "lab/down"]);
      assert.equal(status, 1);
      oneMessage(stderr, /another of the lab's commands .* is at work in/);
    });

    it("know a half-built lab of a killed run, and clear it away", () => {
      mkdirSync(join(folder, "lab/run"), { recursive: true });
      // A process that is gone, or has been given to somebody else since: its start time does not fit.
      writeFileSync(join(folder, "lab/run/machine.pid"), `${process.pid} 1 0\n`);
      writeFileSync(
        join(folder, "lab/run/networks"),
        "LAB_NAME=lab-test LAB_LINK=10.250 LAB_PODS=10.251 LAB_SERVICES=10.252\n",
      );
      const status = lab("status", []);
      assert.equal(status.status, 3);
      assert.match(status.stdout, /half-built: a run was killed; lab\/up starts over, lab\/down clears it away/);
      assert.equal(lab("down", []).status, 0);
      isClean();
      assert.equal(lab("status", []).status, 3);
      assert.match(lab("status", []).stdout, /^ +down$/m);
    });

    it("say that there is no lab to deploy to", () => {
      const { status, stderr } = lab("deploy", []);
      assert.equal(status, 1);
      oneMessage(stderr, /the lab is down: run lab\/up first/);
    });
  });

  it("say what can be deployed", () => {
    const { status, stderr } = lab("deploy", ["nothing"]);
    assert.equal(status, 1);
    oneMessage(stderr, /usage: lab\/deploy \[flowmarine\|express-mariadb\]/);
  });

  it("say that nothing has been deployed, before they verify", () => {
    const { status, stderr } = lab("verify", []);
    assert.equal(status, 1);
    oneMessage(stderr, /nothing has been deployed here: run lab\/deploy first/);
  });

  it("say why a given cluster cannot be used", function () {
    if (findProgram("kubectl") === undefined) {
      const { status, stderr } = lab("up", [], { LAB_KUBECONFIG: "/nowhere" });
      assert.equal(status, 1);
      oneMessage(stderr, /missing: kubectl/);
      return;
    }
    const { status, stderr } = lab("up", [], { LAB_KUBECONFIG: "/nowhere" });
    assert.equal(status, 1);
    oneMessage(stderr, /LAB_KUBECONFIG is \/nowhere, which cannot be read/);
  });

  it("leave a given cluster alone", () => {
    const { status, stdout } = lab("down", [], { LAB_KUBECONFIG: "/nowhere" });
    assert.equal(status, 0);
    assert.match(stdout, /that cluster is yours, nothing was taken down/);
  });
});
