import assert from "node:assert/strict";
import { createServer } from "node:net";
import { sourceOf } from "../../components/observability/dashboards/panel";
import { eventually } from "../data/support/run";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { everyPanel, filled, nameOf } from "./support/panels";
import { Program, succeeds } from "./support/program";
import { openMetrics } from "./support/seeds";

type Sample = { metric: Record<string, string>; value: [number, string] };

const freePort = () =>
  new Promise<number>(resolve => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe("panels on a Prometheus that has every metric of the catalogue", function () {
  this.timeout(180_000);
  let folder: Folder;
  let prometheus: Program | undefined;
  let port: number;
  // A block ends where two hours do: what is younger would still be in the head, which promtool does not write.
  const end = Math.floor(Date.now() / 7_200_000) * 7200 - 60;
  const query = async (expr: string): Promise<Sample[]> => {
    const url = `http://127.0.0.1:${port}/api/v1/query`;
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ query: expr, time: `${end}` }) });
    const { status, data, error } = (await answer.json()) as {
      status: string;
      data: { result: Sample[] };
      error?: string;
    };
    assert.equal(status, "success", `${error}: ${expr}`);
    return data.result;
  };

  before(async function () {
    folder = new Folder(requireProgram(this, "openssl"));
    const [program, promtool] = [requireProgram(this, "prometheus"), requireProgram(this, "promtool")];
    const seeds = folder.write("seeds.om", openMetrics(end));
    await succeeds(promtool, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", seeds, folder.data]);
    port = await freePort();
    prometheus = new Program(program, [
      `--config.file=${folder.write("prometheus.yml", "{}")}`,
      `--storage.tsdb.path=${folder.data}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await eventually("Prometheus is ready", async () => {
      prometheus?.mustRun();
      assert.equal((await fetch(`http://127.0.0.1:${port}/-/ready`)).status, 200);
    });
  });
  after(async () => {
    await prometheus?.stop();
    folder.remove();
  });

  const asked = everyPanel.filter(({ panel }) => sourceOf(panel) === "metrics");

  it("show data, all of them, and numbers", async () => {
    const empty: string[] = [];
    for (const each of asked) {
      for (const { expr } of each.panel.queries) {
        const result = await query(filled(expr));
        if (result.length === 0) empty.push(nameOf(each));
        const numbers = result.every(({ value: [, value] }) => Number.isFinite(Number(value)));
        assert.ok(numbers, `${nameOf(each)}: ${result.map(({ value }) => value[1]).join()}`);
      }
    }
    assert.deepEqual(empty, []);
  });

  it("name their series by labels that the answers have", async () => {
    const wrong: string[] = [];
    for (const each of asked) {
      for (const { expr, legend } of each.panel.queries) {
        const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
        for (const { metric } of await query(filled(expr))) {
          // What stands in for an empty answer has no labels.
          if (Object.keys(metric).length === 0) continue;
          wrong.push(...labels.filter(label => !(label in metric)).map(label => `${nameOf(each)}: ${label}`));
        }
      }
    }
    assert.deepEqual([...new Set(wrong)], []);
  });

  it("tell their series apart: no two have the same name", async () => {
    const same: string[] = [];
    for (const each of asked.filter(({ panel }) => panel.kind !== "table")) {
      const names = await Promise.all(
        each.panel.queries.map(async ({ expr, legend }) =>
          (await query(filled(expr))).map(({ metric }) =>
            legend.replace(/\{\{(\w+)\}\}/g, (_, l: string) => metric[l] ?? ""),
          ),
        ),
      );
      const all = names.flat();
      if (new Set(all).size < all.length) same.push(nameOf(each));
    }
    assert.deepEqual(same, []);
  });
});
