import { renderGithub } from "./github.js";
import { renderJson } from "./json.js";
import { renderJunit } from "./junit.js";
import { renderMarkdown } from "./markdown.js";
import type { Report } from "./report.js";
import { renderSarif } from "./sarif.js";
import { renderTable, type TableOptions } from "./table.js";

/** By the name that `--format` takes. Only a table depends on where it is shown. */
export const formats = {
  table: renderTable,
  json: renderJson,
  sarif: renderSarif,
  junit: renderJunit,
  markdown: renderMarkdown,
  github: renderGithub,
} as const satisfies Record<string, (report: Report, options: TableOptions) => string>;

export type Format = keyof typeof formats;

export const formatNames = Object.keys(formats) as Format[];
