import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScheduledJob } from "../../components/app/scheduledJob";
import { WebService } from "../../components/app/webService";
import { Worker } from "../../components/app/worker";
import { ContainerImage, type ContainerImageArgs } from "../../components/images/containerImage";
import { at, deploy, isSecret, placement, refusal } from "../support/deploy";
import { context } from "../support/forms";

const minimal: ContainerImageArgs = { repository: "registry.example:5000/shop/api", tag: "v1", context };
const build = async (args: Partial<ContainerImageArgs> = {}) =>
  (await deploy(opts => new ContainerImage("api", { ...minimal, ...args }, opts))).get("Image", "api");
const refused = (args: object) => refusal(opts => new ContainerImage("api", { ...minimal, ...args }, opts));

describe("ContainerImage", () => {
  it("builds the Dockerfile of its context with BuildKit, for Linux on amd64, and pushes it", async () => {
    const { inputs } = await build();
    assert.deepEqual(inputs, {
      imageName: "registry.example:5000/shop/api:v1",
      buildOnPreview: false,
      skipPush: false,
      build: {
        context,
        dockerfile: join(context, "Dockerfile"),
        platform: "linux/amd64",
        args: { BUILDKIT_INLINE_CACHE: "1" },
        builderVersion: "BuilderBuildKit",
        cacheFrom: { images: ["registry.example:5000/shop/api:v1"] },
      },
    });
  });

  it("follows every argument", async () => {
    const { inputs } = await build({
      target: "build",
      buildArgs: { APP_VERSION: "1.2" },
      cacheFrom: ["registry.example/cache:main"],
      platform: "linux/arm64",
      transform: args => ({ ...args, buildOnPreview: true }),
    });
    const read = (path: string) => at(inputs, path);
    assert.deepEqual(["build.target", "build.platform", "buildOnPreview"].map(read), ["build", "linux/arm64", true]);
    assert.deepEqual(read("build.args"), { APP_VERSION: "1.2", BUILDKIT_INLINE_CACHE: "1" });
    assert.deepEqual(read("build.cacheFrom"), { images: ["registry.example/cache:main"] });
    assert.equal(at((await build({ cacheFrom: [] })).inputs, "build.cacheFrom"), undefined);
  });

  it("keeps the registry's password a secret, whatever it is given as", async () => {
    const { wire } = await build({ registry: { server: "registry.example", username: "ci", password: "hunter2" } });
    assert.ok(isSecret(at(wire, "registry.password")) || isSecret(wire["registry"]));
  });

  it("is an image for every workload, by its digest and never by its tag", async () => {
    const deployed = await deploy(opts => {
      const args = { namespace: placement, image: new ContainerImage("image", minimal, opts) };
      new WebService("api", args, opts);
      new Worker("mailer", args, opts);
      new ScheduledJob("report", { ...args, schedule: "@daily" }, opts);
    });
    const reference = `registry.example:5000/shop/api@sha256:${"b".repeat(64)}`;
    for (const [kind, name, pod] of [
      ["Deployment", "api", "spec.template"],
      ["Deployment", "mailer", "spec.template"],
      ["CronJob", "report", "spec.jobTemplate.spec.template"],
    ] as const) {
      assert.equal(at(deployed.get(kind, name).inputs, `${pod}.spec.containers.0.image`), reference);
    }
  });

  it("refuses build arguments that are secrets, by name or by value, without showing the value", async () => {
    const token = `ghp_${"x1".repeat(18)}`;
    const cases: [Record<string, string>, RegExp][] = [
      [
        { NPM_TOKEN: "swordfish" },
        /^ContainerImage "api": buildArgs\.NPM_TOKEN must not be a secret, and its name says it is one: build arguments stay/,
      ],
      [{ DBPASSWORD: "swordfish" }, /buildArgs\.DBPASSWORD must not be a secret, and its name/],
      [{ apiKey: "swordfish" }, /buildArgs\.apiKey must not be a secret, and its name/],
      [{ SIGNING_KEY: "swordfish" }, /buildArgs\.SIGNING_KEY must not be a secret, and its name/],
      [{ NPM_AUTH: "swordfish" }, /buildArgs\.NPM_AUTH must not be a secret, and its name/],
      [
        { REMOTE: "https://ci:swordfish@git.example/app" },
        /buildArgs\.REMOTE must not be a secret, and its value looks like one/,
      ],
      [{ EXTRA: token }, /buildArgs\.EXTRA must not be a secret, and its value looks like one/],
      [{ BUNDLE: "-----BEGIN PRIVATE KEY-----\nswordfish" }, /buildArgs\.BUNDLE must not be a secret, and its value/],
      [{ "A B": "x" }, /name of a build argument must be letters, digits and _, got "A B"/],
      [{ COUNT: 5 as never }, /buildArgs\.COUNT must be a text known before the build$/],
    ];
    for (const [buildArgs, message] of cases) {
      const error = await refused({ buildArgs });
      assert.match(error, message);
      assert.ok(!error.includes("swordfish") && !error.includes(token), error);
    }
    await build({
      buildArgs: { MONKEY: "1", KEYBOARD: "de", AUTHOR: "x", PASSENGERS: "3", URL: "https://registry.example:5000/x" },
    });
  });

  it("refuses what cannot be pushed, built or pinned, before any build starts", async () => {
    const cases: [object, RegExp][] = [
      [
        { repository: "shop/api" },
        /^ContainerImage "api": repository must be registry\/path without a tag, .*got "shop\/api"$/,
      ],
      [{ repository: "registry.example/api:v1" }, /repository must be registry\/path without a tag/],
      [{ repository: undefined }, /repository must be .*got undefined$/],
      [{ tag: "latest" }, /tag must be letters, .* and not latest, got "latest"$/],
      [{ tag: "" }, /tag must be .*got ""$/],
      [{ platform: "windows/amd64" }, /platform must be linux\/amd64 or linux\/arm64, got "windows\/amd64"$/],
      [{ context: "" }, /context must be the path of a folder, got ""$/],
      [{ context: "/nowhere" }, /dockerfile must be a file that can be read \(ENOENT\), got "\/nowhere\/Dockerfile"$/],
      [{ target: "runtme" }, /target must be a stage of .*Dockerfile \(build, runtime\), got "runtme"$/],
      [{ cacheFrom: "registry.example/cache" }, /cacheFrom must be a list of texts, got "registry.example\/cache"$/],
    ];
    for (const [args, message] of cases) assert.match(await refused(args), message);
  });

  it("refuses a Dockerfile that starts from a tag, which tomorrow is another image", async () => {
    const folder = mkdtempSync(join(tmpdir(), "image-"));
    try {
      writeFileSync(join(folder, "Dockerfile"), "FROM node:22 AS build\nFROM build\n");
      assert.match(
        await refused({ context: folder }),
        /must start FROM images pinned by digest, registry\/name@sha256:…, got "node:22"$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
