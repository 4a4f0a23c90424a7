import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { Edge } from "./edge.js";

/**
 * Debian's Chromium, with a profile of its own that trusts the edge's authority (in an NSS database, as an administrator would set it up) and
 * finds the edge's name at the node. Certificates are checked as always.
 */
export async function withBrowser<T>(
  { host, address, port, caFile }: Edge,
  use: (browser: Browser) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "bulkhead-browser-"));
  const store = join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "lab", "-i", caFile]);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      `--host-resolver-rules=MAP ${host}:443 ${address}:${port}`,
      // Its sandbox does not start as root, as which the lab runs; what it opens is our own page.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
    env: { ...process.env, HOME: home },
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
}
