import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocuments } from "../../../preview/check/parse.js";
import { PreviewError } from "../../../preview/errors.js";
import { renderManifests } from "../../../preview/manifests/render.js";
import { requireOwnFolder, writeFolder } from "../../../preview/manifests/write.js";
import type { PreviewResult, ResourceRecord } from "../../../preview/result.js";
import { secret, UNKNOWN } from "../../../preview/value.js";
import { child, component, result } from "../support/results.js";

interface Index {
  objects: { file: string; kind: string; name: string; waits?: { for: string; timeoutSeconds: number } }[];
  notWritten: { urn: string; reason: string }[];
  secrets: string;
}

const plain = { images: new Map<string, string>(), showSecrets: false, allowPlaceholders: false };

function render(resources: ResourceRecord[], options: Partial<typeof plain> = {}, edits: Partial<PreviewResult> = {}) {
  const files = renderManifests(result({ resources, ...edits }), { ...plain, ...options });
  const index = JSON.parse(files.get("index.json") ?? "") as Index;
  const bodies = index.objects.map(
    ({ file }) => parseDocuments(file, files.get(file) ?? "")[0]?.value as Record<string, unknown>,
  );
  return { files, index, bodies, kinds: index.objects.map(({ kind, name }) => `${kind} ${name}`) };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PreviewError && error.kind === "usage", String(error));
    return error.message;
  }
  throw new Error("it was not refused");
}

const object = (
  kind: string,
  name: string,
  more: Record<string, unknown> = {},
  edits: Partial<ResourceRecord> = {},
) => {
  const base = child(name, kind);
  return { ...base, inputs: { ...base.inputs, ...more }, ...edits };
};

