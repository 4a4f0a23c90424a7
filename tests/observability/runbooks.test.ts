import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { availability } from "../../components/observability/alerts/availability";
import { alertGroups } from "../../components/observability/alerts/index";
import { runbookIndex } from "../../components/observability/alerts/runbookIndex";
import { emittersOf, runbookPage } from "../../components/observability/alerts/runbookPage";
import { logAlertGroups } from "../../components/observability/logAlerts/index";

const folder = join(__dirname, "../../docs/runbooks");
const groups = [
  ...alertGroups,
  availability([{ job: "JOB", component: "COMPONENT" }]),
  ...logAlertGroups(["COMPONENT"]),
];
const pages = new Map([
  ["README.md", runbookIndex(groups)],
  ...groups.flatMap(group =>
    group.alerts.map((alert): [string, string] => [`${alert.name}.md`, runbookPage(group, alert)]),
  ),
]);

/** The pages that are made; the folder beside them is written by hand. */
const written = () => readdirSync(folder).filter(name => name.endsWith(".md"));

describe("docs/runbooks", () => {
  before(() => {
    if (process.env["UPDATE_GOLDEN"] !== "1") return;
    for (const name of written()) rmSync(join(folder, name));
    for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  });

  it("has a list of the alerts, a page for each, and no other", () => {
    assert.deepEqual(written().sort(), [...pages.keys()].sort());
  });

  it("says what the alerts say now; UPDATE_GOLDEN=1 writes it anew", () => {
    const old = [...pages].filter(([name, text]) => readFileSync(join(folder, name), "utf8") !== text);
    assert.deepEqual(
      old.map(([name]) => name),
      [],
    );
  });

  it("lists what waits for its metrics: backups, the firewall, the runtime sensor, the API server's own metrics; no more", () => {
    const groupsWaiting = new Set(
      groups.flatMap(group =>
        group.alerts.flatMap(alert => {
          const waits = emittersOf(group, alert).some(({ notYet }) => notYet !== undefined);
          assert.equal((pages.get("README.md") ?? "").split(`[${alert.name}](`).length, waits ? 3 : 2, alert.name);
          return waits ? [group.name === "security" ? alert.name : group.name] : [];
        }),
      ),
    );
    assert.deepEqual([...groupsWaiting].sort(), ["AdmissionDenials", "backup", "runtime", "waf"]);
  });
});
