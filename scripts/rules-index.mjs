// Writes policies/rules/index.ts: every rule, by folder and file. `npm run new-rule` calls it; a test holds the list to the folder.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../policies/rules", import.meta.url));
const rules = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .map(path => path.replaceAll("\\", "/"))
  .filter(path => path.endsWith(".ts") && path !== "index.ts")
  .sort()
  .map(path => ({ path, name: /^export const (\w+) = /m.exec(readFileSync(`${folder}/${path}`, "utf8"))?.[1] }));

const imports = rules.map(({ path, name }) => `import { ${name} } from "./${path.replace(/\.ts$/, ".js")}";`);
writeFileSync(
  `${folder}/index.ts`,
  `import type { Rule } from "../rule.js";
${imports.join("\n")}

/** Every rule of the pack, by folder and file. Written by scripts/rules-index.mjs. */
export const rules: readonly Rule[] = [
${rules.map(({ name }) => `  ${name},`).join("\n")}
];
`,
);
