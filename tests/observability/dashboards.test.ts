import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dashboardFiles, dashboards, dashboardsFor } from "../../components/observability/dashboards/index";
import { sourceIds } from "../../components/observability/grafanaConfig";
import { emitters, metrics } from "../../components/observability/metrics";
import { files, twice } from "./support/panels";

const text = (value: unknown) => JSON.stringify(value);

describe("every dashboard", () => {
  it("is a file of the folder, and in the list", () => {
    const folder = join(__dirname, "../../components/observability/dashboards");
    const others = ["dashboard", "index", "panel", "sdk"];
    const names = readdirSync(folder).map(file => file.replace(/\.ts$/, ""));
    assert.deepEqual(names.filter(name => !others.includes(name)).length, dashboards.length);
  });

  it("has an address, a title and a description of its own", () => {
    for (const { uid, title, description } of dashboards) {
      assert.match(uid, /^bulkhead-[a-z]{1,31}$/);
      assert.match(description, /^[A-Z].{20,}\.$/, title);
    }
    assert.deepEqual(twice(dashboards.map(({ uid }) => uid)), []);
    assert.deepEqual(twice(dashboards.map(({ title }) => title)), []);
  });

  it("is read-only, in UTC, refreshed, with one crosshair, and found from all others", () => {
    for (const { content } of files) {
      const { editable, timezone, refresh, graphTooltip, tags, links } = content;
      assert.deepEqual(
        { editable, timezone, refresh, graphTooltip, tags },
        {
          editable: false,
          timezone: "utc",
          refresh: "30s",
          graphTooltip: 1,
          tags: ["bulkhead"],
        },
      );
      assert.deepEqual(
        links.map(link => [link.type, link.tags]),
        [["dashboards", ["bulkhead"]]],
      );
    }
  });

  it("counts its panels and titles, each number once", () => {
    for (const { content } of files) {
      assert.deepEqual(
        content.panels.map(({ id }) => id),
        content.panels.map((_, index) => index + 1),
      );
    }
  });

  it("puts no panel over another, none beyond the edge, and no more than three beside each other", () => {
    for (const { content, name } of files) {
      for (const { id, gridPos: a } of content.panels) {
        assert.ok(a !== undefined && a.w >= 8 && a.x + a.w <= 24, `${name}: panel ${id}`);
        for (const { id: other, gridPos: b } of content.panels) {
          if (id === other || b === undefined) continue;
          const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
          assert.ok(apart, `${name}: panels ${id} and ${other}`);
        }
      }
    }
  });

  it("asks data sources by variables, which are those that are provisioned", () => {
    for (const { content, name } of files) {
      const known = new Map(
        content.templating.list.filter(v => v.type === "datasource").map(v => [`\${${v.name}}`, v]),
      );
      const asked = new Set(
        [...text(content).matchAll(/"datasource":\{"type":"(\w+)","uid":"([^"]*)"\}/g)].map(m => `${m[1]} ${m[2]}`),
      );
      for (const each of asked) {
        const [type = "", uid = ""] = each.split(" ");
        assert.equal(known.get(uid)?.query, type, `${name}: ${each}`);
        assert.ok(Object.values<unknown>(sourceIds).includes(known.get(uid)?.current?.value), `${name}: ${each}`);
      }
      assert.deepEqual(asked.size, known.size, `${name} has a data source that nothing asks`);
    }
  });

  it("uses every variable that it has, and has every variable that it uses", () => {
    for (const { uid, variables = [], sections } of dashboards) {
      const asked = [
        ...sections.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
        ...variables.map(({ from }) => from),
      ].join("\n");
      const used = new Set([...asked.matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name ?? ""));
      assert.deepEqual([...used].sort(), variables.map(({ name }) => name).sort(), uid);
    }
  });

  it("takes the values of its variables from labels that the metric has", () => {
    const ofTarget = ["job", "instance", "namespace", "component"];
    for (const { title, variables = [] } of dashboards) {
      for (const { from, of, source = "metrics" } of variables) {
        if (source === "logs") continue;
        assert.ok([...ofTarget, ...(metrics[from]?.labels ?? [])].includes(of), `${title}: ${from} has no ${of}`);
      }
    }
  });

  it("is in a ConfigMap with all the others, with room to spare", () => {
    const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(text(content)), 0);
    // A ConfigMap holds 1 MiB.
    assert.ok(bytes < 2 ** 19, `${bytes} bytes`);
  });
});

describe("what is not deployed", () => {
  const all = new Set(Object.values(emitters).flatMap(emitter => ("app" in emitter ? [emitter.app as string] : [])));
  const without = (...apps: string[]) => {
    const left = new Set(all);
    for (const app of apps) left.delete(app);
    return dashboardsFor(left).map(({ uid }) => uid);
  };

  it("has no dashboard", () => {
    assert.ok(without().includes("bulkhead-mariadb"));
    assert.ok(!without("mariadb").includes("bulkhead-mariadb"));
    assert.ok(!without("backup").includes("bulkhead-backup"));
    assert.ok(!without("kube-state-metrics", "container-metrics").includes("bulkhead-kubernetes"));
  });

  it("has no panel on the dashboards of others", () => {
    const left = new Set(all);
    left.delete("mariadb");
    const overview = dashboardsFor(left).find(({ uid }) => uid === "bulkhead-overview");
    const titles = overview?.sections.flatMap(({ panels }) => panels.map(({ title }) => title)) ?? [];
    assert.ok(titles.includes("PostgreSQL sessions"));
    assert.ok(!titles.includes("MariaDB sessions"));
  });

  it("leaves what is always there", () => {
    assert.deepEqual(without(...all), [
      "bulkhead-overview",
      "bulkhead-logs",
      "bulkhead-monitoring",
      "bulkhead-security",
    ]);
  });

  it("marks no deployments where nobody knows of them", () => {
    const marks = (deployments: boolean) =>
      dashboardFiles(dashboards, { deployments, runbookUrl: "docs/" })[0]?.content.annotations.list.map(
        ({ name }) => name,
      );
    assert.deepEqual(marks(true), ["Deployments", "Critical alerts"]);
    assert.deepEqual(marks(false), ["Critical alerts"]);
  });
});
