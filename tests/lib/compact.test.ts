import assert from "node:assert/strict";
import { compact, withDefaults } from "../../components/lib/compact";

describe("withDefaults", () => {
  it("takes what is given, false and 0 included", () => {
    assert.deepEqual(withDefaults({ port: 8443, on: true, retries: 3 }, { on: false, retries: 0 }), {
      port: 8443,
      on: false,
      retries: 0,
    });
  });

  it("reads an explicit undefined as absent: optional settings are passed on so", () => {
    const args: { port?: number } = JSON.parse("{}") as object;
    assert.deepEqual(withDefaults({ port: 8443 }, { ...args, port: args.port } as { port?: number }), { port: 8443 });
  });
});

describe("compact", () => {
  it("drops undefined members and nothing else", () => {
    assert.deepEqual(Object.keys(compact({ a: undefined, b: null, c: 0, d: "" })), ["b", "c", "d"]);
  });
});
