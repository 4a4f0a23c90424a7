import assert from "node:assert/strict";
import fc from "fast-check";
import { objectsOf } from "../../../preview/check/objects.js";
import { parseDocuments } from "../../../preview/check/parse.js";
import { locatePointers } from "../../../preview/check/positions.js";
import { PreviewError } from "../../../preview/errors.js";
import { toYaml } from "../../../preview/manifests/yaml.js";

const values = (text: string) => parseDocuments("f.yaml", text).map(({ value }) => value);
const scalar = (text: string) => (values(`a: ${text}\n`)[0] as { a: unknown }).a;

/** Message of the error that reading a text ends with. */
function fault(text: string): string {
  try {
    parseDocuments("f.yaml", text);
  } catch (error) {
    assert.ok(error instanceof PreviewError && error.kind === "usage", String(error));
    return error.message;
  }
  throw new Error("it was read");
}

describe("reading Kubernetes files", () => {
  it("reads scalars as Kubernetes does, by YAML 1.1 where it matters", () => {
    for (const word of ["yes", "Yes", "on", "y", "true", "TRUE"]) assert.equal(scalar(word), true, word);
    for (const word of ["no", "off", "n", "False"]) assert.equal(scalar(word), false, word);
    for (const [text, number] of [
      ["010", 8],
      ["0o10", 8],
      ["0x1F", 31],
      ["0b11", 3],
      ["1_000", 1000],
      ["-5", -5],
      ["1e3", 1000],
      ["08", 8],
    ] as const) {
      assert.equal(scalar(text), number, text);
    }
    for (const text of ["2020-01-01", "12:30", "1.2.3", "yEs", "0x", "1e", "_", "+"])
      assert.equal(scalar(text), text, text);
    assert.deepEqual(values("y: 1\n"), [{ true: 1 }], "a key too: the API server gets it as true");
    for (const text of ["~", "null", ""]) assert.equal(scalar(text), null);
    assert.equal(scalar('"yes"'), "yes");
    assert.equal(scalar("!!binary aGVsbG8="), "hello");
  });

  it("reads several documents, whatever stands between them", () => {
    assert.deepEqual(values("# only a comment\n---\na: 1\n---\n# nothing\n---\n--- {b: 2}\n...\n---\nnull\n"), [
      { a: 1 },
      { b: 2 },
    ]);
    assert.deepEqual(values("%YAML 1.1\n---\na: 1\r\n---\r\nb: 2\r\n"), [{ a: 1 }, { b: 2 }]);
    assert.deepEqual(values(""), []);
    assert.deepEqual(values("a: |\n  --- no marker\n  x\nb: '\n  --- neither'\n"), [
      { a: "--- no marker\nx\n", b: " --- neither" },
    ]);
  });

  it("reads quoted text and brackets that stand too far left, as Kubernetes does, and nothing else", () => {
    const brackets = 'spec:\n  - - args: [\n "-a", # one\n      "-b",\n    ]\n      map: {\n\ta: 1,\n}\n';
    assert.deepEqual(values(brackets), [{ spec: [[{ args: ["-a", "-b"], map: { a: 1 } }]] }]);
    const quoted =
      'a:\n    b: \'one\n    two\n\nthree\'\n    c: ["\n    four\n    "]\n    d: "five\\\n  six"\n    e: 7\n';
    assert.deepEqual(values(quoted), [{ a: { b: "one two\nthree", c: [" four "], d: "fivesix", e: 7 } }]);
    assert.equal(scalar("'one\ntwo'"), "one two");

    const [document] = parseDocuments("f.yaml", quoted);
    assert.ok(document);
    assert.deepEqual(
      [...locatePointers(document.source, ["/a/b", "/a/c/0", "/a/e"]).values()].map(({ line }) => line),
      [2, 6, 11],
    );
    // What is no such thing is told where it begins.
    assert.match(fault('a:\n  b: "never closed\n  c: 1\n'), /^f\.yaml:3:3: no valid YAML: deficient indentation/);
    assert.match(fault("a:\n  b: [1,\n  2\nc: 3\n"), /^f\.yaml:3:3: /);
    assert.match(fault("a:\n  b: 1\n c: 2\n"), /^f\.yaml:3:2: no valid YAML: bad indentation/);
  });

  it("gives up on a document in which too much stands too far left, in bounded time", () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `"${index}",`);
    assert.match(fault(`a:\n  b: [\n${lines.join("\n")}\n  ]\n`), /^f\.yaml:3:1: no valid YAML: deficient indentation/);
  });

  it("reads anchors, merges and JSON, also one JSON document after the other", () => {
    assert.deepEqual(values("base: &b {x: 1}\na: {<<: *b, z: 2}\nc: *b\n"), [
      { base: { x: 1 }, a: { x: 1, z: 2 }, c: { x: 1 } },
    ]);
    assert.deepEqual(values('{"a": 1}\n{"b": "}{"}\n'), [{ a: 1 }, { b: "}{" }]);
    assert.deepEqual(values("{a: 1, b: [x]}"), [{ a: 1, b: ["x"] }]);
  });

  it("names file, line and column of what it cannot read", () => {
    assert.match(fault("a: 1\n---\nb: [1,\nc: 2\n"), /^f\.yaml:4:1: no valid YAML: /);
    assert.match(fault("a: 1\na: 2\n"), /^f\.yaml:2:1: no valid YAML: duplicated mapping key/);
    assert.match(fault("a: *nobody\n"), /^f\.yaml:1:5: .*unidentified alias "nobody"/);
    assert.match(fault('{"a": [1,}'), /^f\.yaml:1:10: /);
    assert.match(fault("a: !ruby/object x\n"), /^f\.yaml:1:4: .*unknown scalar tag/);
    assert.match(fault("a: {{ .Values.x }}\n"), /^f\.yaml:1:/);
    assert.match(fault("a: \u0000\n"), /null byte/);
  });

  it("refuses what would eat the machine: bombs, cycles, bottomless nesting", () => {
    const level = (n: number) =>
      `a${n}: &a${n} [${Array(10)
        .fill(n === 0 ? "x" : `*a${n - 1}`)
        .join(",")}]\n`;
    assert.match(
      fault(Array.from({ length: 12 }, (_, n) => level(n)).join("")),
      /its aliases make more than 1,000,000 values/,
    );
    assert.match(fault("a: &a [*a]\n"), /an alias stands inside its own anchor/);
    assert.match(fault(`a: ${"[".repeat(5000)}`), /nesting exceeded/);
    assert.match(fault(`${"[".repeat(5000)}${"]".repeat(5000)}`), /nesting exceeded/);
  });

  it("does not change the prototype of anything", () => {
    const [value] = values("__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n");
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.ok(Object.hasOwn(value as object, "__proto__"));
  });

  it("reads back every manifest that is written", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }),
          fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string())),
        ),
        value => {
          fc.pre(!Object.hasOwn(value, "__proto__") && Object.keys(value).length > 0 && !Object.hasOwn(value, "<<"));
          assert.deepEqual(values(toYaml(value)), [{ ...value }]);
        },
      ),
    );
  });
});

