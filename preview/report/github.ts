import { isAbsolute } from "node:path";
import type { Report, ReportFinding } from "./report.js";

/**
 * GitHub's workflow commands: each finding becomes an annotation on its line of the pull request.
 * Format and escaping: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithub(report: Report): string {
  const lines = report.runs.flatMap(run => [
    ...(run.failure
      ? [command("error", { title: `${run.title} could not be evaluated`, ...run.failure.source }, run.failure.message)]
      : []),
    ...run.findings
      .filter(finding => !finding.exception && finding.baseline !== "known")
      .map(finding =>
        command(
          kindOf(finding),
          { title: `${finding.rule} (${finding.severity}), ${run.title}`, ...finding.source },
          finding.message,
        ),
      ),
  ]);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function kindOf({ blocking, verdict }: ReportFinding): "error" | "warning" | "notice" {
  if (blocking) return "error";
  return verdict === "undetermined" ? "notice" : "warning";
}

interface Place {
  title: string;
  file?: string;
  line?: number;
  column?: number;
}

function command(kind: string, { title, file, line, column }: Place, message: string): string {
  // An annotation must lie in the repository; one outside of it is shown on the run's page.
  const inRepository = file !== undefined && !isAbsolute(file);
  const place: [string, string | number | undefined][] = [
    ...(inRepository
      ? ([
          ["file", file],
          ["line", line],
          ["col", column],
        ] as [string, string | number | undefined][])
      : []),
    ["title", title],
  ];
  const properties = place.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${kind} ${properties.join(",")}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
