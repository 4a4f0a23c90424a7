import assert from "node:assert/strict";
import fc from "fast-check";
import { catalogue, images } from "../../components/images/catalogue";
import { stagesOf } from "../../components/images/dockerfile";
import { imageReference, isPinned } from "../../components/images/image";

const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const registry = fc.constantFrom(
  "docker.io",
  "quay.io",
  "registry.example:5000",
  "localhost",
  "localhost:5000",
  "kind-registry:5001",
);
const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}([-._][a-z0-9]{1,8}){0,2}$/), { minLength: 1, maxLength: 4 });
const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/));

describe("image references", () => {
  it("are accepted with a registry and a digest, tag or no tag", () => {
    fc.assert(
      fc.property(registry, path, tag, digest, (host, segments, version, hash) =>
        isPinned(`${host}/${segments.join("/")}${version === null ? "" : `:${version}`}@sha256:${hash}`),
      ),
    );
  });

  it("are refused without either", () => {
    fc.assert(
      fc.property(registry, path, tag, digest, (host, segments, version, hash) => {
        const named = segments.join("/");
        const suffix = version === null ? "" : `:${version}`;
        return (
          !isPinned(`${host}/${named}${suffix}`) &&
          !isPinned(`${host}/${named}${suffix}@sha256:${hash.slice(1)}`) &&
          (segments.some((s, index) => index === 0 && s.includes(".")) || !isPinned(`${named}${suffix}@sha256:${hash}`))
        );
      }),
    );
  });

  it("never take long to judge, however odd", () => {
    const odd = `registry.example/${"a-".repeat(20_000)}@sha256:${"0".repeat(63)}`;
    assert.equal(isPinned(odd), false);
    fc.assert(fc.property(fc.string({ maxLength: 300 }), text => !isPinned(text)));
  });

  it("say what was got when they are refused", () => {
    assert.throws(() => imageReference("nginx"), /^RangeError: image must be pinned by digest, .*got "nginx"$/);
    assert.throws(() => imageReference(null as never), /got null$/);
  });
});

describe("the catalogue", () => {
  it("pins every image, each seen with this digest in at least two independent places", () => {
    for (const [name, reference] of Object.entries(images())) {
      assert.ok(isPinned(reference), `${name}: ${reference}`);
      assert.ok(catalogue[name as keyof typeof catalogue].sources >= 2, name);
    }
  });

  it("gives way to overrides, image by image", () => {
    const mirror = `registry.example/nginx@sha256:${"c".repeat(64)}`;
    const all = images({ nginx: mirror });
    assert.equal(all.nginx, mirror);
    assert.equal(all.postgres, images().postgres);
  });
});

describe("stagesOf", () => {
  it("reads stages, names and the images they start from, arguments filled in", () => {
    const dockerfile = [
      "# syntax=docker/dockerfile:1",
      "ARG NODE=registry.example/node:22",
      'ARG BASE="registry.example/base"',
      "FROM ${NODE} AS Build",
      "ARG NODE=registry.example/other",
      "RUN echo FROM nowhere",
      "FROM --platform=$BUILDPLATFORM \\",
      "  # a comment in between",
      "  $BASE",
      "COPY --from=build / /",
      "FROM build",
      "FROM scratch AS final",
    ].join("\n");
    assert.deepEqual(stagesOf(dockerfile), {
      names: ["build", "1", "2", "final"],
      bases: ["registry.example/node:22", "registry.example/base"],
    });
    assert.deepEqual(stagesOf(dockerfile, { NODE: "mirror.example/node" }).bases[0], "mirror.example/node");
  });

  it("never fails on a text, whatever it is", () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), text => Array.isArray(stagesOf(text).names)));
  });
});
