import { dump } from "js-yaml";
import type { ConfigDeclaration } from "../project/configTypes.js";

/** A key that the project declares. */
export interface DeclaredKey {
  key: string;
  declaration: ConfigDeclaration;
  description?: string;
}

/** What a new stack's file must say, may say, and must get as a secret. */
export interface StackPlan {
  /** Without a default and not secret: somebody has to decide. */
  required: DeclaredKey[];
  /** With a default, shown as a comment. */
  optional: DeclaredKey[];
  /** Text that can be generated. */
  generated: DeclaredKey[];
  /** Secret, but not a text: nobody can guess its shape. */
  byHand: DeclaredKey[];
}

export function planOf(keys: readonly DeclaredKey[]): StackPlan {
  const secret = keys.filter(({ declaration }) => declaration.secret);
  // Keys of other namespaces (`pulumi:disable-default-providers`) are set by the project.
  const plain = keys.filter(({ declaration, key }) => !declaration.secret && !key.startsWith("pulumi:"));
  const isText = ({ declaration: { type } }: DeclaredKey): boolean => type === undefined || type === "string";
  return {
    required: plain.filter(({ declaration }) => declaration.default === undefined),
    optional: plain.filter(({ declaration }) => declaration.default !== undefined),
    generated: secret.filter(isText),
    byHand: secret.filter(key => !isText(key)),
  };
}

/**
 * The file's text: what another stack says about the required and optional keys, and everything else as comments to fill in.
 *
 * @param head lines that the Pulumi CLI wrote already (`encryptionsalt: …`)
 * @param template values of the stack to start from
 */
export function stackFileText(plan: StackPlan, template: ReadonlyMap<string, unknown>, head = ""): string {
  const lines = [...plan.required, ...plan.optional].flatMap(declared => keyLines(declared, template));
  return [head.trimEnd(), "config:", ...lines]
    .filter(line => line !== "")
    .join("\n")
    .concat("\n");
}

function keyLines({ key, description, declaration }: DeclaredKey, template: ReadonlyMap<string, unknown>): string[] {
  const value = template.get(key);
  if (value !== undefined) {
    const text = dump({ [key]: value }, { noRefs: true, lineWidth: -1 }).trimEnd();
    return text.split("\n").map(line => `  ${line}`);
  }
  const isRequired = declaration.default === undefined;
  const about = [isRequired ? "required" : "optional", declaration.type, description].filter(
    part => part !== undefined,
  );
  const shown = isRequired ? "" : ` ${JSON.stringify(declaration.default)}`;
  return [`  # ${about.join(", ").replaceAll("\n", " ")}`, `  # ${key}:${shown}`];
}
