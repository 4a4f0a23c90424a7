import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PreviewError } from "../errors.js";
import type { Fixtures } from "./fixturesSchema.js";
import { readYamlFile } from "./yamlFile.js";

export type { Fixtures } from "./fixturesSchema.js";

const load = createRequire(__filename);

/**
 * @param file as the user named it; undefined takes the stack's own file, where there is one
 * @throws PreviewError (usage) that names every wrong field by its path
 */
export function readFixtures(rootDir: string, stack: string, file: string | undefined): Fixtures {
  const path = file ?? join(rootDir, `Pulumi.${stack}.fixtures.yaml`);
  if (file === undefined && !existsSync(path)) return { stackReferences: {}, invokes: [], reads: [] };
  const yaml = readYamlFile(path);
  // Only a stack that has fixtures pays for loading what validates them.
  const { fixtures } = load("./fixturesSchema.js") as typeof import("./fixturesSchema.js");
  const parsed = fixtures.safeParse(yaml.value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(issue => `${issue.path.join(".") || "the file"}: ${issue.message}`);
  const [first] = parsed.error.issues;
  throw new PreviewError("usage", `${yaml.name}: ${faults.join("; ")}`, {
    source: yaml.position((first?.path ?? []).filter(part => typeof part !== "symbol")),
  });
}
