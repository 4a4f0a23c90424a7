import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

export const root = join(__dirname, "../..");

/** Every TypeScript file under a folder of the project, as a path from the root with forward slashes. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      entry =>
        entry.isFile() && entry.name.endsWith(".ts") && !/(^|\/)(node_modules|dist)(\/|$)/.test(entry.parentPath),
    )
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022, true);
}

/** A member of an exported interface. */
export interface Member {
  file: string;
  interface: string;
  name: string;
  isOptional: boolean;
  /** What stands after `@default`, on one line; undefined without the tag. */
  default: string | undefined;
}

function defaultOf(node: ts.Node): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "default");
  return tag && (ts.getTextOfJSDocComment(tag.comment) ?? "").replace(/\s+/g, " ").trim();
}

/** The members of all exported interfaces of a file; inherited ones are where they are declared. */
export function membersOf(file: string): Member[] {
  return parse(file).statements.flatMap(statement => {
    if (!ts.isInterfaceDeclaration(statement)) return [];
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    return statement.members.filter(ts.isPropertySignature).map(member => ({
      file,
      interface: statement.name.text,
      name: member.name.getText(),
      isOptional: member.questionToken !== undefined,
      default: defaultOf(member),
    }));
  });
}

/** The value of a literal as it stands in a tag: a number, text, truth value, list or object of these. Undefined for anything else. */
export function literal(text: string): unknown {
  const [statement] = ts.createSourceFile("tag.ts", `(${text})`, ts.ScriptTarget.ES2022, true).statements;
  if (statement === undefined || !ts.isExpressionStatement(statement)) return undefined;
  // The parser makes something of any text: only what it took as a whole counts.
  if (!ts.isParenthesizedExpression(statement.expression) || statement.expression.expression.getText() !== text) {
    return undefined;
  }
  const [value] = valueOf(statement.expression.expression);
  return value;
}

/** The value in a list of its own; an empty list for what is no literal. */
function valueOf(node: ts.Expression): [unknown?] {
  if (ts.isParenthesizedExpression(node)) return valueOf(node.expression);
  if (ts.isNumericLiteral(node)) return [Number(node.text)];
  if (ts.isStringLiteral(node)) return [node.text];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [true];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [false];
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const [value] = valueOf(node.operand);
    return typeof value === "number" ? [-value] : [];
  }
  if (ts.isArrayLiteralExpression(node)) {
    const values = node.elements.map(valueOf);
    return values.every(({ length }) => length === 1) ? [values.map(([value]) => value)] : [];
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries = node.properties.map(property =>
      ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)
        ? ([property.name.text, ...valueOf(property.initializer)] as const)
        : ([] as const),
    );
    return entries.every(({ length }) => length === 2) ? [Object.fromEntries(entries as [string, unknown][])] : [];
  }
  return [];
}
