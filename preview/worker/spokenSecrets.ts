/** The SDK, and its module that makes outputs, which it copies. */
interface Outputs {
  secret: (value: unknown) => { promise(withUnknowns: boolean): Promise<unknown> };
}

/**
 * Collects every text that the program marks by `pulumi.secret`, also where no resource ever holds it: whoever throws or logs it later must
 * not tell it.
 *
 * @param require resolves as the program does
 */
export function collectSpokenSecrets(require: NodeJS.Require, into: Set<string>): void {
  const original = (require("@pulumi/pulumi/output") as Outputs).secret;
  const secret: Outputs["secret"] = value => {
    const marked = original(value);
    marked.promise(true).then(
      known => collectTexts(known, into, new Set()),
      // The program's own concern.
      () => undefined,
    );
    return marked;
  };
  for (const module of ["@pulumi/pulumi", "@pulumi/pulumi/output"]) (require(module) as Outputs).secret = secret;
}

/** Texts of plain data; resources and other objects, which lead anywhere, are left alone. */
function collectTexts(value: unknown, into: Set<string>, seen: Set<object>): void {
  if (typeof value === "string") into.add(value);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return;
  for (const inner of Object.values(value)) collectTexts(inner, into, seen);
}
