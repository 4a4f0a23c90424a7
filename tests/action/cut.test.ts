import assert from "node:assert/strict";
import fc from "fast-check";
import { actionModule } from "./support/run.js";

type Cut = (text: string, limit: number, pointer: string) => string;

describe("a Markdown text that is cut", () => {
  let cut: Cut;
  before(async () => {
    cut = ((await actionModule("cut.mjs")) as { cut: Cut }).cut;
  });

  it("is left alone where it fits", () => {
    assert.equal(cut("<details>\nopen", 100, "more"), "<details>\nopen");
  });

  it("closes folds and code blocks, the innermost first", () => {
    const text = ["<details><summary>a</summary>", "", "<details>", "````text", "```", "<details>", "x".repeat(100)];
    const made = cut(text.join("\n"), 120, "more");
    assert.ok(made.endsWith("<details>\n\n````\n\n</details>\n\n</details>\n\nmore"), made);
  });

  it("is never longer than allowed, ends in the pointer, keeps whole lines, and leaves nothing open", () => {
    const line = fc.constantFrom(
      "<details><summary>x</summary>",
      "</details>",
      "```",
      "````text",
      "- an item",
      "",
      "x".repeat(90),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 60, max: 900 }), (lines, limit) => {
        const text = lines.join("\n");
        const made = cut(text, limit, "the pointer");
        assert.ok(made.length <= Math.max(limit, 0), `${made.length} > ${limit}`);
        if (text.length <= limit) return;
        assert.ok(made.endsWith("the pointer"));
        const kept = made.split("\n");
        const shared = kept.findIndex((each, index) => each !== lines[index]);
        assert.ok(
          kept.slice(shared).every(each => ["", "</details>", "```", "````", "the pointer"].includes(each)),
          made,
        );
        const outside = made.replace(/^(`{3,}).*\n(?:(?!\1\s*$).*\n)*?\1\s*$/gm, "");
        assert.doesNotMatch(outside, /^`{3}/m);
        assert.ok(outside.split("<details>").length <= outside.split("</details>").length, made);
      }),
      { numRuns: 500 },
    );
  });
});
