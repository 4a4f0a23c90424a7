// npm run new-rule ID: the file of a new rule, which fails its tests until it is filled in; then the list of rules.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ruleFile, ruleSource } from "./ruleTemplate.js";

const [id = ""] = process.argv.slice(2);
const root = join(__dirname, "..");
const file = ruleFile(id);
if (file === undefined) {
  console.error(
    `${JSON.stringify(id)} is no id of a rule: it must be k8s-, network-, rbac-, docker-, aws- or pulumi- and a name in kebab case`,
  );
  process.exit(2);
}
const path = join(root, "policies/rules", file);
if (existsSync(path)) {
  console.error(`policies/rules/${file} exists`);
  process.exit(2);
}
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, ruleSource(id));
execFileSync(process.execPath, [join(root, "scripts/rules-index.mjs")], { stdio: "inherit" });
console.log(`policies/rules/${file}: fill it in, say its levels in policies/config, then npm run rule-docs`);
