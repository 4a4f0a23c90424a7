import assert from "node:assert/strict";
import { type JudgedResource, judge } from "../../policies/findings.js";
import { compliantProgram, edit, resourcesOf, type SampleProgram } from "../../policies/samples.js";
import { unknownString } from "../../policies/value.js";

const digest = `sha256:${"0".repeat(64)}`;
const image = "/web/properties/spec/template/spec/containers/0/image";

/** The verdicts on the compliant program with this image, beside these resources, with the pod's spec depending on those named. */
function verdicts(reference: unknown, others: SampleProgram = {}, from: string[] = [], allowed?: string[]): string[] {
  const resources = resourcesOf(edit({ ...compliantProgram(), ...others }, { [image]: reference }));
  const origins = resources.filter(({ name }) => from.includes(name)).map(({ urn }) => urn);
  const judged = resources.map(
    (one): JudgedResource => (one.name === "web" ? { ...one, propertyDependencies: { spec: origins } } : one),
  );
  const config = allowed === undefined ? {} : { "k8s-image-provenance": { allowed } };
  return judge(judged, config)
    .filter(({ rule }) => rule === "k8s-image-provenance")
    .map(({ verdict }) => verdict);
}

const docker = (type: string, properties: Record<string, unknown>): SampleProgram => ({
  origin: { type, properties, options: { protect: false } },
});
const built = docker("docker:index/image:Image", { imageName: "registry.example.com/app:1" });

describe("the provenance of an image", () => {
  it("is undetermined where nothing shows what an unknown image comes from", () => {
    assert.deepEqual(verdicts(unknownString), ["undetermined"]);
    assert.deepEqual(verdicts(unknownString, built), ["undetermined"]);
    assert.deepEqual(verdicts(unknownString, {}, ["settings"]), ["undetermined"]);
  });

  it("is proven for an unknown image by a build that it depends on, and by no pull", () => {
    assert.deepEqual(verdicts(unknownString, built, ["origin"]), []);
    for (const type of ["docker-build:index:Image", "docker-build:index:Index"])
      assert.deepEqual(verdicts(unknownString, docker(type, {}), ["origin"]), [], type);
    const pulled = docker("docker:index/remoteImage:RemoteImage", { name: "nginx:1" });
    assert.deepEqual(verdicts(unknownString, pulled, ["origin"]), ["undetermined"]);
    assert.deepEqual(verdicts("nginx:1", pulled, ["origin"]), ["violation"]);
  });

  it("is proven for a known image by its own reference only, not by what the pod depends on besides", () => {
    assert.deepEqual(verdicts("registry.example.com/app:1", built), []);
    assert.deepEqual(verdicts("nginx:1", built, ["origin"]), ["violation"]);
    assert.deepEqual(verdicts("registry.example.com/app:2", built, ["origin"]), ["violation"]);
    assert.deepEqual(verdicts("b:2", docker("docker-build:index:Image", { tags: ["a:1", "b:2"] })), []);
    const reported = { repoDigest: `registry.example.com/app@${digest}` };
    assert.deepEqual(verdicts(reported.repoDigest, docker("docker:index/image:Image", reported), [], ["*/web:*"]), []);
  });

  it("is proven by the catalogue, however the reference is written", () => {
    const catalogue = [`docker.io/library/nginx:1.30@${digest}`, "registry.example.com/web:*"];
    assert.deepEqual(verdicts(`nginx:1.30@${digest}`, {}, [], catalogue), []);
    assert.deepEqual(verdicts(`docker.io/library/nginx:1.30@${digest}`, {}, [], catalogue), []);
    assert.deepEqual(verdicts(`nginx:1.31@${digest}`, {}, [], catalogue), ["violation"]);
    assert.deepEqual(verdicts(`other.example.com/library/nginx:1.30@${digest}`, {}, [], catalogue), ["violation"]);
  });

  it("takes any image that is pinned while there is no catalogue, and none where it is empty", () => {
    assert.deepEqual(verdicts(`anything@${digest}`), []);
    for (const loose of ["anything:1", "anything@sha256:0123", "anything@sha256:", "@", "anything:1@"])
      assert.deepEqual(verdicts(loose), ["violation"], loose);
    // Both containers of the compliant pod.
    assert.deepEqual(verdicts(`anything@${digest}`, {}, [], []), ["violation", "violation"]);
  });

  it("says nothing of an image that is none", () => {
    for (const none of [undefined, null, 5, {}, []]) assert.deepEqual(verdicts(none), []);
  });
});
