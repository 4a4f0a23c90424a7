// Builds dist/. Names of assets hold a hash of their content, because they are kept for a year: a changed one must have another name.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist/assets", { recursive: true });
const { metafile } = await build({
  entryPoints: ["src/app.ts", "src/app.css"],
  bundle: true,
  minify: true,
  target: "es2022",
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  metafile: true,
});
const names = Object.fromEntries(
  Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [
    entryPoint.replace("src/", ""),
    file.replace("dist", ""),
  ]),
);
const icon = readFileSync("src/icon.svg");
names["icon.svg"] = `/assets/icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeFileSync(`dist${names["icon.svg"]}`, icon);

let page = readFileSync("src/index.html", "utf8");
for (const [source, name] of Object.entries(names)) page = page.replace(`"${source}"`, `"${name}"`);
writeFileSync("dist/index.html", page);
