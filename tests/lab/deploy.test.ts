import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { groupsOf } from "../../lab/src/apply.js";
import type { Declared } from "../../lab/src/manifests.js";
import { projects } from "../../lab/src/project.js";
import { generateStack } from "../../lab/src/stackFile.js";
import { passphraseDecrypter } from "../../preview/project/passphrase.js";

const declared = (kind: string, name: string, waits?: string): Declared => ({
  file: `${name}.yaml`,
  urn: `urn:${name}`,
  apiVersion: "v1",
  kind,
  name,
  ...(waits === undefined ? {} : { waits: { for: waits, timeoutSeconds: 60 } }),
});
const names = (objects: readonly Declared[]) => objects.map(({ name }) => name);

describe("the lab's order", () => {
  it("applies nothing that comes after an object before that is ready, but objects of its kind", () => {
    const groups = groupsOf([
      declared("Namespace", "app"),
      declared("Secret", "env"),
      declared("StatefulSet", "database", "rollout"),
      declared("StatefulSet", "cache", "rollout"),
      declared("Job", "migrate", "condition=Complete"),
      declared("Deployment", "api", "rollout"),
      declared("CronJob", "prune"),
    ]);
    assert.deepEqual(
      groups.map(({ objects }) => names(objects)),
      [["app", "env", "database", "cache"], ["migrate"], ["api"], ["prune"]],
    );
    assert.deepEqual(
      groups.map(({ waits }) => names(waits)),
      [["database", "cache"], ["migrate"], ["api"], []],
    );
  });
});

describe("the lab's stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-lab-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const project = projects["flowmarine"]!;
  const generate = () =>
    generateStack(
      project,
      { "flowmarine:images": { node: "a" }, "flowmarine:observability": { grafana: false } },
      folder,
    );
  const secretsOf = (file: string) => {
    const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, { secure: string }> };
    return project.secrets.map(name => config[`flowmarine:${name}`]?.secure ?? "");
  };

  it("is the committed local one, with what the lab must set otherwise, and says what that is", () => {
    const { file, changed } = generate();
    const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, Record<string, unknown>> };
    assert.deepEqual(config["flowmarine:images"], { node: "a" });
    assert.equal(config["flowmarine:observability"]?.["grafana"], false);
    assert.equal(config["flowmarine:observability"]["logsDays"], 2, "what the lab does not set stays");
    assert.deepEqual(changed, { "observability.grafana": false });
  });

  it("holds generated secrets that Pulumi's passphrase provider can read, all different", () => {
    const { file, passphraseFile } = generate();
    const { encryptionsalt } = parse(readFileSync(file, "utf8")) as { encryptionsalt: string };
    const decrypt = passphraseDecrypter(encryptionsalt, readFileSync(passphraseFile, "utf8"));
    const values = secretsOf(file).map(decrypt);
    assert.equal(new Set(values).size, project.secrets.length);
    for (const value of values) assert.match(value, /^[\w-]{43}$/);
  });

  it("keeps its secrets when it is written again, so that a second deploy changes nothing", () => {
    const first = secretsOf(generate().file);
    assert.deepEqual(secretsOf(generate().file), first);
  });

  it("is readable by its owner only", () => {
    const { dir, file, passphraseFile } = generate();
    for (const path of [dir, file, passphraseFile]) assert.equal(statSync(path).mode & 0o077, 0, path);
  });
});
