// Writes report.schema.json: node --import tsx preview/report/writeSchema.ts. A test says when it is out of date.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportJsonSchemaText } from "./jsonSchema.js";

writeFileSync(join(__dirname, "report.schema.json"), reportJsonSchemaText());
