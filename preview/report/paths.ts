import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePosition } from "../finding.js";

export type Locate = (position: SourcePosition) => SourcePosition;

/**
 * Rewrites file names to be relative to `root`, with forward slashes, as GitHub and SARIF want them. A file outside of it keeps its
 * absolute name.
 *
 * @param baseDir the folder that relative names count from
 */
export function locator(root: string, baseDir: string): Locate {
  const known = new Map<string, string>();
  return ({ file, line, column }) => {
    let name = known.get(file);
    if (name === undefined) {
      name = relativeName(file, root, baseDir);
      known.set(file, name);
    }
    return { file: name, line, column };
  };
}

function relativeName(file: string, root: string, baseDir: string): string {
  const path = resolve(baseDir, file.startsWith("file://") ? fileURLToPath(file) : file);
  const inside = relative(root, path);
  const outside = inside === "" || isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`);
  return (outside ? path : inside).split(sep).join("/");
}
