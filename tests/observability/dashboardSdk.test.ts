import assert from "node:assert/strict";
import * as sdk from "@grafana/grafana-foundation-sdk/dashboard";
import * as logs from "@grafana/grafana-foundation-sdk/logs";
import * as loki from "@grafana/grafana-foundation-sdk/loki";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { GrafanaPanel } from "../../components/observability/dashboards/sdk";
import { files, panelsOf } from "./support/panels";

/** A value that the SDK's builders take both as it is and as something to be built. */
function buildable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy = (Array.isArray(value) ? value.map(buildable) : { ...value }) as object;
  Object.defineProperty(copy, "build", { value: () => value, enumerable: false });
  return copy;
}

/** Sets each field by the builder's method of its name, and builds; a field that Grafana does not have has no method. */
function rebuilt(builder: object, fields: object): object {
  for (const [field, value] of Object.entries(fields)) {
    const method = (builder as Record<string, unknown>)[field];
    assert.equal(typeof method, "function", `the SDK knows no ${field}`);
    (method as (given: unknown) => unknown).call(builder, buildable(value));
  }
  return (builder as { build: () => object }).build();
}

describe("Grafana's Foundation SDK", () => {
  const builders: Record<GrafanaPanel["type"], () => object> = {
    timeseries: () => new timeseries.PanelBuilder(),
    stat: () => new stat.PanelBuilder(),
    table: () => new table.PanelBuilder(),
    logs: () => new logs.PanelBuilder(),
  };

  it("makes the same panel of every field that we set, and knows each of them", () => {
    for (const panel of files.flatMap(({ content }) => panelsOf(content))) {
      const { type, options, fieldConfig, targets, ...rest } = panel;
      const { custom, thresholds, color, ...defaults } = fieldConfig.defaults;
      const { ...plain } = { ...rest, ...options, ...defaults, ...custom, thresholds };
      // The builder calls it so.
      const made = rebuilt(builders[type](), {
        ...plain,
        ...(color === undefined ? {} : { colorScheme: color }),
      }) as GrafanaPanel;
      assert.equal(made.type, type);
      assertWithin({ ...rest, options, fieldConfig }, made, panel.title ?? "");
      assert.ok(targets.length > 0);
    }
  });

  it("makes the same query of every field that we set, and knows each of them", () => {
    for (const { targets } of files.flatMap(({ content }) => panelsOf(content))) {
      for (const target of targets) {
        // Two methods that take nothing.
        const fields = Object.fromEntries(
          Object.entries(target).filter(([field]) => field !== "instant" && field !== "range"),
        );
        const ofLogs = target.datasource?.type === "loki";
        const made = rebuilt(ofLogs ? new loki.DataqueryBuilder() : new prometheus.DataqueryBuilder(), fields);
        assertWithin(fields, made, target.expr);
      }
    }
  });

  it("knows every field of variables, marks and links", () => {
    const known = (made: object, ...more: string[]) => new Set([...methodsOf(made), ...more]);
    const query = known(new sdk.QueryVariableBuilder("x"), "type", "name");
    const source = known(new sdk.DatasourceVariableBuilder("x"), "type", "name", "query", "refresh", "options");
    const mark = known(new sdk.AnnotationQueryBuilder());
    const link = known(new sdk.DashboardLinkBuilder("x"));
    for (const { content, name } of files) {
      for (const variable of content.templating.list) {
        const fields = variable.type === "query" ? query : source;
        assert.deepEqual(
          Object.keys(variable).filter(field => !fields.has(field)),
          [],
          `${name}: ${variable.name}`,
        );
      }
      for (const each of content.annotations.list)
        assert.deepEqual(
          Object.keys(each).filter(f => !mark.has(f)),
          [],
        );
      for (const each of content.links)
        assert.deepEqual(
          Object.keys(each).filter(f => !link.has(f)),
          [],
        );
    }
  });
});

const methodsOf = (builder: object): string[] => Object.getOwnPropertyNames(Object.getPrototypeOf(builder));

/** That every value of one is in the other, where it may have more. */
function assertWithin(expected: unknown, actual: unknown, where: string): void {
  if (typeof expected !== "object" || expected === null || Array.isArray(expected)) {
    assert.deepEqual(actual === undefined ? undefined : JSON.parse(JSON.stringify(actual)), expected, where);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    assertWithin(value, (actual as Record<string, unknown> | undefined)?.[key], `${where}.${key}`);
  }
}
