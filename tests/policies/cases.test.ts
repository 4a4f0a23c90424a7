import assert from "node:assert/strict";
import { judge } from "../../policies/findings.js";
import { compliantProgram, edit, resourcesOf } from "../../policies/samples.js";
import { cases } from "./cases.js";

describe("the facts that rules hold as lists and limits", () => {
  for (const rule of new Set(cases.map(([id]) => id))) {
    it(`${rule} holds each of them`, () => {
      const wrong = cases
        .filter(([id]) => id === rule)
        .filter(([, edits, isBroken, pack = {}]) => {
          const found = judge(resourcesOf(edit(compliantProgram(), edits)), { all: "mandatory", bulkhead: pack });
          return found.some(one => one.rule === rule && one.verdict === "violation") !== isBroken;
        })
        .map(
          ([, edits, isBroken, pack]) =>
            `${JSON.stringify(edits)} ${JSON.stringify(pack)} must ${isBroken ? "" : "not "}be refused`,
        );
      assert.deepEqual(wrong, []);
    });
  }
});
