import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { availability } from "../../components/observability/alerts/availability";
import { alertGroups } from "../../components/observability/alerts/index";
import { runbookPage } from "../../components/observability/alerts/runbookPage";
import { logAlertGroups } from "../../components/observability/logAlerts/index";

const folder = join(__dirname, "../../docs/runbooks");
const groups = [
  ...alertGroups,
  availability([{ job: "JOB", component: "COMPONENT" }]),
  ...logAlertGroups(["COMPONENT"]),
];
const pages = new Map(
  groups.flatMap(group => group.alerts.map(alert => [`${alert.name}.md`, runbookPage(group, alert)])),
);

/** The pages that are made; the folder beside them is written by hand. */
const written = () => readdirSync(folder).filter(name => name.endsWith(".md"));

describe("docs/runbooks", () => {
  before(() => {
    if (process.env["UPDATE_GOLDEN"] !== "1") return;
    for (const name of written()) rmSync(join(folder, name));
    for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  });

  it("has a page for each alert, and no other", () => {
    assert.deepEqual(written().sort(), [...pages.keys()].sort());
  });

  it("says what the alerts say now; UPDATE_GOLDEN=1 writes it anew", () => {
    const old = [...pages].filter(([name, text]) => readFileSync(join(folder, name), "utf8") !== text);
    assert.deepEqual(
      old.map(([name]) => name),
      [],
    );
  });
});