describe("objects in a document", () => {
  const objects = (text: string) => parseDocuments("f.yaml", text).flatMap(document => objectsOf(document).objects);

  it("are the items of a List, of a list of a kind, and of lists in lists", () => {
    const found = objects(
      "kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Pod}\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n  - metadata: {name: a}\n",
    );
    assert.deepEqual(
      found.map(({ object, pointer }) => [object.apiVersion, object.kind, pointer]),
      [
        ["v1", "Pod", "/items/0"],
        ["apps/v1", "Deployment", "/items/1/items/0"],
      ],
    );
  });

  it("include kinds that nobody knows, and a kind that ends in List without being one", () => {
    const found = objects(
      "kind: Thing\napiVersion: example.com/v1\n---\nkind: AllowList\napiVersion: example.com/v1\nspec: {}\n",
    );
    assert.deepEqual(
      found.map(({ object }) => object.kind),
      ["Thing", "AllowList"],
    );
  });

  it("are not: text, numbers, lists of them, objects without a kind", () => {
    for (const text of ["hello", "42", "[1, 2]", "{a: 1}", "{kind: Pod}", "{apiVersion: v1, kind: 3}"]) {
      const [document] = parseDocuments("f.yaml", text);
      const { objects: found, strangers } = objectsOf(document!);
      assert.equal(found.length, 0);
      assert.match(strangers[0]?.reason ?? "", /^no Kubernetes object/);
    }
  });

  it("must be a list where a list says so", () => {
    assert.throws(
      () => objects("kind: List\napiVersion: v1\nitems: {a: 1}\n"),
      /List: items must be a list, got an object/,
    );
  });
});

