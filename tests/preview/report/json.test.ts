import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { renderJson } from "../../../preview/report/json.js";
import { reportJsonSchemaText } from "../../../preview/report/jsonSchema.js";
import { exception, finding, report, run } from "../support/results.js";

const schemaFile = join(__dirname, "../../../preview/report/report.schema.json");

function validator() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);
  return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []));
}

describe("the JSON report", () => {
  it("has a published schema that is up to date: node --import tsx preview/report/writeSchema.ts", () => {
    assert.equal(readFileSync(schemaFile, "utf8"), reportJsonSchemaText());
  });

  it("is valid by its published schema, with everything in it", () => {
    const validate = validator();
    const everything = run(
      {
        findings: [finding(), finding({ exception }), finding({ fix: [{ op: "add", path: "/a", value: 1 }] })],
        toBeSet: ["shop:password"],
        logs: [{ severity: "warning", message: "careful" }],
        coverage: {
          unhandledInvokes: [{ token: "aws:index:getRegion", source: { file: "index.ts", line: 1, column: 1 } }],
          unexpandedComponents: [{ urn: "urn:x", type: "t", reason: "r" }],
          missingStackReferences: ["a"],
          unhandledReads: ["b"],
          ignored: ["c"],
        },
      },
      {
        comparison: {
          base: "main",
          baseCommit: "abc",
          added: [{ urn: "u", type: "t", name: "n" }],
          removed: [],
          changed: [{ urn: "u", type: "t", name: "n", paths: ["/a"] }],
          renamed: [],
          unprotected: [{ urn: "u", type: "t", name: "n", lost: ["protect"] }],
          replaced: [],
          contract: [{ path: "url", change: "retyped", from: "string", to: "list" }],
          addedOutputs: ["b"],
        },
      },
    );
    const failed = { title: "shop/x", baseDir: "/", failure: { kind: "program" as const, message: "m", hint: "h" } };
    assert.deepEqual(validate(JSON.parse(renderJson(report([everything, failed])))), []);
  });

  it("would not be valid with a field of another name", () => {
    const value = JSON.parse(renderJson(report(run()))) as Record<string, unknown>;
    assert.notDeepEqual(validator()({ ...value, colour: "red" }), []);
  });

  it("says [known after up] and [secret] for outputs without a value to show", () => {
    const signature = "4dabf18193072939515e22adb298388d";
    const outputs = {
      ip: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      password: { [signature]: "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" },
      later: { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
      nested: { list: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] },
      key: "bulkhead-placeholder-key",
    };
    assert.deepEqual(report(run({ outputs })).runs[0]?.outputs, {
      ip: "[known after up]",
      password: "[secret]",
      later: "[known after up]",
      nested: { list: ["[known after up]"] },
      key: "[to be set before up]",
    });
  });
});
