import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Lab } from "./lab.js";
import { lastLine, run } from "./process.js";
import { repository } from "./settings.js";

/** Longest that a scan may take. */
const mostSeconds = 400;

const sslyzeSchema = z.object({
  server_scan_results: z.array(z.object({ connectivity_status: z.string(), scan_status: z.string() })),
});

/** What sslyze finds against Mozilla's profile `modern`, a line each; the lab's own authority is among those it trusts. */
export async function sslyze({ edge, artefacts }: Lab): Promise<string[]> {
  const file = join(artefacts, "sslyze.json");
  const outcome = await run(
    join(repository, ".cache/bin/sslyze"),
    [
      ...["--mozilla_config=modern", `--certinfo_ca_file=${edge.caFile}`, `--json_out=${file}`],
      `${edge.host}:${edge.port}{${edge.address}}`,
    ],
    { timeoutSeconds: mostSeconds },
  );
  const [scan] = sslyzeSchema.parse(JSON.parse(readFileSync(file, "utf8"))).server_scan_results;
  if (scan?.connectivity_status !== "COMPLETED" || scan.scan_status !== "COMPLETED") {
    throw new Error(`sslyze could not scan the edge: ${lastLine(outcome)}`);
  }
  // A faulty server is exit code 1, which is also that of a scan that found something: the text tells.
  const [, verdict] = outcome.stdout.split("COMPLIANCE AGAINST TLS CONFIGURATION");
  if (verdict === undefined) throw new Error("sslyze gives no verdict on Mozilla's profile");
  return verdict
    .split("\n")
    .map(line => line.trim())
    .filter(line => line.startsWith("* "))
    .map(line => line.slice(2));
}

const testsslSchema = z.array(z.object({ id: z.string(), severity: z.string(), finding: z.string() }));

export interface Finding {
  id: string;
  severity: string;
  finding: string;
}

/** What testssl.sh finds above LOW. */
export async function testssl({ edge, artefacts }: Lab): Promise<{ checks: number; above: Finding[] }> {
  const file = join(artefacts, "testssl.json");
  // It adds to a file that is there.
  rmSync(file, { force: true });
  const outcome = await run(
    "testssl",
    [
      ...["--quiet", "--warnings", "off", "--color", "0", "--jsonfile", file, "--add-ca", edge.caFile],
      ...["--ip", edge.address, `${edge.host}:${edge.port}`],
    ],
    { timeoutSeconds: mostSeconds },
  );
  if (outcome.code === null) throw new Error(`testssl.sh did not end within ${mostSeconds} s`);
  const findings = testsslSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    checks: findings.length,
    above: findings.filter(({ severity }) => ["MEDIUM", "HIGH", "CRITICAL", "FATAL"].includes(severity)),
  };
}