describe("positions in a document", () => {
  const at = (text: string, ...pointers: string[]) => {
    const [document] = parseDocuments("f.yaml", text);
    return [...locatePointers(document!.source, pointers).values()].map(({ line, column }) => `${line}:${column}`);
  };
  const pod =
    '# a pod\napiVersion: v1\nspec:\n  containers:\n    - name: a\n      "a/b~c": 1\n    - {name: b, x: [1, 2]}\n';

  it("are those of keys and items", () => {
    assert.deepEqual(
      at(
        pod,
        "",
        "/spec",
        "/spec/containers/0/name",
        "/spec/containers/0/a~1b~0c",
        "/spec/containers/1",
        "/spec/containers/1/x/1",
      ),
      ["2:1", "3:1", "5:7", "6:8", "7:7", "7:24"],
    );
  });

  it("are those of the closest thing around what is missing", () => {
    assert.deepEqual(at(pod, "/spec/containers/0/securityContext/privileged", "/spec/containers/9", "/nothing"), [
      "5:7",
      "4:3",
      "2:1",
    ]);
  });

  it("count from the start of the file, for every document and for JSON", () => {
    const [, second] = parseDocuments("f.yaml", "a: 1\n---\n# c\nb: 2\n");
    assert.deepEqual(locatePointers(second!.source, ["/b"]).get("/b"), { file: "f.yaml", line: 4, column: 1 });
    const [, json] = parseDocuments("f.json", '{"a": 1}\n  {"b":\n   {"c\\"]": [0, {"d": 1}]}}');
    assert.deepEqual(
      [...locatePointers(json!.source, ["", "/b", '/b/c"]/1/d']).values()].map(
        ({ line, column }) => `${line}:${column}`,
      ),
      ["2:3", "2:4", "3:18"],
    );
  });

  it("are right in a list that is long enough to be read item by item", () => {
    const item = (n: number) =>
      `- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c${n}\n  data:\n    text: |\n      ${"x".repeat(300)}\n      - no item\n`;
    const count = 2000;
    const text = `apiVersion: v1\nitems:\n${Array.from({ length: count }, (_, n) => item(n)).join("")}kind: List\nmetadata:\n  resourceVersion: ""\n`;
    const objects = parseDocuments("f.yaml", text).flatMap(document => objectsOf(document).objects);
    assert.equal(objects.length, count);
    const last = objects.at(-1)!;
    assert.deepEqual((last.object["metadata"] as { name: string }).name, `c${count - 1}`);
    const pointer = `${last.pointer}/metadata/name`;
    assert.equal(locatePointers(last.source, [pointer]).get(pointer)?.line, 2 + (count - 1) * 8 + 4);
  });

  it("does not lose an item of a long list for a broken one: it names its line", () => {
    const good = Array.from(
      { length: 4000 },
      (_, n) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c${n}, labels: {a: ${"b".repeat(100)}}}\n`,
    );
    good.splice(3000, 0, "- a: [1\n");
    assert.match(fault(`apiVersion: v1\nkind: List\nitems:\n${good.join("")}`), /^f\.yaml:900[45]:/);
  });
});
