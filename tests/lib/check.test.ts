import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import {
  checkDay,
  checkHttpsUrl,
  checkLabel,
  checkPath,
  checkPort,
  checkTexts,
  checkUrlPath,
  checkWhole,
  shown,
} from "../../components/lib/check";

const accepts = (action: () => void) => {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

describe("shown", () => {
  it("says what a value is in at most 160 characters on one line, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSet: true, withNullPrototype: true }), value => {
        const text = shown(value);
        return text.length > 0 && text.length <= 160 && !text.includes("\n");
      }),
    );
  });

  it("shows numbers that JSON has no word for", () => {
    assert.deepEqual([Number.NaN, Number.POSITIVE_INFINITY, -0.5, undefined, null].map(shown), [
      "NaN",
      "Infinity",
      "-0.5",
      "undefined",
      "null",
    ]);
  });

  it("shows nothing from within an object, which may hold a secret or itself", () => {
    const circular: Record<string, unknown> = { password: "hunter2" };
    circular["self"] = circular;
    assert.equal(shown(circular), "an object");
    assert.equal(shown([circular]), "a list of 1");
    assert.equal(shown(pulumi.secret("hunter2")), "an Output");
  });
});

describe("checkWhole", () => {
  it("accepts exactly the whole numbers within its bounds", () => {
    fc.assert(
      fc.property(fc.anything(), value => {
        const isWhole = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 10;
        return accepts(() => checkWhole("n", value, 1, 10)) === isWhole;
      }),
    );
    assert.ok(accepts(() => checkWhole("n", 1, 1, 10)) && accepts(() => checkWhole("n", 10, 1, 10)));
  });

  it("names field, bounds and the value got", () => {
    assert.throws(
      () => checkWhole("memoryMiB", "256", 1, 10),
      /^RangeError: memoryMiB must be a whole number in 1 to 10, got "256"$/,
    );
  });
});

describe("checks of texts", () => {
  it("take a list of texts, and no text in its place, which would be taken apart into letters", () => {
    assert.ok(accepts(() => checkTexts("command", ["node", "server.js"])));
    assert.throws(
      () => checkTexts("command", "node server.js"),
      /command must be a list of texts, got "node server.js"/,
    );
    assert.throws(() => checkTexts("command", ["node", 8080]), /command\[1\] must be a text, got 8080/);
    assert.throws(() => checkTexts("command", [], { atLeast: 1 }), /command must be a list of texts, not empty/);
  });

  it("take a Kubernetes label and nothing else", () => {
    assert.deepEqual(
      ["a", "a-b", "0", "a".repeat(63)].map(label => accepts(() => checkLabel("name", label))),
      [true, true, true, true],
    );
    for (const label of ["", "-a", "a-", "A", "a_b", "a.b", "é", "a".repeat(64), "a\n", null]) {
      assert.equal(
        accepts(() => checkLabel("name", label)),
        false,
        JSON.stringify(label),
      );
    }
  });

  it("take an absolute path inside the container and nothing that means another place", () => {
    for (const path of ["/tmp", "/var/cache/nginx", "/a..b/c", "/données"])
      assert.ok(
        accepts(() => checkPath("path", path)),
        path,
      );
    for (const path of ["", "/", "tmp", "/tmp/", "/tmp/..", "/tmp/../etc", "/./tmp", "//tmp", "/a:b", "/a\0b", 5]) {
      assert.equal(
        accepts(() => checkPath("path", path)),
        false,
        JSON.stringify(path),
      );
    }
  });

  it("take a URL's path and a port", () => {
    assert.ok(accepts(() => checkUrlPath("path", "/api/health?deep=1")));
    for (const path of ["", "api", "/a b", "/é"])
      assert.equal(
        accepts(() => checkUrlPath("path", path)),
        false,
        path,
      );
    assert.ok(accepts(() => checkPort("port", 65_535)));
    assert.equal(
      accepts(() => checkPort("port", 65_536)),
      false,
    );
    assert.equal(
      accepts(() => checkPort("port", 0)),
      false,
    );
  });
});

describe("checkHttpsUrl", () => {
  const said = (value: unknown) => {
    try {
      checkHttpsUrl("url", value);
      return "accepted";
    } catch (error) {
      return (error as RangeError).message;
    }
  };

  it("accepts addresses over TLS, and no other", () => {
    for (const url of ["https://a.example", "https://a.example:9000/api?user=a@b.example", "https://[2001:db8::1]/"]) {
      assert.equal(said(url), "accepted");
    }
    for (const url of ["http://a.example", "https://", "https://a example", "a.example", "", 5, null]) {
      assert.equal(said(url), `url must be a URL that starts with https://, got ${shown(url)}`);
    }
  });

  it("refuses a password in it, and does not show it", () => {
    for (const url of ["https://id:planted@a.example", "http://id:planted@a.example/", "https://planted@a.example"]) {
      assert.equal(said(url), "url must be a URL without user and password");
    }
  });
});

describe("checkDay", () => {
  it("accepts the days that there are", () => {
    for (const day of ["2026-11-23", "2024-02-29", "9999-12-31"])
      assert.ok(
        accepts(() => checkDay("day", day)),
        day,
      );
    for (const day of [
      "2026-02-29",
      "2026-13-01",
      "2026-11-23T00:00:00Z",
      "23.11.2026",
      " 2026-11-23",
      20261123,
      null,
    ]) {
      assert.ok(!accepts(() => checkDay("day", day)), String(day));
    }
  });
});
