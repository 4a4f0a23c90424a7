import assert from "node:assert/strict";
import fc from "fast-check";
import { parseImage, spellings } from "../../policies/image.js";
import { compliantPod } from "../../policies/samples.js";
import { requireOracle } from "./admission/oracle.js";
import { brokenHere, brokenThere, type Json } from "./admission/verdicts.js";

/** Ways to write one image, each a line. */
const same: readonly (readonly string[])[] = [
  [
    ...["nginx:1", "library/nginx:1", "docker.io/nginx:1", "docker.io/library/nginx:1", "Docker.IO/nginx:1"],
    ...["index.docker.io/nginx:1", "registry-1.docker.io/library/nginx:1", "docker.io:443/library/nginx:1"],
  ],
  ["shop/web:1", "docker.io/shop/web:1", "index.docker.io/shop/web:1"],
  ["registry.example.com/web:1", "REGISTRY.example.com/web:1", "registry.example.com:443/web:1"],
  ["localhost/web:1"],
  ["localhost:5000/web:1"],
  ["registry.example.com:5000/web:1"],
  ["Registry/web:1", "registry:443/web:1"],
  ["registry/web:1", "docker.io/registry/web:1"],
  ["nginx@sha256:0123", "docker.io/library/nginx@sha256:0123"],
  ["nginx:1@sha256:0123", "index.docker.io/library/nginx:1@sha256:0123"],
];

function podWith(image: string): Json {
  const [container] = compliantPod.spec.containers;
  return { ...compliantPod, spec: { ...compliantPod.spec, initContainers: [], containers: [{ ...container, image }] } };
}

describe("an image's reference", () => {
  it("has one full spelling, however it is written, and no other image has it", () => {
    const full = same.map(written => new Set(written.map(one => spellings(one).at(-1))));
    for (const spelling of full) assert.equal(spelling.size, 1, [...spelling].join(" "));
    assert.equal(new Set(full.flatMap(one => [...one])).size, same.length);
  });

  it("comes apart into what it is put together from", () => {
    const registry = fc.constantFrom(
      "registry.example.com",
      "localhost",
      "localhost:5000",
      "[2001:db8::1]:5000",
      "ghcr.io",
    );
    const path = fc.stringMatching(/^[a-z0-9]{1,8}(\/[a-z0-9]{1,8}){0,3}$/);
    const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: undefined });
    const digest = fc.option(fc.constant(`sha256:${"0".repeat(64)}`), { nil: undefined });
    fc.assert(
      fc.property(registry, path, tag, digest, (host, repository, version, sum) => {
        const reference = `${host}/${repository}${version === undefined ? "" : `:${version}`}${sum === undefined ? "" : `@${sum}`}`;
        const { tag: ownTag, digest: ownDigest, ...name } = parseImage(reference);
        assert.deepEqual([name, ownTag, ownDigest], [{ registry: host, repository }, version, sum]);
      }),
    );
  });

  describe("at admission", () => {
    before(function () {
      requireOracle(this);
    });

    it("is allowed and forbidden by the same globs as in a preview, however it is written", function () {
      this.timeout(300_000);
      const odd = [
        "",
        ":",
        "@",
        "/",
        "a/",
        "/a",
        "a//b:1",
        "a@b/c",
        "A",
        "A/b",
        ":443/a",
        "a:443/b:443",
        "localhost",
        "x.y/",
        "é.com/b",
      ];
      const references = [...same.flat(), ...odd];
      for (const parameters of [
        { allowed: ["docker.io/library/"] },
        { allowed: ["docker.io/library/nginx:*", "registry.example.com/*"] },
        { forbidden: ["docker.io/", "localhost*"] },
        { allowed: ["*"], forbidden: ["registry/", "docker.io/registry/web:?"] },
        { allowed: [], forbidden: [] },
      ]) {
        const config = { "k8s-image-registry": parameters };
        const objects = references.map(podWith);
        const there = brokenThere(objects, config);
        const isBroken = (found: readonly string[] | undefined) => found?.includes("k8s-image-registry");
        references.forEach((reference, at) => {
          const here = isBroken(brokenHere(objects[at] ?? {}, config));
          assert.equal(isBroken(there[at]), here, `${reference} ${JSON.stringify(parameters)}`);
        });
      }
    });
  });
});
