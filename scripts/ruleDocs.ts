// Writes docs/rules: a page a rule, and their index. A test holds the pages to the rules.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../policies/findings.js";
import { ruleIndex, rulePage } from "./rulePage.js";

const folder = join(__dirname, "../docs/rules");
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(join(folder, file));
writeFileSync(join(folder, "index.md"), ruleIndex());
for (const rule of rules) writeFileSync(join(folder, `${rule.id}.md`), rulePage(rule));
