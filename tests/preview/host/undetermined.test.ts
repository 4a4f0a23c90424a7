import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildReport } from "../../../preview/report/build.js";
import type { Report } from "../../../preview/report/report.js";
import { bulkhead } from "../cli/support.js";
import { folderWith, modes, preview, program, removeTemporary, repository } from "./support.js";

/** A pod whose `hostPID` only a running Service could tell, beside one that an exception excuses and one that is wrong. */
const source = `const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "{}", namespace: "apps" });
const service = new k8s.core.v1.Service("known-later", { spec: { type: "ClusterIP" } }, { provider });
const unknown = service.spec.clusterIP;
const excuse = JSON.stringify([{ rule: "k8s-host-namespaces", reason: "node agent", owner: "platform", expires: "2999-12-31" }]);
const pod = (name, spec, annotations) =>
  new k8s.core.v1.Pod(name, { metadata: { name, annotations }, spec: { containers: [], ...spec } }, { provider });
pod("unknown", { hostPID: unknown });
pod("excused", { hostIPC: unknown }, { "policy.bulkhead.dev/exceptions": excuse });
pod("wrong", { hostNetwork: true });
`;

const onlyHostNamespaces = { all: "disabled", "k8s-host-namespaces": "mandatory" };
const failing = { ...onlyHostNamespaces, bulkhead: { failOnUndetermined: true } };
const policies = join(repository, "policies");

describe("failOnUndetermined in a pack's configuration", function () {
  this.timeout(300_000);
  after(removeTemporary);

  async function reportOf(config: object, mode: (typeof modes)[number]): Promise<Report> {
    const programDir = program(source, { "config.json": JSON.stringify(config) });
    const policyConfigFiles = { [policies]: join(programDir, "config.json") };
    const result = await preview(programDir, { mode, policyPacks: [policies], policyConfigFiles });
    return buildReport([{ title: "sample", baseDir: programDir, result }], {
      command: "preview",
      version: "0",
      root: programDir,
      strict: false,
      failOn: [],
    });
  }

  function told({ runs }: Report): unknown[] {
    return runs
      .flatMap(({ findings }) => findings)
      .filter(({ urn }) => !urn.endsWith("::excused"))
      .map(({ rule, urn, verdict, level, blocking, message }) => [rule, urn, verdict, level, blocking, message])
      .sort();
  }

  for (const [title, config, blocked] of [
    ["lets what cannot be judged block where it is set", failing, true],
    ["lets it pass where it is not", onlyHostNamespaces, false],
  ] as const) {
    it(`${title}, in both modes alike`, async () => {
      const [one, separate] = [await reportOf(config, "one-process"), await reportOf(config, "separate")];
      const unknown = one.runs[0]?.findings.find(({ urn }) => urn.endsWith("::unknown"));
      assert.deepEqual([unknown?.verdict, unknown?.level, unknown?.blocking], ["undetermined", "mandatory", blocked]);
      assert.deepEqual(told(one), told(separate));
      for (const { runs, verdict } of [one, separate]) {
        const excused = runs[0]?.findings.filter(({ urn }) => urn.endsWith("::excused"));
        assert.deepEqual(
          excused?.map(({ blocking }) => blocking),
          [false],
        );
        assert.equal(verdict.exitCode, 5);
        assert.deepEqual(verdict.otherBlocking, blocked ? ["1 mandatory rule undetermined"] : []);
      }
    });
  }

  it("decides the exit code of bulkhead check", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { hostPID: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
    };
    const cwd = folderWith({ "pod.json": JSON.stringify(pod) });
    const check = async (config: object) => {
      writeFileSync(join(cwd, "config.json"), JSON.stringify(config));
      const args = ["check", "pod.json", "--policy-pack", policies, "--policy-config", "config.json"];
      return bulkhead(args, { cwd });
    };
    const passed = await check(onlyHostNamespaces);
    assert.deepEqual([passed.code, /\? CRITICAL/.test(passed.stdout)], [0, true], passed.stdout);
    const failed = await check(failing);
    assert.deepEqual(
      [failed.code, /✗ CRITICAL \(undetermined, mandatory\)/.test(failed.stdout)],
      [5, true],
      failed.stdout,
    );
  });

  it("never makes what is advisory block", async () => {
    const { runs } = await reportOf({ ...failing, "k8s-host-namespaces": "advisory" }, "one-process");
    assert.deepEqual(
      runs[0]?.findings.map(({ blocking }) => blocking),
      [false, false, false],
    );
  });
});
