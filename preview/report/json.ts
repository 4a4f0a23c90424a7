import type { Report } from "./report.js";

/** The whole report for machines; `report.schema.json` describes it. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
