import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { outputsContract, parseOutput } from "../outputs";
import { runPreview } from "../preview/dist/host.js";

const golden = "tests/golden/outputs.json";

describe("the contract of the stack outputs", () => {
  it("is the one that other teams build on", () => {
    const schema = `${JSON.stringify(z.toJSONSchema(outputsContract), undefined, 2)}\n`;
    if (process.env["UPDATE_GOLDEN"] === "1" || !existsSync(golden)) writeFileSync(golden, schema);
    assert.equal(
      schema,
      readFileSync(golden, "utf8"),
      "a changed output breaks others: see CHANGELOG.md, then UPDATE_GOLDEN=1",
    );
  });

  it("names the output and the fault when a stack does not meet it", () => {
    assert.throws(
      () => parseOutput("contractVersion", 2),
      /do not meet contract version 1: contractVersion: .*expected 1/,
    );
    assert.throws(() => parseOutput("database", { engine: "postgresql" }), /database\.host: .*; database\.port: /);
  });

  for (const stack of ["local", "staging", "production"]) {
    it(`is met by ${stack}, but for what only a deployment knows`, async () => {
      const { outputs } = await runPreview({ programDir: ".", stack, policyPacks: [] });
      assert.deepEqual(Object.keys(outputs).sort(), Object.keys(outputsContract.shape).sort());
      const { images, ...known } = outputs;
      assert.equal(outputsContract.omit({ images: true }).safeParse(known).error?.message, undefined);
      assert.deepEqual(Object.keys(images as object).includes("backend"), true);
      assert.equal(known["environment"], stack);
    });

    it(`holds no secret in ${stack}`, async () => {
      const { outputs } = await runPreview({ programDir: ".", stack, policyPacks: [] });
      // The wire's mark of a secret.
      assert.doesNotMatch(JSON.stringify(outputs), /1b47061264138c4ac30d75fd1eb44270/);
    });
  }
});
