import type { AlertGroup } from "./alert";
import { emittersOf, general } from "./runbookPage";

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** The list of all alerts in Markdown, by group; first those that nothing can set off yet, because what they read is not there. */
export function runbookIndex(groups: readonly AlertGroup[]): string {
  const waiting = groups.flatMap(group =>
    group.alerts.flatMap(alert => {
      const [absent] = emittersOf(group, alert).filter(({ notYet }) => notYet !== undefined);
      return absent === undefined ? [] : [`| [${alert.name}](${alert.name}.md) | ${absent.title} | ${absent.notYet} |`];
    }),
  );
  const sections = groups.map(
    ({ name, language = "promql", alerts }) => `## ${name} (${language === "promql" ? "metrics" : "logs"})

| alert | severity | owner | says |
|---|---|---|---|
${alerts.map(a => `| [${a.name}](${a.name}.md) | ${a.severity} | ${a.owner} | ${cell(general(a.summary))} |`).join("\n")}
`,
  );
  return `# Alerts

A page each, made of the alert itself. What to do in an attack: [incidents](incidents).

## Waiting for what they read

Tested like the others, and silent until something gives their metrics.

| alert | reads | why it is not there |
|---|---|---|
${waiting.join("\n")}

${sections.join("\n")}`;
}
