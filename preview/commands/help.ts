import { hang } from "../report/style.js";
import { allOptions } from "./arguments.js";
import type { Command } from "./command.js";

const width = 100;

/** The list of commands. */
export function overview(commands: readonly Command[]): string {
  const column = Math.max(...commands.map(({ name }) => name.length)) + 4;
  return [
    "bulkhead: evaluates a Pulumi program and judges it by policy packs, with no engine, login, state or cluster",
    "",
    "usage: bulkhead COMMAND [options]",
    "",
    ...commands.flatMap(({ name, summary }) => hang(`  ${name}`.padEnd(column), summary, width)),
    "",
    "bulkhead help COMMAND shows a command's options.",
    "",
    "exit codes: 0 ok, 1 internal error, 2 usage, settings or unreadable input, 4 the program failed,",
    "5 mandatory violation, 130 interrupted",
    "",
  ].join("\n");
}

/** One command with its options. */
export function helpOf({ name, synopsis, details, options }: Command): string {
  const rows = allOptions(options).map(option => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    return {
      left: `  ${short}--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`,
      help: option.help,
    };
  });
  const column = 36;
  return [
    `usage: bulkhead ${[name, synopsis].filter(Boolean).join(" ")}`,
    "",
    ...details.split("\n\n").flatMap(paragraph => [...hang("", paragraph, width), ""]),
    "options:",
    ...rows.flatMap(({ left, help }) =>
      left.length >= column ? [left, ...hang(" ".repeat(column), help, width)] : hang(left.padEnd(column), help, width),
    ),
    "",
  ].join("\n");
}
