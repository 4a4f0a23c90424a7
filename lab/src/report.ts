import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { repository } from "./settings.js";

const stageSchema = z.strictObject({
  id: z.int(),
  title: z.string(),
  ok: z.boolean(),
  seconds: z.number(),
  /** UTC. */
  at: z.iso.datetime(),
  figures: z.record(z.string(), z.json()),
  /** What was not kept; absent where all was. */
  fault: z.string().exactOptional(),
});

/** What the last runs of all stages found, on what. */
export const reportSchema = z.strictObject({
  machine: z.strictObject({ cores: z.int(), memoryGiB: z.number(), kernel: z.string() }),
  kubernetes: z.string(),
  deployedBy: z.string(),
  deploySeconds: z.number(),
  objects: z.int(),
  /** By name: what runs here, and what production runs. */
  images: z.record(z.string(), z.strictObject({ here: z.string(), production: z.string() })),
  /** What is not as in production, but the images. */
  differences: z.array(z.string()),
  stages: z.array(stageSchema),
});

export type Report = z.infer<typeof reportSchema>;
export type StageResult = z.infer<typeof stageSchema>;

export const reportFile = join(repository, "lab/report.json");

/** Results of stages that this run did not ask for stay: each says when it was made. */
export function writeReport(report: Report, file = reportFile): void {
  const fresh = new Set(report.stages.map(({ id }) => id));
  const kept = earlier(file).filter(({ id }) => !fresh.has(id));
  const stages = [...kept, ...report.stages].sort((a, b) => a.id - b.id);
  writeFileSync(file, `${JSON.stringify(reportSchema.parse({ ...report, stages }), null, 2)}\n`);
}

/** A report of another shape was written by another version, and says nothing now. */
function earlier(file: string): StageResult[] {
  if (!existsSync(file)) return [];
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, "utf8"))).stages;
  } catch {
    return [];
  }
}

/** Figures that fit on a line; lists as their length. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `${value.length}`;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${brief(inner)}`)
      .join(", ");
  }
  return typeof value === "number" ? `${Math.round(value * 100) / 100}` : String(value);
}

export function table(stages: readonly StageResult[]): string {
  const rows = stages.flatMap(({ id, title, ok, seconds, figures, fault }) => [
    `${String(id).padStart(3)}  ${ok ? "ok    " : "FAILED"} ${seconds.toFixed(0).padStart(5)} s  ${title}`,
    ...(fault === undefined ? [] : [`${" ".repeat(21)}${fault}`]),
    ...Object.entries(figures).map(([name, value]) => `${" ".repeat(21)}${name}: ${brief(value)}`),
  ]);
  return rows.join("\n");
}
