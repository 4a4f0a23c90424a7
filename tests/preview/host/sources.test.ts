import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PreviewResult } from "../../../preview/result.js";
import { modes, preview, program, removeTemporary } from "./support.js";

const files = {
  "index.ts": `import * as k8s from "@pulumi/kubernetes";
import { Shop } from "./components/shop";

// A comment, an interface and types, which leave nothing behind in JavaScript.
interface Settings { readonly name: string }
const settings: Settings = { name: "shop" };
const provider = new k8s.Provider("cluster", { kubeconfig: "{}" });

new Shop(settings.name, { providers: [provider] });
new k8s.yaml.ConfigGroup("group", { yaml: "{apiVersion: v1, kind: ConfigMap, metadata: {name: late}}" }, { provider });
`,
  "components/shop.ts": `import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";

export type Name = string;

export class Shop extends pulumi.ComponentResource {
  constructor(name: Name, options: pulumi.ComponentResourceOptions) {
    super("test:index:Shop", name, {}, options);
    const labels: Record<string, string> = { app: name };
    for (const part of ["front", "back"] as const) {
      new k8s.core.v1.ConfigMap(\`\${name}-\${part}\`, { metadata: { labels } }, { parent: this });
    }
    this.registerOutputs({});
  }
}
`,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      moduleResolution: "nodenext",
      rootDir: ".",
      noCheck: true,
      sourceMap: true,
      types: [],
    },
    files: ["index.ts"],
  }),
};

function positions(result: PreviewResult): Record<string, [string | undefined, string | undefined]> {
  const place = (position: { file: string; line: number; column: number } | undefined) =>
    position && `${position.file}:${position.line}:${position.column}`;
  return Object.fromEntries(
    result.resources.map(({ name, source, programSource }) => [name, [place(source), place(programSource)]]),
  );
}

describe("source positions of a TypeScript program", function () {
  this.timeout(300_000);
  after(removeTemporary);

  for (const mode of modes) {
    it(`are those of the constructor's call, and of the outermost line in the program (${mode})`, async () => {
      const dir = program("", files, "index.ts");
      const places = positions(await preview(dir, { mode }));
      assert.deepEqual(places["cluster"], ["index.ts:7:18", "index.ts:7:18"]);
      assert.deepEqual(places["shop"], ["index.ts:9:1", "index.ts:9:1"]);
      assert.deepEqual(places["shop-front"], ["components/shop.ts:11:7", "index.ts:9:1"]);
      assert.deepEqual(places["shop-back"], ["components/shop.ts:11:7", "index.ts:9:1"]);
      assert.deepEqual(
        places["late"],
        ["index.ts:10:1", "index.ts:10:1"],
        "what a component makes later is declared where it is",
      );
    });
  }

  it("are right where the tsconfig has a folder for compiled files, as Pulumi's templates have", async () => {
    const { compilerOptions, ...rest } = JSON.parse(files["tsconfig.json"]) as { compilerOptions: object };
    const tsconfig = { ...rest, compilerOptions: { ...compilerOptions, outDir: "bin", sourceRoot: "/elsewhere" } };
    const dir = program("", { ...files, "tsconfig.json": JSON.stringify(tsconfig) }, "index.ts");
    assert.deepEqual(positions(await preview(dir))["shop-front"], ["components/shop.ts:11:7", "index.ts:9:1"]);
  });

  it("are right in a program of modules, whose imports end in .js", async () => {
    const source = files["index.ts"].replace("./components/shop", "./components/shop.js");
    const manifest = JSON.stringify({ name: "shop", type: "module" });
    const result = await preview(
      program(source, { ...files, "index.ts": source, "package.json": manifest }, "index.ts"),
    );
    assert.deepEqual(positions(result)["shop-front"], ["components/shop.ts:11:7", "index.ts:9:1"]);
    assert.deepEqual(result.logs, []);
  });

  it("are right when the compiled program comes from the cache, and after a change", async () => {
    const dir = program("", files, "index.ts");
    const cold = positions(await preview(dir));
    assert.deepEqual(positions(await preview(dir)), cold);
    writeFileSync(join(dir, "components/shop.ts"), `// one line more\n${files["components/shop.ts"]}`);
    assert.deepEqual(positions(await preview(dir))["shop-front"], ["components/shop.ts:12:7", "index.ts:9:1"]);
  });

  it("come with a warning where the engine's loader could not follow an import", async () => {
    const source = files["index.ts"].replace("./components/shop", "./components/shop.js");
    const { logs } = await preview(program(source, { ...files, "index.ts": source }, "index.ts"));
    assert.match(
      logs[0]?.message ?? "",
      /index\.ts imports "\.\/components\/shop\.js", which the engine's ts-node cannot find/,
    );
  });
});
