import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { parse, root, sourceFiles } from "../support/declarations";

interface Import {
  from: string;
  to: string;
  /** Erased by the compiler. */
  isType: boolean;
}

/** The specifiers of all import and export declarations and of `import()` and `require()` calls with a plain text. */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (to: ts.Expression | undefined, isType: boolean) => {
    if (to !== undefined && ts.isStringLiteral(to)) found.push({ from: file, to: resolve(file, to.text), isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === "require")
    ) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

/** A relative specifier as a path from the root, a package as it is. */
const resolve = (file: string, specifier: string) =>
  specifier.startsWith(".")
    ? normalize(
        join(dirname(file), specifier.endsWith(".json") ? specifier : `${specifier.replace(/\.(js|ts)$/, "")}.ts`),
      )
    : specifier;

const inside = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const isPackage = (path: string) =>
  !/^(components|policies|preview|tests|images|examples|bench|scripts)\/|^(index|config|outputs)\.ts$/.test(path);

const program = ["index.ts", "config.ts", "outputs.ts"].filter(file => existsSync(join(root, file)));
const all = [...program, ...["components", "policies", "preview", "examples"].flatMap(sourceFiles)].flatMap(importsOf);

/** Who may import whom (ARCHITECTURE.md). Packages are looked at below. */
const layers: { who: string; is: (file: string) => boolean; mayImport: ((path: string) => boolean)[] }[] = [
  {
    who: "the program",
    is: file => program.includes(file),
    mayImport: [path => /^(config|outputs)\.ts$/.test(path), inside("components"), inside("images")],
  },
  { who: "components", is: inside("components"), mayImport: [inside("components")] },
  { who: "the policy pack", is: inside("policies"), mayImport: [inside("policies")] },
  { who: "the hermetic preview", is: inside("preview"), mayImport: [inside("preview")] },
  { who: "the examples", is: inside("examples"), mayImport: [inside("examples"), inside("components")] },
];

describe("imports", () => {
  for (const { who, is, mayImport } of layers) {
    it(`of ${who} stay in their layer`, () => {
      const own = all.filter(({ from }) => is(from));
      assert.ok(own.length > 0 || who === "the examples" || who === "the program", `nothing read of ${who}`);
      const strays = own.filter(({ to }) => !isPackage(to) && !mayImport.some(may => may(to)));
      assert.deepEqual(
        strays.map(({ from, to }) => `${from} → ${to}`),
        [],
      );
    });
  }

  it("of components/lib lead to no component: the base knows none of those built on it", () => {
    const strays = all.filter(
      ({ from, to, isType }) =>
        inside("components/lib")(from) && inside("components")(to) && !inside("components/lib")(to) && !isType,
    );
    // Every pod's image is checked where the pod is made.
    assert.deepEqual(
      strays.map(({ from, to }) => `${from} → ${to}`),
      ["components/lib/hardenedPod.ts → components/images/image.ts"],
    );
  });

  it("of the policy pack's rendering for admission are those of one component: everything else is judged by it, and knows nothing of it", () => {
    const users = all.filter(
      ({ from, to }) => to.startsWith("@bulkhead/") && !inside("policies")(from) && !inside("preview")(from),
    );
    assert.deepEqual(
      users.map(({ from, to }) => `${from} → ${to}`),
      ["components/admission/admissionPolicies.ts → @bulkhead/policies/admission"],
    );
  });

  it("of the policy pack load no provider: a rule matches type tokens, and a provider's SDK takes a second to load", () => {
    const providers = all.filter(
      ({ from, to, isType }) => inside("policies")(from) && /^@pulumi\/(?!policy|pulumi)/.test(to) && !isType,
    );
    assert.deepEqual(
      providers.map(({ from, to }) => `${from} → ${to}`),
      [],
    );
  });

  it("of the program and its components use the packages of package.json and no other provider than these", () => {
    const packages = new Set(
      all
        .filter(({ from, to }) => (inside("components")(from) || program.includes(from)) && isPackage(to))
        // Of Grafana's SDK the types alone: whoever runs the program does not need it.
        .filter(({ to, isType }) => !(isType && to.startsWith("@grafana/grafana-foundation-sdk/")))
        .map(({ to }) => to),
    );
    const allowed =
      /^(node:.+|zod|@lezer\/lr|@bulkhead\/policies\/admission|@pulumi\/(pulumi|kubernetes|docker|aws)(\/.+)?)$/;
    assert.deepEqual(
      [...packages].filter(name => !allowed.test(name)),
      [],
    );
  });

  it("say where the module is: relative ones exist", () => {
    const missing = all.filter(({ to }) => !isPackage(to) && to.endsWith(".ts") && !existsSync(join(root, to)));
    assert.deepEqual(
      missing.map(({ from, to }) => `${from} → ${to}`),
      [],
    );
  });
});
