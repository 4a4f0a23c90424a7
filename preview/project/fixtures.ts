import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PreviewError } from "../errors.js";
import { readYamlFile } from "./yamlFile.js";

const properties = z.record(z.string(), z.unknown());

const fixtures = z.strictObject({
  /** By name as the program spells it: `organization/infra/production`. */
  stackReferences: z
    .record(z.string(), z.strictObject({ outputs: properties.default({}), secretOutputs: properties.default({}) }))
    .default({}),
  /** Answers of provider functions. Without `args` an answer fits every call of its token. */
  invokes: z
    .array(z.strictObject({ token: z.string().min(1), args: properties.optional(), result: properties }))
    .default([]),
  /** State of resources that the program reads by `get`. */
  reads: z.array(z.strictObject({ type: z.string().min(1), id: z.string().min(1), state: properties })).default([]),
});

/** What the world outside the program would answer, from `Pulumi.<stack>.fixtures.yaml`. */
export type Fixtures = z.infer<typeof fixtures>;

/**
 * @param file as the user named it; undefined takes the stack's own file, where there is one
 * @throws PreviewError (usage) that names every wrong field by its path
 */
export function readFixtures(rootDir: string, stack: string, file: string | undefined): Fixtures {
  const path = file ?? join(rootDir, `Pulumi.${stack}.fixtures.yaml`);
  if (file === undefined && !existsSync(path)) return { stackReferences: {}, invokes: [], reads: [] };
  const yaml = readYamlFile(path);
  const parsed = fixtures.safeParse(yaml.value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(issue => `${issue.path.join(".") || "the file"}: ${issue.message}`);
  const [first] = parsed.error.issues;
  throw new PreviewError("usage", `${yaml.name}: ${faults.join("; ")}`, {
    source: yaml.position((first?.path ?? []).filter(part => typeof part !== "symbol")),
  });
}
