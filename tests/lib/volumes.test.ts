import assert from "node:assert/strict";
import fc from "fast-check";
import { mountSpec, volumeSpec, writableVolume } from "../../components/lib/volumes";

const segment = fc.stringMatching(/^[A-Za-z0-9._ é-]{1,40}$/).filter(s => s !== "." && s !== "..");
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map(segments => `/${segments.join("/")}`);
const container = fc.stringMatching(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/);
const nameOf = (name: string, at: string) => writableVolume(name, { path: at }).name;

describe("writableVolume", () => {
  it("is always a name that Kubernetes takes", () => {
    fc.assert(
      fc.property(container, path, (name, at) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(nameOf(name, at))),
    );
  });

  it("is another one for another path", () => {
    fc.assert(fc.property(container, path, path, (name, a, b) => a === b || nameOf(name, a) !== nameOf(name, b)));
    assert.equal(
      new Set(["/var/cache", "/var-cache", "/var/Cache", "/var/.cache", "/var_cache"].map(p => nameOf("api", p))).size,
      5,
    );
  });

  it("says an ordinary path in plain words, and is the same every time", () => {
    assert.equal(nameOf("api", "/var/cache/nginx"), "api-var-cache-nginx");
    assert.equal(nameOf("api", "/Cache"), nameOf("api", "/Cache"));
  });

  it("refuses a size that is no whole number above 0", () => {
    for (const sizeMiB of [0, -1, 1.5, Number.NaN, "16", Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => writableVolume("api", { path: "/tmp", sizeMiB: sizeMiB as number }),
        /size in MiB of writable path \/tmp must be a whole number/,
      );
    }
  });
});

describe("volumes", () => {
  it("keep a Secret's files from everybody but owner and group", () => {
    assert.deepEqual(volumeSpec({ name: "tls", secret: "api-tls" }), {
      name: "tls",
      secret: { secretName: "api-tls", defaultMode: 0o440 },
    });
  });

  it("limit scratch space, and keep it in memory where asked", () => {
    assert.deepEqual(volumeSpec({ name: "tmp", emptyDirMiB: 16, memory: true }), {
      name: "tmp",
      emptyDir: { sizeLimit: "16Mi", medium: "Memory" },
    });
  });

  it("put chosen keys of a ConfigMap at chosen paths", () => {
    assert.deepEqual(volumeSpec({ name: "conf", configMap: "api", items: { a: "b/c" } }), {
      name: "conf",
      configMap: { name: "api", defaultMode: 0o444, items: [{ key: "a", path: "b/c" }] },
    });
  });

  it("are mounted read-only unless asked otherwise", () => {
    assert.equal(mountSpec({ volume: "data", path: "/data" }).readOnly, true);
    assert.equal(mountSpec({ volume: "data", path: "/data", readOnly: false }).readOnly, false);
  });
});
