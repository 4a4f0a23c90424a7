import assert from "node:assert/strict";
import { bytesOf, coresOf } from "../../lab/src/quantity.js";

describe("a quantity of Kubernetes", () => {
  const bytes: readonly [string, number][] = [
    ["7", 7],
    ["48944Ki", 48_944 * 1024],
    ["64Mi", 64 * 2 ** 20],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["2Ti", 2 * 2 ** 40],
    ["3k", 3000],
    ["3M", 3e6],
  ];
  for (const [quantity, expected] of bytes) {
    it(`${quantity} is ${expected} bytes`, () => assert.equal(bytesOf(quantity), expected));
  }

  for (const wrong of ["", "Mi", "1ki", "1K", "1m", "-1Mi", "1 Mi", "1i"]) {
    it(`${JSON.stringify(wrong)} is no number of bytes`, () => assert.throws(() => bytesOf(wrong), RangeError));
  }

  const cores: readonly [string, number][] = [
    ["2", 2],
    ["250m", 0.25],
    ["1500000n", 0.0015],
  ];
  for (const [quantity, expected] of cores) {
    it(`${quantity} is ${expected} cores`, () => assert.equal(coresOf(quantity), expected));
  }
});
