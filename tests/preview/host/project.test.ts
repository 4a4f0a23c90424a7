import assert from "node:assert/strict";
import { PreviewError } from "../../../preview/errors.js";
import { readFixtures } from "../../../preview/project/fixtures.js";
import { readSettings, type StackSettings } from "../../../preview/project/project.js";
import { folderWith, passphrase, removeTemporary, sealer } from "./support.js";

const declared = `name: shop
runtime: nodejs
config:
  edge: {type: object}
  replicas: {type: integer, default: 2}
  hosts: {type: array, items: {type: string}, default: [a, b]}
  password: {type: string, secret: true}
  region: {value: eu}
`;
const complete = "config:\n  shop:edge: {host: example.org, port: 443}\n";

function settings(files: Record<string, string>, stack = "dev", env: Record<string, string> = {}): StackSettings {
  return readSettings(folderWith({ "Pulumi.yaml": declared, ...files }), stack, "organization", env);
}

function fault(files: Record<string, string>, stack?: string, env?: Record<string, string>): PreviewError {
  try {
    settings(files, stack, env);
  } catch (error) {
    assert.ok(error instanceof PreviewError, String(error));
    assert.equal(error.kind, "usage");
    return error;
  }
  throw new Error("the settings were accepted");
}

describe("a stack's settings", () => {
  after(removeTemporary);

  it("reach the program as the engine passes them: text, structures as JSON, defaults of the project", () => {
    assert.deepEqual(settings({ "Pulumi.dev.yaml": complete }).config, {
      "shop:edge": '{"host":"example.org","port":443}',
      "shop:replicas": "2",
      "shop:hosts": '["a","b"]',
      "shop:password": "bulkhead-placeholder-password",
      "shop:region": "eu",
    });
  });

  it("get a placeholder for a secret that is absent, which is listed", () => {
    const { toBeSet, secretKeys } = settings({ "Pulumi.dev.yaml": complete });
    assert.deepEqual(toBeSet, ["shop:password"]);
    assert.deepEqual(secretKeys, ["shop:password"]);
  });

  it("get a placeholder for a secret encrypted for somebody else, also deep within a structure", () => {
    const { config, toBeSet } = settings({
      "Pulumi.dev.yaml": `${complete}  shop:password: {secure: AAABAxyz}\n  aws:login: {user: me, key: {secure: AAABAxyz}}\n`,
    });
    assert.equal(config["shop:password"], "bulkhead-placeholder-password");
    assert.equal(config["aws:login"], '{"user":"me","key":"bulkhead-placeholder-login-key"}');
    assert.deepEqual(toBeSet, ["aws:login", "shop:password"]);
  });

  it("are decrypted with the passphrase", () => {
    const { salt, seal } = sealer();
    const file = `encryptionsalt: ${salt}\n${complete}  shop:password: {secure: "${seal("hunter2")}"}\n`;
    const { config, toBeSet } = settings({ "Pulumi.dev.yaml": file }, "dev", { PULUMI_CONFIG_PASSPHRASE: passphrase });
    assert.equal(config["shop:password"], "hunter2");
    assert.deepEqual(toBeSet, []);
    assert.match(
      fault({ "Pulumi.dev.yaml": file }, "dev", { PULUMI_CONFIG_PASSPHRASE: "wrong" }).message,
      /PULUMI_CONFIG_PASSPHRASE does not decrypt/,
    );
  });

  it("disable default providers", () => {
    const file = `${complete}  pulumi:disable-default-providers: [kubernetes, docker]\n`;
    assert.deepEqual(settings({ "Pulumi.dev.yaml": file }).disabledDefaultProviders, ["kubernetes", "docker"]);
  });

  it("need no declaration in a project that sets only Pulumi's own keys", () => {
    const project = "name: shop\nruntime: nodejs\nconfig:\n  pulumi:tags: {value: {team: shop}}\n";
    const { config } = settings({ "Pulumi.yaml": project, "Pulumi.dev.yaml": "config:\n  shop:colour: red\n" });
    assert.equal(config["shop:colour"], "red");
  });

  it("are refused together where they are wrong, each by its key", () => {
    const error = fault({
      "Pulumi.dev.yaml": "config:\n  shop:replicas: many\n  shop:colour: red\n  shop:password: in-plain-text\n",
    });
    assert.match(error.message, /shop:replicas must be of type integer, got "many"/);
    assert.match(error.message, /shop:colour is not declared in Pulumi\.yaml \(declared: .*shop:edge/);
    assert.match(error.message, /shop:password is secret and must be encrypted/);
    assert.match(error.message, /shop:edge is missing/);
    assert.deepEqual(error.source, { file: "Pulumi.dev.yaml", line: 2, column: 3 });
    assert.doesNotMatch(error.message, /in-plain-text/);
  });

  it("of a stack without a file are refused with the stacks that there are", () => {
    const error = fault(
      { "Pulumi.prod.yaml": complete, "Pulumi.test.yaml": complete, "Pulumi.test.fixtures.yaml": "{}" },
      "dev",
    );
    assert.equal(error.message, 'stack "dev" has no file Pulumi.dev.yaml: there are prod, test');
  });

  it("that are no YAML are refused with file and line", () => {
    const error = fault({ "Pulumi.dev.yaml": "config:\n  shop:edge: {host: [\n" });
    assert.match(error.message, /Pulumi\.dev\.yaml is not valid YAML/);
    assert.equal(error.source?.file, "Pulumi.dev.yaml");
    assert.ok(error.source.line >= 2);
  });

  it("of a project in another language are refused", () => {
    assert.match(
      fault({ "Pulumi.yaml": "name: a\nruntime: python\n", "Pulumi.dev.yaml": "{}" }).message,
      /runtime must be nodejs/,
    );
  });

  it("take any key where the project declares none", () => {
    const files = {
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "Pulumi.dev.yaml": "config: {shop:a: 1, b: true}\n",
    };
    assert.deepEqual(settings(files).config, { "shop:a": "1", "shop:b": "true" });
  });
});

describe("fixtures", () => {
  after(removeTemporary);

  it("are read from the stack's own file, and are empty without one", () => {
    const folder = folderWith({ "Pulumi.dev.fixtures.yaml": "reads: [{type: t, id: i, state: {a: 1}}]\n" });
    assert.deepEqual(readFixtures(folder, "dev", undefined).reads, [{ type: "t", id: "i", state: { a: 1 } }]);
    assert.deepEqual(readFixtures(folder, "prod", undefined), { stackReferences: {}, invokes: [], reads: [] });
  });

  it("are refused with the path of what is wrong", () => {
    const folder = folderWith({ "Pulumi.dev.fixtures.yaml": "invokes:\n- {token: t}\nreeds: []\n" });
    assert.throws(
      () => readFixtures(folder, "dev", undefined),
      (error: PreviewError) =>
        error.kind === "usage" && /invokes\.0\.result/.test(error.message) && /reeds/.test(error.message),
    );
  });

  it("named on the command line must exist", () => {
    assert.throws(() => readFixtures(folderWith({}), "dev", "/nowhere.yaml"), /\/nowhere\.yaml does not exist/);
  });
});
