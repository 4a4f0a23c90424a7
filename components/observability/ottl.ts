/** The condition that a record's body is text. */
export const bodyIsText = "IsString(log.body)";

/** Text as a string of OTTL inside a collector's configuration, where `$` starts a variable. */
export function ottl(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "$$$$")}"`;
}