describe("manifests", () => {
  it("hold one object a file, numbered in order, with an index", () => {
    const { files, index } = render([
      component("api"),
      object("apps/v1:Deployment", "api"),
      object("core/v1:ConfigMap", "api"),
    ]);
    assert.deepEqual([...files.keys()], ["001-configmap-shop-api.yaml", "002-deployment-shop-api.yaml", "index.json"]);
    assert.equal(index.secrets, "redacted");
    assert.match(
      files.get("002-deployment-shop-api.yaml") ?? "",
      /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n/,
    );
  });

  it("come with what others need first: namespace, quota, policy, identity, data, then workloads, then what acts on them", () => {
    const { kinds } = render([
      object("autoscaling/v2:HorizontalPodAutoscaler", "h"),
      object("apps/v1:Deployment", "d"),
      object("cert-manager.io/v1:Certificate", "c"),
      object("networking.k8s.io/v1:NetworkPolicy", "n"),
      object("core/v1:Secret", "s"),
      object("core/v1:ServiceAccount", "a"),
      object("apiextensions.k8s.io/v1:CustomResourceDefinition", "x"),
      object("core/v1:Namespace", "shop"),
    ]);
    assert.deepEqual(
      kinds.map(kind => kind.split(" ")[0]),
      [
        "Namespace",
        "CustomResourceDefinition",
        "NetworkPolicy",
        "ServiceAccount",
        "Secret",
        "Certificate",
        "Deployment",
        "HorizontalPodAutoscaler",
      ],
    );
  });

  it("obey the program's dependencies before the order of kinds, through components too", () => {
    const job = object("batch/v1:Job", "migrate");
    const config = object("core/v1:ConfigMap", "late", {}, { dependencies: [job.urn] });
    const inside = component("api");
    const deployment = object(
      "apps/v1:Deployment",
      "worker",
      {},
      { dependencies: [], propertyDependencies: { spec: [inside.urn] } },
    );
    const cron = object("batch/v1:CronJob", "inside", {}, { parent: inside.urn });
    const { kinds } = render([deployment, config, job, inside, cron]);
    assert.ok(kinds.indexOf("Job migrate") < kinds.indexOf("ConfigMap late"), String(kinds));
    assert.ok(kinds.indexOf("CronJob inside") < kinds.indexOf("Deployment worker"), String(kinds));
  });

  it("put a namespace before what lives in it and a definition before its objects, whatever depends on what", () => {
    const names = { spec: { group: "acme.dev", names: { kind: "Ship" } } };
    const late = object("core/v1:ConfigMap", "first");
    const { kinds } = render([
      object("acme.dev/v1:Ship", "titanic"),
      object("apiextensions.k8s.io/v1:CustomResourceDefinition", "ships.acme.dev", names, { dependencies: [late.urn] }),
      { ...late, inputs: { ...late.inputs, metadata: { name: "first" } } },
    ]);
    assert.deepEqual(kinds, ["ConfigMap first", "CustomResourceDefinition ships.acme.dev", "Ship titanic"]);
  });

  it("come to an end where objects depend on each other", () => {
    const [a, b] = [object("core/v1:ConfigMap", "a"), object("core/v1:ConfigMap", "b")];
    assert.equal(
      render([
        { ...a, dependencies: [b.urn] },
        { ...b, dependencies: [a.urn] },
      ]).kinds.length,
      2,
    );
  });

  it("say what to wait for, and respect a program that does not want to wait", () => {
    const skip = { metadata: { name: "x", annotations: { "pulumi.com/skipAwait": "true" } } };
    const longer = { metadata: { name: "y", annotations: { "pulumi.com/timeoutSeconds": "900" } } };
    const { index } = render([
      object("apps/v1:Deployment", "d"),
      object("batch/v1:Job", "j"),
      object("apps/v1:StatefulSet", "y", longer),
      object("cert-manager.io/v1:Certificate", "c"),
      object("apps/v1:Deployment", "x", skip),
      object("core/v1:ConfigMap", "m"),
      object("batch/v1:Job", "s", { spec: { suspend: true } }),
    ]);
    const waits = Object.fromEntries(
      index.objects.map(({ name, waits: wait }) => [name, wait && `${wait.for} ${wait.timeoutSeconds}`]),
    );
    assert.deepEqual(waits, {
      m: undefined,
      c: "condition=Ready 600",
      y: "rollout 900",
      d: "rollout 600",
      x: undefined,
      j: "condition=Complete 600",
      s: undefined,
    });
  });

  it("leave out components, providers, Docker images, and list what cannot be one file", () => {
    const release = object("helm.sh/v3:Release", "nginx");
    const patch = object("core/v1:ServiceAccountPatch", "default", { kind: "ServiceAccount" });
    const read = { ...object("core/v1:Secret", "theirs"), inputs: {} };
    const image = { ...child("image"), type: "docker:index/image:Image" };
    const { index } = render([component("api"), release, patch, read, image]);
    assert.deepEqual(index.objects, []);
    assert.deepEqual(
      index.notWritten.map(({ reason }) => reason.split(":")[0]),
      ["a Helm release", "a patch", "it is only read, or says neither apiVersion nor kind"],
    );
  });

  const credentials = object("core/v1:Secret", "db", {
    data: secret({ password: Buffer.from("hunter2-planted").toString("base64") }),
    stringData: { user: "planted-user" },
  });
  const leaky = object("core/v1:ConfigMap", "c", {
    data: { url: "postgres://u:hunter2-planted@db", token: secret("planted-token") },
  });
  const secrets = ["hunter2-planted", "planted-token"];

  it("redact Secrets and whatever else is secret, wherever it got to", () => {
    const { files, bodies } = render([credentials, leaky], {}, { secrets });
    const text = [...files.values()].join("\n");
    assert.doesNotMatch(text, /planted|cGxhbnRlZ|aHVudGVyMi/);
    const [written] = bodies;
    assert.deepEqual(Object.keys(written?.["data"] as object), ["password"], "its keys are shown");
  });

  it("show secrets when asked to, as the cluster needs them", () => {
    const { bodies, index } = render([credentials, leaky], { showSecrets: true }, { secrets });
    assert.deepEqual(bodies[0]?.["data"], { password: Buffer.from("hunter2-planted").toString("base64") });
    assert.deepEqual(bodies[1]?.["data"], { url: "postgres://u:hunter2-planted@db", token: "planted-token" });
    assert.equal(index.secrets, "shown");
  });

  const container = (image: unknown) => ({ spec: { template: { spec: { containers: [{ name: "api", image }] } } } });
  const image = {
    ...child("backend"),
    urn: "urn:pulumi:p::s::docker:index/image:Image::backend",
    type: "docker:index/image:Image",
  };
  const building = object("apps/v1:Deployment", "api", container(UNKNOWN), {
    propertyDependencies: { spec: [image.urn] },
  });

  it("are refused, naming object and field, where a value is not known or not set", () => {
    const unset = object("core/v1:ConfigMap", "c", { data: { key: "x bulkhead-placeholder-key" } });
    const message = refusal(() => render([image, building, unset]));
    assert.match(message, /2 values are missing/);
    assert.match(message, /ConfigMap c: data\.key is to be set before up/);
    assert.match(
      message,
      /Deployment api: spec\.template\.spec\.containers\[0\]\.image is known after up \(--image backend=REF\)/,
    );
  });

  it("are written all the same with --allow-placeholders", () => {
    const { bodies } = render([image, building], { allowPlaceholders: true });
    assert.match(JSON.stringify(bodies), /known-after-up/);
  });

  it("are not refused for a placeholder inside of a Secret that is redacted, but for one that is shown", () => {
    const unset = object("core/v1:Secret", "s", {
      data: { key: Buffer.from("bulkhead-placeholder-key").toString("base64") },
    });
    assert.equal(render([unset]).kinds.length, 1);
    assert.match(
      refusal(() => render([unset], { showSecrets: true })),
      /Secret s: data\.key is to be set/,
    );
  });

  for (const name of ["backend", "api"]) {
    it(`take an image that is not built yet by the name ${name}`, () => {
      const { bodies } = render([image, building], { images: new Map([[name, "registry/x@sha256:1"]]) });
      assert.deepEqual(bodies[0]?.["spec"], container("registry/x@sha256:1").spec);
    });
  }

  it("refuse an image that nothing waits for, and say which there are", () => {
    const message = refusal(() => render([image, building], { images: new Map([["fronted", "x"]]) }));
    assert.match(message, /--image fronted: no workload waits for this image; unknown are api, backend/);
  });

  it("do not touch an image that is known", () => {
    const known = object("apps/v1:Deployment", "api", container("nginx:1"));
    assert.match(
      refusal(() => render([known], { images: new Map([["api", "x"]]) })),
      /no image is unknown/,
    );
  });

  it("are the same every time", () => {
    const resources = [image, object("apps/v1:Deployment", "b"), object("core/v1:Secret", "a"), credentials];
    assert.deepEqual(render(resources).files, render(structuredClone(resources)).files);
  });
});

