import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { withBrowser } from "../src/browser.js";
import type { Lab } from "../src/lab.js";
import { repository } from "../src/settings.js";
import { seed } from "../src/users.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** Kept beside the report. */
const screenshot = join(repository, "lab/report/journey.png");
/** For each step; the machine may have two cores and a whole platform on them. */
const stepMillis = 30_000;

const document = {
  name: "class-certificate.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.from("%PDF-1.7\n1 0 obj\n"),
};

/**
 * The edge switches off every feature that OWASP lists; Chromium knows this one on other systems, and on Linux says so in the console. A page
 * on those systems would be less protected without it.
 */
const knownNotice = "Error with Permissions-Policy header: Unrecognized feature: 'web-share'.";

/** Everything that a user with the developer tools open would see as a fault. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", message => {
    if (message.text() === knownNotice) return;
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", error => faults.push(`page: ${error.message}`));
  page.on("requestfailed", request =>
    faults.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText ?? ""}`),
  );
  page.on("response", response => {
    if (response.status() >= 400) faults.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
  });
  return faults;
}

async function inaccessible(page: Page, where: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(
    ({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => String(target)).join(", ")}`,
  );
}

async function journey(lab: Lab, page: Page, password: string): Promise<Figures> {
  const faults = watch(page);
  const frames: string[] = [];
  page.on("websocket", socket => socket.on("framereceived", ({ payload }) => frames.push(String(payload))));
  const violations: string[] = [];

  const answer = await page.goto(lab.edge.url);
  promise(answer?.status() === 200, `${lab.edge.url} answered ${answer?.status() ?? "nothing"}`);
  const tls = await answer.securityDetails();
  violations.push(...(await inaccessible(page, "signed out")));

  // By the keyboard alone.
  await page.getByLabel("Name").focus();
  await page.keyboard.type("officer");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByText("live", { exact: true }).waitFor();
  const vessels = page.locator("#vessels tr");
  const position = page
    .getByRole("row", { name: /^Aurora/ })
    .getByRole("cell")
    .nth(1);
  const places = new Set<string>();
  await position.filter({ hasText: /\d/ }).waitFor();
  const moved = performance.now();
  while (places.size < 3) {
    promise(performance.now() - moved < stepMillis, `Aurora did not move twice: ${[...places].join(" → ")}`);
    places.add((await position.textContent()) ?? "");
    await page.waitForTimeout(250);
  }

  await page.getByLabel(/PDF, JPEG or PNG/).setInputFiles(document);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByText(`Uploaded ${document.name}.`).waitFor();
  await page.getByRole("listitem").filter({ hasText: document.name }).waitFor();
  violations.push(...(await inaccessible(page, "signed in")));
  await page.screenshot({ path: screenshot });
  const count = await vessels.count();

  await page.getByRole("button", { name: `Delete ${document.name}` }).click();
  await page.getByRole("listitem").filter({ hasText: document.name }).waitFor({ state: "detached" });

  const signedOut = page.waitForResponse(response => response.url().endsWith("/api/auth/logout"));
  await page.getByRole("button", { name: "Sign out" }).click();
  promise((await signedOut).status() === 204, "signing out was refused");
  await page.getByText("signed out", { exact: true }).waitFor();
  const left = await page.evaluate<number[]>("[localStorage.length, sessionStorage.length, document.cookie.length]");
  promise(
    left.every(length => length === 0),
    `something stays in the browser after signing out: ${left.join(", ")}`,
  );

  promiseNone(faults, "the browser reports");
  promiseNone(violations, "axe reports");
  return {
    browser: `Chromium ${page.context().browser()?.version() ?? ""}`,
    trust: "the lab's authority in the profile's NSS database",
    tls: tls?.protocol ?? "unknown",
    vessels: count,
    positionsSeen: places.size,
    webSocketMessages: frames.length,
    consoleErrors: faults.length,
    axeViolations: violations.length,
    screenshot: "lab/report/journey.png",
  };
}

async function run(lab: Lab): Promise<Figures> {
  const password = await seed(lab);
  return withBrowser(lab.edge, async browser => {
    const context = await browser.newContext({ viewport: { width: 900, height: 640 } });
    const page = await context.newPage();
    page.setDefaultTimeout(stepMillis);
    return journey(lab, page, password);
  });
}

export const stage: Stage = {
  id: 3,
  title: "a user signs in, sees vessels move, uploads a document and signs out, in a real browser",
  run,
};
