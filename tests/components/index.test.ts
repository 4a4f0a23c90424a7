import assert from "node:assert/strict";
import ts from "typescript";
import * as index from "../../components/index";
import { Base } from "../../components/lib/base";
import { parse, sourceFiles } from "../support/declarations";
import { forms } from "../support/forms";

/** Exported classes of a file that make a component: those that the file passes a type token for. */
function componentsOf(file: string): string[] {
  return parse(file).statements.flatMap(statement =>
    ts.isClassDeclaration(statement) && /super\(\s*"bulkhead:/.test(statement.getText()) && statement.name !== undefined
      ? [statement.name.text]
      : [],
  );
}

const files = sourceFiles("components");
const all = files.flatMap(file => componentsOf(file).map(name => ({ file, name })));

/** A part of another component, made by it and by nobody else: its form is tested with the whole. */
const isPart = ({ file, name }: { file: string; name: string }) =>
  files.some(other => other !== file && new RegExp(`new ${name}\\(`).test(parse(other).getText()));

const declared = all.filter(component => !isPart(component));

/** Every exported class that makes components. */
export const exported = Object.entries(index).filter(
  ([, value]) => typeof value === "function" && (value as { prototype?: unknown }).prototype instanceof Base,
);

describe("components/index.ts", () => {
  it("offers every component of the folders that is no part of another one", () => {
    const names = exported.map(([name]) => name);
    assert.deepEqual(
      declared.filter(({ name }) => !names.includes(name)),
      [],
    );
    assert.ok(declared.length >= 6);
  });

  it("offers each component's arguments and defaults beside it", () => {
    const text = parse("components/index.ts").getText();
    for (const { file, name } of declared) {
      const from = `./${file.replace(/^components\//, "").replace(/\.ts$/, "")}`;
      assert.match(text, new RegExp(`export \\* from "${from}(\\.js)?"`), `${name}: export * from "${from}"`);
    }
  });

  it("has every component in both forms in the tests", () => {
    assert.deepEqual(
      exported.map(([name]) => name).filter(name => !["Component", ...Object.keys(forms)].includes(name)),
      [],
    );
    assert.deepEqual(
      Object.keys(forms).filter(name => !exported.some(([other]) => other === name)),
      [],
    );
  });

  it("names each type token after folder and class, because it is part of every URN", () => {
    for (const { file, name } of all) {
      const folder = file.split("/")[1] ?? "";
      assert.ok(parse(file).getText().includes(`"bulkhead:${folder}:${name}"`), `${file}: bulkhead:${folder}:${name}`);
    }
  });
});
