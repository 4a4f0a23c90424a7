import { z } from "zod";
import { PreviewError } from "../errors.js";

const entry = z.strictObject({
  /** As in SARIF's partialFingerprints: the finding's, and which of several alike. */
  fingerprint: z.string().regex(/^[0-9a-f]{32}:[1-9][0-9]*$/),
  // What follows is for its readers: a review sees what was accepted, and a report names what is gone.
  rule: z.string(),
  urn: z.string(),
  path: z.string(),
});
export type BaselineEntry = z.infer<typeof entry>;

/** What was found once and is accepted for now. A file that is committed: sorted, one finding a few lines. */
const baselineFile = z.strictObject({
  bulkheadBaseline: z.literal(1),
  /** Version by name of each pack that judged: another version has other rules. */
  packs: z.record(z.string(), z.string()),
  /** By the run's title: `flowmarine/production`, or `check`. */
  runs: z.record(z.string(), z.array(entry)),
});
export type Baseline = z.infer<typeof baselineFile>;

/**
 * @param name of the file, for messages
 * @throws PreviewError (usage): no JSON, not a baseline, or made by other packs
 */
export function parseBaseline(text: string, name: string, packs: Baseline["packs"]): Baseline {
  const again = { hint: `Make it anew: --write-baseline ${name}.` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PreviewError(
      "usage",
      `baseline ${name} is no JSON: ${(error as Error).message.split("\n")[0] ?? ""}`,
      again,
    );
  }
  const parsed = baselineFile.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    throw new PreviewError("usage", `baseline ${name} is broken: ${where}${issue?.message ?? "unreadable"}`, again);
  }
  const [made, now] = [describe(parsed.data.packs), describe(packs)];
  if (made !== now) throw new PreviewError("usage", `baseline ${name} was made by ${made}, this is ${now}`, again);
  return parsed.data;
}

function describe(packs: Baseline["packs"]): string {
  const named = Object.entries(packs).map(([name, version]) => `${name} ${version}`);
  return named.length === 0 ? "no policy pack" : named.sort().join(", ");
}
