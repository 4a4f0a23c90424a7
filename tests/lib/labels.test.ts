import assert from "node:assert/strict";
import fc from "fast-check";
import { labelsOf, labelValue, selectorOf } from "../../components/lib/labels";

/** What the API server accepts as the value of a label. */
const accepted = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

describe("labels", () => {
  it("have values that Kubernetes takes, whatever project and stack are called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), text => {
        const value = labelValue(text);
        return accepted.test(value) && value.length <= 63;
      }),
    );
  });

  it("cut a long value, and nothing but letters and digits stands at its ends", () => {
    assert.equal(labelValue("a".repeat(100)), "a".repeat(63));
    assert.equal(labelValue(`${"a".repeat(60)}-._tail`), "a".repeat(60));
    assert.equal(labelValue("_flow marine/prod_"), "flow-marine-prod");
  });

  it("leave a value alone that is one already", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/),
        text => labelValue(text) === text,
      ),
    );
  });

  it("hold in a selector only what never changes", () => {
    const selector = selectorOf("postgresql", "database");
    assert.deepEqual(selector, {
      "app.kubernetes.io/name": "postgresql",
      "app.kubernetes.io/instance": "database",
    });
    const labels = labelsOf("postgresql", "database", "store");
    for (const [name, value] of Object.entries(selector)) assert.equal(labels[name], value);
  });
});
