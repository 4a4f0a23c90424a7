import assert from "node:assert/strict";
import { judge } from "../../policies/findings.js";
import { compliantProgram, edit, resourcesOf } from "../../policies/samples.js";
import { cases } from "./cases.js";
import { unknowns } from "./unknowns.js";

describe("the facts that rules hold as lists and limits", () => {
  for (const rule of new Set(cases.map(([id]) => id))) {
    it(`${rule} holds each of them`, () => {
      const wrong = cases
        .filter(([id]) => id === rule)
        .filter(([, edits, isBroken, pack = {}, says = ""]) => {
          const found = judge(resourcesOf(edit(compliantProgram(), edits)), { all: "mandatory", bulkhead: pack });
          const own = found.filter(one => one.rule === rule && one.verdict === "violation");
          return own.some(({ message }) => message.includes(says)) !== isBroken;
        })
        .map(
          ([, edits, isBroken, pack]) =>
            `${JSON.stringify(edits)} ${JSON.stringify(pack)} must ${isBroken ? "" : "not "}be refused`,
        );
      assert.deepEqual(wrong, []);
    });
  }
});

describe("what is not known before deployment", () => {
  for (const rule of new Set(unknowns.map(([id]) => id))) {
    it(`leaves ${rule} undetermined where it decides, and only there`, () => {
      for (const [, edits, verdicts] of unknowns.filter(([id]) => id === rule)) {
        const found = judge(resourcesOf(edit(compliantProgram(), edits)), { all: "mandatory" });
        const own = found.filter(one => one.rule === rule).map(({ verdict }) => verdict);
        assert.deepEqual([...new Set(own)].sort(), verdicts, JSON.stringify(edits));
      }
    });
  }
});
