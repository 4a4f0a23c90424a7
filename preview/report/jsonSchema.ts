import { z } from "zod";
import { report } from "./report.js";

/** The published description of the JSON report, made from the schema that the code itself uses. */
export function reportJsonSchema(): object {
  return {
    ...z.toJSONSchema(report, { target: "draft-2020-12" }),
    $id: "urn:bulkhead:report:1",
    title: "Report of bulkhead preview and bulkhead check",
  };
}

export function reportJsonSchemaText(): string {
  return `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
}
