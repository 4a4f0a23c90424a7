import { shown } from "../lib/check";
import { isPinned } from "./image";

/** What a Dockerfile is built from and in which stages. */
export interface Stages {
  /** Names of its stages, in order; an unnamed stage has its number. */
  names: string[];
  /** Images from outside that its stages start from, arguments filled in. */
  bases: string[];
}

const continued = /\\[ \t]*\r?\n(?:[ \t]*#.*\r?\n)*/g;

function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{?(\w+)(?::-([^}]*))?\}?/g, (_, name: string, other?: string) => values[name] ?? other ?? "");
}

/**
 * Reads the stages of a Dockerfile.
 *
 * @param args build arguments; they win over the defaults of `ARG` before the first `FROM`
 */
export function stagesOf(dockerfile: string, args: Record<string, string> = {}): Stages {
  const values: Record<string, string> = {};
  const names: string[] = [];
  const bases: string[] = [];
  for (const line of dockerfile.replace(continued, " ").split(/\r?\n/)) {
    const arg = /^\s*ARG\s+(\w+)(?:=(?:"([^"]*)"|'([^']*)'|(\S*)))?/i.exec(line);
    // Only arguments from before the first stage reach a FROM.
    if (arg !== null && names.length === 0) {
      const [, name = "", ...defaults] = arg;
      values[name] = args[name] ?? defaults.find(Boolean) ?? "";
    }
    const from = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?\s*$/i.exec(line);
    if (from === null) continue;
    const [, base = "", name = `${names.length}`] = from;
    const image = fillIn(base, values);
    if (image !== "scratch" && !names.includes(image.toLowerCase())) bases.push(image);
    names.push(name.toLowerCase());
  }
  return { names, bases };
}

/**
 * @param target the stage that is built; the last one where it is undefined
 * @throws RangeError when the target is no stage, or a stage starts from an image that is not pinned by digest
 */
export function checkDockerfile(
  file: string,
  dockerfile: string,
  target?: string,
  args?: Record<string, string>,
): void {
  const { names, bases } = stagesOf(dockerfile, args);
  if (names.length === 0) throw new RangeError(`dockerfile must have a FROM, got ${shown(file)}`);
  if (target !== undefined && !names.includes(target.toLowerCase())) {
    throw new RangeError(`target must be a stage of ${file} (${names.join(", ")}), got ${shown(target)}`);
  }
  const moving = bases.find(base => !isPinned(base));
  if (moving !== undefined) {
    throw new RangeError(
      `${file} must start FROM images pinned by digest, registry/name@sha256:…, got ${shown(moving)}`,
    );
  }
}