describe("the folder of manifests", () => {
  let scratch: string;
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "bulkhead-manifests-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const files = (name: string) => renderManifests(result({ resources: [object("core/v1:ConfigMap", name)] }), plain);

  it("is replaced whole by a later run, stale files and all", () => {
    const folder = join(scratch, "again");
    writeFolder(folder, files("old"), false);
    writeFolder(folder, files("new"), false);
    assert.deepEqual(readdirSync(folder).sort(), ["001-configmap-shop-new.yaml", "index.json"]);
    assert.deepEqual(readdirSync(scratch), ["again"], "nothing temporary is left");
  });

  it("is refused where it holds anything else, also beside our own files", () => {
    const folder = join(scratch, "theirs");
    mkdirSync(folder);
    writeFileSync(join(folder, "precious.txt"), "x");
    assert.match(
      refusal(() => requireOwnFolder(folder)),
      /holds precious\.txt, which this command did not write/,
    );
    const mixed = join(scratch, "mixed");
    writeFolder(mixed, files("a"), false);
    writeFileSync(join(mixed, "extra.yaml"), "x");
    assert.match(
      refusal(() => writeFolder(mixed, files("b"), false)),
      /holds extra\.yaml/,
    );
    assert.ok(existsSync(join(mixed, "extra.yaml")));
  });

  it("has a folder for each of several stacks, which a later run replaces too", () => {
    const folder = join(scratch, "stacks");
    const both = new Map(
      ["a", "b"].flatMap(stack => [...files("x")].map(([name, text]) => [`${stack}/${name}`, text] as const)),
    );
    writeFolder(folder, both, false);
    writeFolder(folder, both, false);
    assert.deepEqual(readdirSync(join(folder, "b")).sort(), ["001-configmap-shop-x.yaml", "index.json"]);
  });

  it("is readable by its owner only where it holds secrets", () => {
    const folder = join(scratch, "private");
    writeFolder(folder, files("x"), true);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, "index.json")).mode & 0o777, 0o600);
    assert.match(readFileSync(join(folder, "index.json"), "utf8"), /configmap/);
  });
});
