import assert from "node:assert/strict";
import { PreviewError } from "../../../preview/errors.js";
import { masker, maskValue } from "../../../preview/mask.js";
import { awkward, secretForms } from "../support/secretForms.js";
import { modes, pack, passphrase, preview, program, removeTemporary, sealer } from "./support.js";

const planted = "Pl4nted-S3cret-Value";

const source = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const secret = new pulumi.Config().requireSecret("token");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
new k8s.core.v1.Secret("s", { metadata: { name: "s" }, stringData: { token: secret } }, { provider });
new k8s.core.v1.ConfigMap("m", { metadata: { name: "m" }, data: { token: secret } }, { provider });
console.log("printed", process.env.PULUMI_CONFIG);
pulumi.log.warn("logged " + new pulumi.Config().require("token"));
if (process.env.CRASH) throw new Error("crashed with " + new pulumi.Config().require("token"));
exports.token = secret;
`;

/** Prints, logs and throws every form of its secret that the environment lists, and one that it made itself. */
const talkative = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
const made = "made-by-" + "the-program";
new k8s.core.v1.Secret("s", { metadata: { name: "s" }, stringData: { made: pulumi.secret(made), token: new pulumi.Config().requireSecret("token") } }, { provider });
for (const form of JSON.parse(process.env.FORMS)) { console.log("printed: " + form); console.error("told: " + form); pulumi.log.info("logged: " + form); }
if (process.env.CRASH) setTimeout(() => { throw new Error("crashed: " + process.env.FORMS + made); }, 100);
`;

/** A pack that tells what it saw. */
const gossip = `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("gossip", { policies: [{ name: "r", description: "r", enforcementLevel: "mandatory",
  validateResource: (args, report) => { if (args.props.data) report(args.name + " holds " + JSON.stringify(args.props.data)); } }] });
`;

describe("a secret", function () {
  this.timeout(300_000);
  after(removeTemporary);
  const { salt, seal } = sealer();
  const files = {
    "Pulumi.dev.yaml": `encryptionsalt: ${salt}\nconfig:\n  sample:token: {secure: "${seal(planted)}"}\n`,
  };
  const env = { PULUMI_CONFIG_PASSPHRASE: passphrase };

  it("that no resource holds stands in no failure and no log either", async () => {
    const made = `const pulumi = require("@pulumi/pulumi");
const box = pulumi.secret({ deep: ["made-by-" + "the-program"] });
box.apply(({ deep }) => { pulumi.log.warn("logged " + deep[0]); if (process.env.CRASH) throw new Error("crashed with " + deep[0]); });
`;
    const folder = program(made);
    const { logs } = await preview(folder);
    assert.deepEqual(
      logs.map(({ message }) => message),
      ["logged [secret]"],
    );
    await assert.rejects(preview(folder, { env: { CRASH: "1" } }), { message: "crashed with [secret]" });
  });

  for (const mode of modes) {
    it(`stands in nothing that a preview finds out, once reports mask its values (${mode})`, async () => {
      const result = await preview(program(source, files), { mode, env, policyPacks: [pack(gossip)] });
      const { secrets, resources, outputs, ...shown } = result;
      assert.ok(secrets.includes(planted), "the preview knows what to mask");
      const mask = masker(secrets);
      const everything = JSON.stringify([shown, maskValue(resources, mask), maskValue(outputs, mask)]);
      assert.equal(everything.includes(planted), false);
      assert.equal(everything.includes(Buffer.from(planted).toString("base64")), false);
      assert.equal(result.findings.length, 2);
      assert.ok(result.findings.every(({ message }) => message.includes("[secret]")));
      assert.ok(result.logs.some(({ message }) => message === "logged [secret]"));
    });

    it(`stands in no form in what a program prints, logs and throws (${mode})`, async () => {
      const sealed = {
        "Pulumi.dev.yaml": files["Pulumi.dev.yaml"].replace(/secure: ".*"/, `secure: "${seal(awkward)}"`),
      };
      const forms = Object.entries(secretForms).map(([name, form]) => [name, form(awkward)] as const);
      const FORMS = JSON.stringify(forms.map(([, form]) => form));
      const folder = program(talkative, sealed);
      const { logs } = await preview(folder, { mode, env: { ...env, FORMS } });
      for (const said of ["printed", "told", "logged"]) {
        const messages = logs.map(({ message }) => message).filter(message => message.startsWith(`${said}: `));
        assert.deepEqual(
          messages,
          forms.map(() => `${said}: [secret]`),
        );
      }
      await assert.rejects(
        preview(folder, { mode, env: { ...env, FORMS, CRASH: "1" }, debug: true }),
        (error: PreviewError) => {
          const told = `${error.message} ${error.trace ?? ""}`;
          assert.match(error.message, /^crashed: \["\[secret\]",/);
          for (const [name, form] of forms) assert.ok(!told.includes(form), name);
          assert.ok(!told.includes("made-by-the-program"), "what the program made itself");
          return true;
        },
      );
    });

    it(`stands not in the message of a program that fails (${mode})`, async () => {
      const failed = preview(program(source, files), { mode, env: { ...env, CRASH: "1" }, debug: true });
      await assert.rejects(failed, (error: PreviewError) => {
        assert.equal(error.message, "crashed with [secret]");
        assert.equal((error.trace ?? "").includes(planted), false);
        return true;
      });
    });
  }
});
