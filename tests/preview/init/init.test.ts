import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PreviewError } from "../../../preview/errors.js";
import { completeStack, createStack, templateOf } from "../../../preview/init/createStack.js";
import type { PulumiCli } from "../../../preview/init/pulumi.js";
import { generateSecret } from "../../../preview/init/secrets.js";
import { readProjectFile } from "../../../preview/project/projectFile.js";

const projectText = `
name: shop
runtime: nodejs
config:
  pulumi:disable-default-providers: { value: ["kubernetes"] }
  host: { type: string, description: the public name }
  replicas: { type: integer, default: 2 }
  password: { type: string, secret: true }
  token: { secret: true }
  keys: { type: object, secret: true }
`;

describe("a new stack", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "bulkhead-init-"));
    writeFileSync(join(dir, "Pulumi.yaml"), projectText);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const create = (stack: string, pulumi?: PulumiCli, from?: string) => {
    const project = readProjectFile(dir);
    return createStack(project, stack, from === undefined ? new Map() : templateOf(project, from), pulumi);
  };
  const refused = (work: Promise<unknown>, message: RegExp) =>
    assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof PreviewError && error.kind === "usage");
      assert.match(error.message, message);
      return true;
    });
  /** Writes what it is told, as the CLI would, and remembers it. */
  const recorder = (fail?: string) => {
    const calls: { key: string; value: string }[] = [];
    const cli: PulumiCli = {
      initStack: stack => {
        const file = join(dir, `Pulumi.${stack}.yaml`);
        if (!existsSync(file)) writeFileSync(file, "encryptionsalt: v1:abc\n");
        return Promise.resolve();
      },
      setSecret: (_stack, file, key, value) => {
        if (key === fail) return Promise.reject(new PreviewError("usage", "no passphrase"));
        calls.push({ key, value });
        writeFileSync(file, `${readFileSync(file, "utf8")}  ${key}: {secure: sealed}\n`);
        return Promise.resolve();
      },
    };
    return { cli, calls };
  };

  it("says what must be filled in, and shows defaults as comments", async () => {
    const { toFillIn, file } = await create("eu");
    assert.deepEqual(toFillIn, ["shop:host"]);
    assert.equal(
      readFileSync(file, "utf8"),
      "config:\n  # required, string, the public name\n  # shop:host:\n  # optional, integer\n  # shop:replicas: 2\n",
    );
  });

  it("takes another stack's settings but none of its secrets", async () => {
    writeFileSync(
      join(dir, "Pulumi.old.yaml"),
      "config:\n  shop:host: old.example.com\n  shop:password: {secure: v1:x}\n  shop:replicas: 5\n  other:nested: {a: {secure: v1:y}}\n",
    );
    const { file, toFillIn } = await create("eu", undefined, "old");
    const text = readFileSync(file, "utf8");
    assert.match(text, /shop:host: old\.example\.com\n {2}shop:replicas: 5\n/);
    assert.doesNotMatch(text, /secure|v1:/);
    assert.deepEqual(toFillIn, []);
  });

  it("holds no secret in plain text where there is no Pulumi CLI", async () => {
    const { set, plan, file } = await create("eu");
    assert.deepEqual(set, []);
    assert.deepEqual(
      plan.generated.map(({ key }) => key),
      ["shop:password", "shop:token"],
    );
    assert.deepEqual(
      plan.byHand.map(({ key }) => key),
      ["shop:keys"],
    );
    assert.doesNotMatch(readFileSync(file, "utf8"), /password|token/);
  });

  it("gets a generated secret for every text, through the CLI, and keeps the salt it wrote", async () => {
    const { cli, calls } = recorder();
    const { set, file } = await create("eu", cli);
    assert.deepEqual(set, ["shop:password", "shop:token"]);
    for (const { value } of calls) assert.match(value, /^[\w-]{43}$/);
    assert.equal(new Set(calls.map(({ value }) => value)).size, 2);
    const text = readFileSync(file, "utf8");
    assert.match(text, /^encryptionsalt: v1:abc\nconfig:\n/);
    assert.match(text, /shop:password: \{secure: sealed\}/);
  });

  it("leaves nothing behind when the CLI fails in the middle", async () => {
    await refused(create("eu", recorder("shop:token").cli), /no passphrase/);
    assert.deepEqual(readdirSync(dir), ["Pulumi.yaml"]);
  });

  it("gives a stack that exists the secrets that it lacks, and nothing else", async () => {
    const file = join(dir, "Pulumi.eu.yaml");
    writeFileSync(file, "config:\n  shop:password: { secure: sealed }\n");
    const { cli, calls } = recorder();
    const { missing, set } = await completeStack(readProjectFile(dir), "eu", cli);
    assert.deepEqual([missing, set], [["shop:token"], ["shop:token"]]);
    assert.equal(
      calls.some(call => JSON.stringify(call).includes("shop:password")),
      false,
    );
  });

  it("does not touch a file that exists, and makes nothing in the backend for it", async () => {
    const file = join(dir, "Pulumi.eu.yaml");
    writeFileSync(file, "config: {}\n");
    const { cli, calls } = recorder();
    await refused(create("eu", cli), /Pulumi\.eu\.yaml exists already/);
    assert.equal(readFileSync(file, "utf8"), "config: {}\n");
    assert.deepEqual(calls, []);
  });

  for (const name of ["", ".", "..", "a/b", "../x", "a b", "-s", "x".repeat(101), "dev.fixtures", "a\n", "ü"]) {
    it(`is refused by the name ${JSON.stringify(name.slice(0, 12))}`, async () => {
      await refused(create(name), /a stack's name has up to 100 letters/);
      assert.deepEqual(readdirSync(dir), ["Pulumi.yaml"]);
    });
  }

  it("is refused a template that does not exist", () => {
    assert.throws(() => templateOf(readProjectFile(dir), "nope"), /Pulumi\.nope\.yaml does not exist/);
    assert.ok(!existsSync(join(dir, "Pulumi.eu.yaml")));
  });
});

describe("a generated secret", () => {
  it("has 256 bits in characters that no shell, URL or file must escape", () => {
    const many = Array.from({ length: 200 }, generateSecret);
    assert.equal(new Set(many).size, 200);
    for (const secret of many) assert.equal(Buffer.from(secret, "base64url").length, 32);
  });
});
