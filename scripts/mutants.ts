import ts from "typescript";

/** A source with one change. */
export interface Mutant {
  source: string;
  line: number;
  /** `=== → !==` */
  change: string;
}

/** Members of a rule that say something to people, or are its tests. */
const described = new Set([
  "id",
  "title",
  "why",
  "severity",
  "level",
  "docs",
  "remediation",
  "reads",
  "examples",
  // CEL: what it says is compared with `check` by the tests of admission, not here.
  "admission",
  "overlaps",
  // Of a closed type: the compiler refuses any other.
  "type",
  "needs",
  "description",
]);

const operators: Record<string, string> = {
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
};

/** Other methods that a call may have meant. */
const methods: Record<string, string> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
};

function replacements(node: ts.Node, text: string): string[] {
  if (ts.isBinaryExpression(node)) {
    const other = operators[node.operatorToken.getText()];
    return other === undefined ? [] : [`${node.left.getText()} ${other} ${node.right.getText()}`];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [node.operand.getText()];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ["false"];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ["true"];
  if (ts.isNumericLiteral(node)) return [`${Number(node.text) + 1}`];
  // Text of several words is a message.
  if (ts.isStringLiteral(node) && !node.text.includes(" ")) return [JSON.stringify(`${node.text}_`)];
  if (ts.isConditionalExpression(node)) {
    return [`(${node.whenTrue.getText()})`, `(${node.whenFalse.getText()})`];
  }
  if (ts.isIfStatement(node)) {
    const rest = text.slice(node.expression.end, node.end);
    return [`if (true${rest}`, `if (false${rest}`];
  }
  if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent) && node.parent.expression === node) {
    const other = methods[node.name.text];
    return other === undefined ? [] : [`${node.expression.getText()}.${other}`];
  }
  if (ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.parent)) return ["...[]"];
  return [];
}

function isDescription(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isTemplateExpression(node)) return true;
  return ts.isPropertyAssignment(node) && described.has(node.name.getText().replaceAll('"', ""));
}

/** Every change of one operator, literal, condition or list in what a rule does. */
export function mutantsOf(text: string): Mutant[] {
  const file = ts.createSourceFile("rule.ts", text, ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isDescription(node)) return;
    for (const other of replacements(node, text)) {
      const start = node.getStart();
      const line = file.getLineAndCharacterOfPosition(start).line + 1;
      const change = `${node.getText().split("\n")[0] ?? ""} → ${other.split("\n")[0] ?? ""}`;
      mutants.push({ source: `${text.slice(0, start)}${other}${text.slice(node.end)}`, line, change });
    }
    node.forEachChild(visit);
  };
  visit(file);
  return mutants;
}
