import assert from "node:assert/strict";
import { join } from "node:path";
import type { AdmissionObject } from "../../policies/admission.js";
import { unknownString } from "../../policies/value.js";
import { runPreview } from "../../preview/host.js";
import { buildPreview } from "../preview/host/support.js";
import { image } from "../support/forms.js";
import { judged, requireOracle } from "./admission/oracle.js";
import { type Json, objectOf, rulesFor } from "./admission/verdicts.js";

const root = join(__dirname, "../..");

/** What the stack declares; the images that the program builds have a digest when it is deployed. */
async function objectsOf(stack: string): Promise<Json[]> {
  const { resources } = await runPreview({ programDir: root, stack, policyPacks: [] });
  return resources
    .map(({ urn, type, name, inputs }) => objectOf({ urn, type, name, properties: inputs }))
    .filter(object => object !== undefined)
    .map(
      object =>
        JSON.parse(JSON.stringify(object).replaceAll(`"image":"${unknownString}"`, `"image":"${image}"`)) as Json,
    );
}

const isOf = (kind: string) => (object: Json) => object["kind"] === kind;
const nameOf = (object: Json) => String((object["metadata"] as Json)["name"]);

describe("FlowMarine's own policies", () => {
  before(function () {
    requireOracle(this);
    buildPreview();
  });

  for (const stack of ["local", "production"]) {
    it(`refuse nothing of the ${stack} stack itself, with the exceptions that its components declare`, async function () {
      this.timeout(600_000);
      const objects = await objectsOf(stack);
      const policies = objects.filter(isOf("ValidatingAdmissionPolicy"));
      assert.ok(policies.length > 5);
      assert.ok(!objects.some(object => nameOf(object) === "flowmarine-admission-exceptions"));
      const own = objects.filter(object => rulesFor(object).length > 0);
      assert.ok(own.length > 50, `${own.length} objects`);
      const requests = own.map(object => ({ object, operation: "CREATE" as const }));
      const refused = (held: readonly Json[]) =>
        judged(held as unknown as AdmissionObject[], requests).flatMap(({ decisions = {}, unreadable }, index) =>
          [
            ...(unreadable === undefined ? [] : [unreadable]),
            ...Object.entries(decisions).filter(([name]) => !name.endsWith("-warn")),
          ].map(why => `${String(own[index]?.["kind"])} ${nameOf(own[index] ?? {})}: ${JSON.stringify(why)}`),
        );
      assert.deepEqual(refused(policies), []);
      // Without them, those that see the node do not get in.
      const strict = JSON.parse(
        JSON.stringify(policies).replaceAll("variables.excused_k8s_host_path", "false"),
      ) as Json[];
      assert.ok(refused(strict).some(line => /^DaemonSet .*k8s-host-path/.test(line)));
    });
  }
});
