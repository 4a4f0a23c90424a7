import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { parse } from "yaml";
import { parseSettings, secretKeys, settingGroups } from "../config.js";

const image = `registry.example/app@sha256:${"0".repeat(64)}`;
const minimal = {
  environment: "local",
  edge: { host: "flowmarine.example" },
  images: { backend: image, frontend: image },
};

const stackFiles = readdirSync(".").filter(file => /^Pulumi\.(?!.*\.fixtures)\w+\.yaml$/.test(file));

/** A stack file's settings, without the `flowmarine:` prefix. */
function settingsOf(file: string): Record<string, unknown> {
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const secrets: string[] = [...secretKeys.required, ...secretKeys.optional];
  return Object.fromEntries(
    Object.entries(config)
      .map(([key, value]) => [key.replace(/^flowmarine:/, ""), value] as const)
      .filter(([key]) => !secrets.includes(key)),
  );
}

describe("settings", () => {
  it("complete a stack that says only what has no default", () => {
    const settings = parseSettings(minimal);
    assert.equal(settings.cache.mode, "cache");
    assert.equal(settings.observability.metricsDays, 15);
    assert.equal(settings.cluster.deletionProtection, true);
  });

  it("report every fault at once, with its path, the value got and what is allowed", () => {
    const raw = {
      environment: "prod",
      edge: { host: "Flow" },
      api: { memoryMib: 512, memoryMiB: "1G" },
      images: { registry: "!" },
    };
    assert.throws(() => parseSettings(raw), {
      message: [
        "the stack's settings have 5 faults:",
        '  environment: Invalid option: expected one of "local"|"staging"|"production", got "prod"',
        '  edge.host: must be a DNS name in lower case, such as app.flowmarine.example, got "Flow"',
        '  api.memoryMiB: Invalid input: expected number, received string, got "1G"',
        "  api.memoryMib: no such setting, got 512",
        '  images.registry: must be a registry and path, such as ghcr.io/flowmarine, got "!"',
      ].join("\n"),
    });
  });

  it("refuse made-up positions in production, and nowhere else", () => {
    const raw = (environment: string) => ({ ...minimal, environment, worker: { simulateFeed: true } });
    assert.equal(parseSettings(raw("staging")).worker.simulateFeed, true);
    assert.throws(
      () => parseSettings(raw("production")),
      /worker\.simulateFeed: must not be true in production, got true/,
    );
  });

  it("refuse an autoscaler whose bounds are crossed", () => {
    const raw = { ...minimal, api: { autoscale: { minReplicas: 4, maxReplicas: 2 } } };
    assert.throws(
      () => parseSettings(raw),
      /api\.autoscale\.maxReplicas: maxReplicas must be at least minReplicas, got 2/,
    );
  });

  it("refuse our own images neither given nor built", () => {
    assert.throws(() => parseSettings({ ...minimal, images: {} }), /images: needs backend and frontend, or registry/);
  });

  it("refuse an image by tag", () => {
    const raw = { ...minimal, images: { ...minimal.images, postgres: "docker.io/library/postgres:17" } };
    assert.throws(() => parseSettings(raw), /images\.postgres: must be pinned by digest/);
  });

  it("never fail in another way, whatever a stack file holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...settingGroups), fc.jsonValue({ maxDepth: 4 })), raw => {
        try {
          parseSettings(raw);
        } catch (error) {
          assert.match((error as Error).message, /^the stack's settings have \d+ faults?:\n {2}\S/);
        }
      }),
    );
  });
});

describe("the repository's stack files", () => {
  it("are those of the three environments", () => {
    assert.deepEqual(stackFiles.sort(), ["Pulumi.local.yaml", "Pulumi.production.yaml", "Pulumi.staging.yaml"]);
  });

  for (const file of stackFiles) {
    it(`${file} holds valid settings of the environment in its name`, () => {
      assert.equal(parseSettings(settingsOf(file)).environment, file.split(".")[1]);
    });

    it(`${file} holds no secret`, () => {
      assert.doesNotMatch(readFileSync(file, "utf8"), /secure:|password|token/i);
    });
  }
});

describe("Pulumi.yaml", () => {
  const declared = (
    parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, { secret?: boolean; description?: string }> }
  ).config;

  it("declares every group and every required secret, and nothing else", () => {
    // Optional secrets cannot be declared: the engine requires a value for whatever is declared without a default.
    const known = [...settingGroups, ...secretKeys.required];
    const own = Object.keys(declared).filter(key => !key.startsWith("pulumi:"));
    assert.deepEqual(own.sort(), [...known].sort());
  });

  it("describes every key", () => {
    for (const [key, { description }] of Object.entries(declared)) {
      if (!key.startsWith("pulumi:")) assert.ok(description, `${key} has no description`);
    }
  });
});
