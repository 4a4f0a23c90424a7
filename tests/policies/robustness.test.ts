import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../../policies/config.js";
import { type JudgedResource, judge, rules } from "../../policies/findings.js";
import { judgeWith } from "../../policies/judge.js";
import { remediate } from "../../policies/remediate.js";
import { resourceRule } from "../../policies/rule.js";
import { compliantProgram, edit, exampleOf, resourcesOf } from "../../policies/samples.js";
import { Field, secretSignature, unknownString } from "../../policies/value.js";

const allOn = { all: "mandatory" };

function assertNoInternalError(resources: readonly JudgedResource[]): void {
  const failed = judge(resources, allOn).filter(({ message }) => message.startsWith("internal error"));
  assert.deepEqual(
    failed.map(({ message }) => message),
    [],
  );
}

/** Every JSON pointer into a value. */
function pointersOf(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [prefix];
  const below = Object.entries(value).flatMap(([key, member]) =>
    pointersOf(member, `${prefix}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
  return [prefix, ...below];
}

const places = Object.entries(compliantProgram()).flatMap(([name, { properties }]) =>
  pointersOf(properties, `/${name}/properties`),
);
const oddities: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "\u0000",
  "*",
  "__proto__",
  unknownString,
  [],
  [null],
  [[[]]],
  {},
  { __proto__: { privileged: true } },
  JSON.parse('{"__proto__": {"privileged": true}, "constructor": {"prototype": 1}, "toString": 1, "length": 7}'),
  { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" },
  { "4dabf18193072939515e22adb298388d": "unheard of", value: 1 },
];

describe("judge, on input that nobody should write", () => {
  it("never throws and no rule fails, whatever stands in place of any value", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.oneof(fc.constantFrom(...oddities), fc.jsonValue())), {
          minLength: 1,
          maxLength: 4,
        }),
        replaced => {
          const program = compliantProgram();
          for (const [place, value] of replaced) {
            if (place.split("/").length > 3) edit(program, { [place]: value });
          }
          assertNoInternalError(resourcesOf(program));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("never throws on resources that are not even objects inside", () => {
    const types = [
      ...new Set(resourcesOf(compliantProgram()).map(({ type }) => type)),
      "",
      "kubernetes:",
      ":::",
      "kubernetes:core/v1:List",
    ];
    for (const type of types) {
      for (const oddity of oddities) {
        const properties = oddity as Record<string, unknown>;
        assertNoInternalError([{ urn: "urn:x", type, name: "x", properties }]);
        assertNoInternalError([
          {
            urn: "urn:x",
            type,
            name: "x",
            properties: { metadata: oddity, spec: oddity, items: oddity, rules: oddity },
          },
        ]);
      }
    }
  });

  it("comes to an end on values that contain themselves", () => {
    const cyclic: Record<string, unknown> = { name: "x", password: "horse" };
    cyclic["spec"] = cyclic;
    cyclic["metadata"] = cyclic;
    cyclic["template"] = cyclic;
    cyclic["containers"] = [cyclic];
    cyclic["value"] = cyclic;
    cyclic["4dabf18193072939515e22adb298388d"] = "1b47061264138c4ac30d75fd1eb44270";
    for (const { type } of resourcesOf(compliantProgram())) {
      assertNoInternalError([{ urn: "urn:x", type, name: "x", properties: cyclic }]);
      assertNoInternalError([
        { urn: "urn:x", type, name: "x", properties: { spec: { template: { spec: cyclic } }, data: cyclic } },
      ]);
    }
  });

  it("comes to an end on lists of a hundred thousand elements", function () {
    this.timeout(120_000);
    const many = Array.from({ length: 100_000 }, (_, index) => ({ name: `x${index}`, value: "y" }));
    const [web] = resourcesOf(compliantProgram()).filter(({ name }) => name === "web");
    assert.ok(web);
    for (const path of [
      "/spec/template/spec/volumes",
      "/spec/template/spec/containers/0/env",
      "/spec/template/spec/containers/0/ports",
    ]) {
      assertNoInternalError([{ ...web, properties: edit(structuredClone(web.properties), { [path]: many }) }]);
    }
  });

  it("comes to an end on the longest text that anybody would write against a pattern", function () {
    this.timeout(120_000);
    const texts = ["a", "/", ":", "@", "-", "0", " ", "*", "a:", "x.", "://", "eyJ", "-----BEGIN ", "$("].map(part =>
      part.repeat(50_000),
    );
    for (const text of texts) {
      const program = compliantProgram();
      for (const place of places.filter(one =>
        /name|image|host|cidr|cpu|annotations|LOG_LEVEL|inline|verbs\/0|user$/.test(one),
      )) {
        edit(program, { [place]: text });
      }
      edit(program, {
        "/settings/properties/data": { [text.slice(0, 5000)]: text, conf: text },
        "/web/properties/spec/template/spec/containers/0/env": [{ name: text, value: text }],
        "/web/properties/metadata/annotations": { [text.slice(0, 5000)]: text, "policy.bulkhead.dev/exceptions": text },
        "/base": { type: "docker-build:index:Image", properties: { dockerfile: { inline: `FROM ${text}` } } },
      });
      assertNoInternalError(resourcesOf(program));
    }
  });

  it("is not taken in by keys of Object.prototype", () => {
    const program = compliantProgram();
    const polluted: unknown = JSON.parse('{"__proto__": {"privileged": true, "allowPrivilegeEscalation": false}}');
    edit(program, { "/web/properties/spec/template/spec/containers/0/securityContext": polluted });
    const broken = new Set(judge(resourcesOf(program)).map(({ rule }) => rule));
    assert.ok(broken.has("k8s-privilege-escalation"));
    assert.ok(!broken.has("k8s-privileged"));
    assert.equal(({} as { privileged?: boolean }).privileged, undefined);
  });
});

describe("a rule that fails", () => {
  const failing = resourceRule({
    id: "test-failing",
    title: "This rule fails",
    why: "To see what becomes of the others.",
    severity: "low",
    level: "advisory",
    docs: "https://example.com/",
    remediation: "None.",
    reads: [],
    applies: () => true,
    check: ({ inputs }) => {
      throw new TypeError(`cannot read ${JSON.stringify(inputs.value)}`);
    },
    examples: { pass: {}, fail: {} },
  });

  it("is reported as an internal error of that rule, mandatory, without what it failed on; the others still judge", () => {
    const withFailing = [failing, ...rules];
    const configured = readConfig({}, withFailing);
    const resources = resourcesOf(
      edit(compliantProgram(), {
        "/web/properties/spec/template/spec/hostPID": true,
        "/settings/properties/data": { word: "horse" },
      }),
    );
    const found = judgeWith({ rules: withFailing, configured, now: new Date() }, resources);
    const errors = found.filter(({ rule }) => rule === "test-failing");
    assert.equal(errors.length, resources.length);
    for (const { message, level, verdict } of errors) {
      assert.match(message, /^internal error of the rule test-failing: TypeError/);
      assert.ok(!message.includes("horse"));
      assert.deepEqual([level, verdict], ["mandatory", "violation"]);
    }
    assert.deepEqual(
      found.filter(({ rule }) => rule !== "test-failing").map(({ rule }) => rule),
      ["k8s-host-namespaces"],
    );
  });

  it("repairs nothing, and keeps the other rules from nothing, where it fails to say what it looks at", () => {
    const unsure = resourceRule({
      ...failing,
      id: "test-unsure",
      applies: () => {
        throw new TypeError("cannot tell");
      },
    });
    const withUnsure = [unsure, ...rules];
    const configured = readConfig({ "test-unsure": "remediate" }, withUnsure);
    const repairing = withUnsure.filter(rule => configured.levelOf(rule) === "remediate");
    assert.deepEqual(
      repairing.map(({ id }) => id),
      ["test-unsure", "pulumi-secret-unmarked"],
    );
    const judgement = { rules: withUnsure, configured, run: repairing, now: new Date() };
    const [image] = resourcesOf(
      edit(compliantProgram(), { "/image/properties/registry": { server: "r.example.com", password: "horse" } }),
    ).filter(({ name }) => name === "image");
    assert.ok(image);
    assert.ok(JSON.stringify(remediate(judgement, image).properties).includes(secretSignature));
    const untouched = { ...image, properties: {} };
    assert.equal(remediate(judgement, untouched), untouched);
  });
});

describe("a message", () => {
  it("holds no value that is marked as a secret", () => {
    const word = "correct-horse-battery";
    const secret = (value: unknown) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value,
    });
    for (const rule of rules.filter(({ scope }) => scope !== "exceptions")) {
      for (const edits of Object.values(rule.examples.fail)) {
        for (const place of Object.keys(edits)) {
          const resources = exampleOf(rule, { ...edits, [place]: secret(word) });
          assert.ok(!JSON.stringify(judge(resources, allOn)).includes(word), `${rule.id}, ${place}`);
        }
      }
    }
  });

  it("holds no credential that it found, marked or not", () => {
    const words = ["correct-horse", "AKIAABCDEFGHIJKLMNOP"];
    for (const word of words) {
      const resources = resourcesOf(
        edit(compliantProgram(), {
          "/settings/properties/data": { password: word, conf: `key = ${word}` },
          "/credentials/properties/stringData": { password: word },
          "/image/properties/build/args": { TOKEN: word },
          "/web/properties/spec/template/spec/containers/0/env": [{ name: "PASSWORD", value: word }],
        }),
      );
      const found = judge(resources, allOn);
      assert.equal(new Set(found.map(({ rule }) => rule)).size, 4);
      assert.ok(!JSON.stringify(found).includes(word));
    }
  });
});

describe("a field", () => {
  it("reads wrapped, unknown and missing values without throwing", () => {
    const root = Field.root({
      known: { list: [1, { deep: null }] },
      secret: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: { inner: "x" } },
      output: { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", secret: true },
      unknown: unknownString,
    });
    assert.equal(root.at("known", "list").items()[1]?.at("deep").isAbsent, true);
    assert.deepEqual([root.at("secret", "inner").value, root.at("secret", "inner").isSecret], ["x", true]);
    assert.equal(root.at("secret", "inner").shown, "[secret]");
    assert.deepEqual([root.at("output").isUnknown, root.at("output").isSecret], [true, true]);
    assert.equal(root.at("unknown", "below", "it").path, "/unknown");
    assert.deepEqual(
      root
        .at("unknown")
        .items()
        .map(({ path }) => path),
      ["/unknown"],
    );
    assert.deepEqual([root.at("missing", "below").isAbsent, root.at("known", "list", "0").isAbsent], [true, true]);
    assert.equal(root.at("a/b", "c~d").path, "/a~1b/c~0d");
    assert.equal(root.follow("/known/list/1").path, "/known/list/1");
  });

  it("reads only its object's own members", () => {
    assert.equal(Field.root({}).at("toString").isAbsent, true);
    assert.equal(Field.root(JSON.parse('{"__proto__": 7}')).at("__proto__").value, 7);
  });
});
