import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Lab } from "./lab.js";
import { labDir, repository } from "./settings.js";

export interface LoadArgs {
  /** Requests a second, as a rule of arrival: they come whether or not earlier ones were answered. */
  perSecond: number;
  /** Which requests: a name in lab/load/steady.js. */
  mix: "users" | "api";
  /** Bearer token. @default none */
  token?: string;
  /** Addresses of the machine that they come from. */
  from: readonly string[];
}

/** What a load met. */
export interface Load {
  requests: number;
  failed: number;
  /** Arrivals that found no free client: the generator was too slow, and the rate was not kept. */
  dropped: number;
  medianMillis: number;
  /** Of the worst window. */
  p99Millis: number;
  /** How often each kind of failure came, the most frequent first. */
  faults: Readonly<Record<string, number>>;
}

/** k6 runs for a time given beforehand; windows follow each other, the next starting before the last one's end, until it is enough. */
const windowSeconds = 20;
const overlapSeconds = 3;

const trend = z.object({ values: z.object({ med: z.number(), "p(99)": z.number() }) });
const count = z.object({ values: z.object({ count: z.number() }) });
const summarySchema = z.object({
  http_reqs: count,
  http_req_duration: trend,
  unexpected: count.optional(),
  dropped_iterations: count.optional(),
});

/** How lab/load/steady.js begins a line about a request that failed. */
const failed = "failed: ";

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const [what, times] of entries) totals.set(what, (totals.get(what) ?? 0) + times);
  return Object.fromEntries([...totals].sort(([, a], [, b]) => b - a));
}

/** The most frequent failures in a few words. */
export const faultsOf = ({ faults }: Load): string =>
  Object.entries(faults)
    .slice(0, 5)
    .map(([what, times]) => `${times} × ${what}`)
    .join("; ");

async function runWindow(
  { edge, artefacts }: Lab,
  { perSecond, mix, token, from }: LoadArgs,
  index: number,
): Promise<Load> {
  const file = join(artefacts, `load-${index}.json`);
  rmSync(file, { force: true });
  const settings = {
    ...{ HOST: edge.host, ADDRESS: `${edge.address}:${edge.port}`, TOKEN: token ?? "", MIX: mix, SUMMARY: file },
    ...{ RATE: `${perSecond}`, SECONDS: `${windowSeconds}` },
  };
  const child = spawn(
    join(labDir, "bin/k6"),
    [
      "run",
      "--quiet",
      "--no-usage-report",
      "--address",
      "",
      "--local-ips",
      from.join(","),
      "--log-format",
      "raw",
      join(repository, "lab/load/steady.js"),
    ],
    { env: { ...process.env, ...settings, SSL_CERT_FILE: edge.caFile }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`k6 ended with ${String(code)}: ${errors.trim().split("\n").at(-1) ?? ""}`);
  const summary = summarySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    requests: summary.http_reqs.values.count,
    failed: summary.unexpected?.values.count ?? 0,
    dropped: summary.dropped_iterations?.values.count ?? 0,
    medianMillis: summary.http_req_duration.values.med,
    p99Millis: summary.http_req_duration.values["p(99)"],
    faults: counted(
      errors
        .split("\n")
        .filter(line => line.startsWith(failed))
        .map(line => [line.slice(failed.length), 1]),
    ),
  };
}

const sum = (loads: readonly Load[]): Load => ({
  requests: loads.reduce((total, { requests }) => total + requests, 0),
  failed: loads.reduce((total, { failed }) => total + failed, 0),
  dropped: loads.reduce((total, { dropped }) => total + dropped, 0),
  medianMillis: loads.map(({ medianMillis }) => medianMillis).sort((a, b) => a - b)[Math.floor(loads.length / 2)] ?? 0,
  p99Millis: Math.max(...loads.map(({ p99Millis }) => p99Millis)),
  faults: counted(loads.flatMap(({ faults }) => Object.entries(faults))),
});

/** Does something while requests arrive at a constant rate. @returns what it gave, and what the load met */
export async function underLoad<T>(
  lab: Lab,
  args: LoadArgs,
  act: () => Promise<T>,
): Promise<{ result: T; load: Load }> {
  const windows: Promise<Load>[] = [];
  const enough = new AbortController();
  const generating = (async () => {
    while (!enough.signal.aborted) {
      const window = runWindow(lab, args, windows.length);
      // Looked at below; until then nobody waits for it.
      window.catch(() => undefined);
      windows.push(window);
      await pause((windowSeconds - overlapSeconds) * 1000, undefined, { signal: enough.signal }).catch(() => undefined);
    }
  })();
  const end = async (): Promise<Load> => {
    enough.abort();
    await generating;
    await Promise.allSettled(windows);
    return sum(await Promise.all(windows));
  };
  let result: T;
  try {
    result = await act();
  } catch (error) {
    throw new Error(`${(error as Error).message}; the load meanwhile: ${await end().then(inWords, String)}`, {
      cause: error,
    });
  }
  return { result, load: await end() };
}

const inWords = (load: Load): string =>
  `${load.requests} requests, ${load.dropped} more not sent, ${load.failed} failed ${faultsOf(load)}`.trim();
