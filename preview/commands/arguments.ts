import { type ParseArgsConfig, parseArgs } from "node:util";
import { CommandLineError } from "./command.js";

/** An option of a command; its help and its parsing come from here. */
export interface OptionSpec {
  /** Without dashes. */
  name: string;
  short?: string;
  /** Name of its value in the help; absent for a switch. */
  value?: string;
  /** May be given several times. */
  many?: boolean;
  help: string;
}

export interface Arguments {
  /** Switches that were given. */
  switches: ReadonlySet<string>;
  /** Values by option, in the order given. */
  values(name: string): string[];
  /** The value of an option that may be given once. */
  value(name: string): string | undefined;
  positionals: string[];
  /** Options with values in the order given, for those whose order means something. */
  ordered: { name: string; value: string }[];
}

const everyCommand: readonly OptionSpec[] = [{ name: "help", short: "h", help: "show this help" }];

/** The command's options and those that every command takes. */
export function allOptions(options: readonly OptionSpec[]): readonly OptionSpec[] {
  return [...options, ...everyCommand];
}

/**
 * @throws CommandLineError on an option that does not exist, lacks its value, or is given twice
 */
export function parseArguments(command: string, specs: readonly OptionSpec[], args: readonly string[]): Arguments {
  const known = allOptions(specs);
  const options: ParseArgsConfig["options"] = Object.fromEntries(
    known.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? "boolean" : "string", multiple: true, ...(short !== undefined && { short }) },
    ]),
  );
  // Not strict: the messages of strict mode suggest workarounds for the wrong problem, and do not say what is allowed.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const switches = new Set<string>();
  const ordered: { name: string; value: string }[] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = known.find(({ name }) => name === token.name);
    if (!spec) throw new CommandLineError(command, `unknown option ${token.rawName}${closest(token.name, known)}`);
    if (spec.value === undefined) {
      if (token.value !== undefined)
        throw new CommandLineError(command, `--${spec.name} takes no value, got "${token.value}"`);
      switches.add(spec.name);
      continue;
    }
    // `--out --strict`: the next option was swallowed as a value.
    if (token.value === undefined || (!token.inlineValue && /^--?[a-z]/.test(token.value))) {
      throw new CommandLineError(command, `--${spec.name} needs a value: --${spec.name} ${spec.value}`);
    }
    if (spec.many !== true && ordered.some(({ name }) => name === spec.name)) {
      throw new CommandLineError(command, `--${spec.name} can be given once only`);
    }
    if (token.value === "") throw new CommandLineError(command, `--${spec.name} must not be empty`);
    ordered.push({ name: spec.name, value: token.value });
  }
  const values = (name: string): string[] => ordered.filter(each => each.name === name).map(({ value }) => value);
  return { switches, ordered, positionals, values, value: name => values(name)[0] };
}

/** An option that shares a beginning with the one meant. */
function closest(name: string, specs: readonly OptionSpec[]): string {
  const guess = specs.find(spec => spec.name.startsWith(name.slice(0, 3)) && name.length > 2);
  return guess ? `, did you mean --${guess.name}?` : "";
}

/** A value that must be one of a few. */
export function oneOf<T extends string>(command: string, option: string, value: string, allowed: readonly T[]): T {
  const match = allowed.find(each => each === value);
  if (match === undefined)
    throw new CommandLineError(command, `--${option} must be one of ${allowed.join(", ")}, got "${value}"`);
  return match;
}
