import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { application } from "../../components/observability/alerts/application";
import { ruleFile } from "../../components/observability/alerts/rules";
import { requireProgram } from "../support/programs";
import { recordingTests } from "./cases/recordings";
import { succeeds } from "./support/program";

describe("recorded error shares", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "bulkhead-recordings-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("count every failed request of a route, over exactly their window, and are 0 where none fails", async function () {
    this.timeout(120_000);
    const promtool = requireProgram(this, "promtool");
    const rules = join(folder, "rules.yml");
    writeFileSync(rules, JSON.stringify(ruleFile({ ...application, alerts: [] })));
    const files = recordingTests(rules).map(({ record, test }) => {
      const file = join(folder, `${record.replaceAll(":", "-")}.test.yml`);
      writeFileSync(file, JSON.stringify(test));
      return file;
    });
    await succeeds(promtool, ["test", "rules", ...files]);
  });
});
