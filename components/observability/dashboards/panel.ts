import type { GrafanaLink, GrafanaPanel, Query, Visualization } from "./sdk";

/** How a panel shows its data. `state` is a number that is 1 when all is well and 0 when not. */
export type Kind = "timeseries" | "stat" | "state" | "table" | "logs";

/** Grafana's units, as far as panels use them: `m`, `h` and `d` are durations, `ops` and `reqps` a second, `opm` and `reqpm` a minute. */
export type GrafanaUnit =
  | "short"
  | "percent"
  | "s"
  | "m"
  | "h"
  | "d"
  | "bytes"
  | "Bps"
  | "ops"
  | "opm"
  | "reqps"
  | "reqpm";

/** From where on it is red: an alert's threshold, so that a panel turns red where the alert fires. */
export interface Limit {
  alert: string;
  threshold: string;
  when: "above" | "below";
}

/** A panel as dashboards write it; where it stands follows from the order. */
export interface Panel {
  title: string;
  /** What it shows, for whoever sees it for the first time. */
  description: string;
  kind: Kind;
  unit: GrafanaUnit;
  /** PromQL (LogQL for logs, and for what `source` says), and the name of its series; `{{label}}` stands for a label. */
  queries: readonly { expr: string; legend: string }[];
  /** @default "logs" for the kind logs, else "metrics" */
  source?: "metrics" | "logs";
  /** @default none */
  limit?: Limit;
  /** Alerts that watch what it shows: each leads here, and from here to its runbook. The limit's own need not be named. @default none */
  alerts?: readonly string[];
  /** Columns of 24. @default 8 */
  width?: 8 | 12 | 24;
}

/** What a stack says about a panel. */
export interface PanelContext {
  /** A threshold as this stack has it; nothing where the alert is switched off. */
  limit: (limit: Limit) => number | undefined;
  /** Page of an alert's runbook; nothing where nobody could open it. */
  runbook: (alert: string) => string | undefined;
}

/** Data sources are variables: their ids are those of the stack that the dashboard is in. */
export const sourceVariables = { metrics: "${metrics}", logs: "${logs}" } as const;

export const sourceOf = ({ source, kind }: Panel): "metrics" | "logs" =>
  source ?? (kind === "logs" ? "logs" : "metrics");

/** Every alert that leads to the panel. */
export const alertsOf = ({ limit, alerts = [] }: Panel): string[] => [
  ...new Set([...(limit === undefined ? [] : [limit.alert]), ...alerts]),
];

type Steps = { color: string; value: number | null }[];

const belowIsRed = (value: number): Steps => [
  { color: "red", value: null },
  { color: "green", value },
];

/** Colours: green up to the limit and red from there, or the other way round. */
function steps({ kind, limit }: Panel, value: number | undefined): Steps {
  if (kind === "state") return belowIsRed(1);
  if (limit === undefined || value === undefined) return [{ color: kind === "stat" ? "blue" : "green", value: null }];
  const red = { color: "red", value };
  return limit.when === "above" ? [{ color: "green", value: null }, red] : belowIsRed(value);
}

function visualization(panel: Panel, limit: number | undefined): Visualization {
  const defaults = { unit: panel.unit, thresholds: { mode: "absolute" as const, steps: steps(panel, limit) } };
  const reduceOptions = { calcs: ["lastNotNull"], fields: "", values: false };
  switch (panel.kind) {
    case "timeseries":
      return {
        type: "timeseries",
        options: {
          legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
          tooltip: { mode: "multi", sort: "desc" },
        },
        fieldConfig: {
          defaults: {
            ...defaults,
            color: { mode: "palette-classic" },
            ...(panel.unit === "percent" ? { min: 0 } : {}),
            custom: {
              lineWidth: 1,
              fillOpacity: 10,
              showPoints: "never",
              thresholdsStyle: { mode: limit === undefined ? "off" : "line" },
            },
          },
          overrides: [],
        },
      };
    case "stat":
    case "state":
      return {
        type: "stat",
        options: {
          graphMode: panel.kind === "state" ? "none" : "area",
          colorMode: panel.kind === "state" ? "background" : "value",
          justifyMode: "auto",
          textMode: "auto",
          wideLayout: true,
          showPercentChange: false,
          percentChangeColorMode: "standard",
          orientation: "auto",
          reduceOptions,
        },
        fieldConfig: {
          defaults: {
            ...defaults,
            color: { mode: "thresholds" },
            noValue: "none",
            ...(panel.kind === "state"
              ? { mappings: [{ type: "value", options: { "0": { text: "down" }, "1": { text: "up" } } }] }
              : {}),
          },
          overrides: [],
        },
      };
    case "table":
      return {
        type: "table",
        options: { frameIndex: 0, showHeader: true, cellHeight: "sm" },
        fieldConfig: { defaults: { ...defaults, custom: { filterable: true } }, overrides: [] },
      };
    case "logs":
      return {
        type: "logs",
        options: {
          showLabels: false,
          showCommonLabels: false,
          showTime: true,
          showLogContextToggle: true,
          wrapLogMessage: true,
          prettifyLogMessage: false,
          enableLogDetails: true,
          sortOrder: "Descending",
          dedupStrategy: "none",
        },
        fieldConfig: { defaults, overrides: [] },
      };
  }
}

function queryOf(panel: Panel, { expr, legend }: Panel["queries"][number], index: number): Query {
  const source = sourceOf(panel);
  const base = {
    refId: String.fromCharCode(65 + index),
    datasource: { type: source === "logs" ? "loki" : "prometheus", uid: sourceVariables[source] },
    expr,
    legendFormat: legend,
  };
  if (panel.kind === "logs") return { ...base, queryType: "range", maxLines: 500 };
  const instant = panel.kind === "table";
  if (source === "logs") return { ...base, queryType: instant ? "instant" : "range" };
  return { ...base, editorMode: "code", instant, range: !instant, ...(instant ? { format: "table" } : {}) };
}

const link = (title: string, url: string): GrafanaLink => ({
  title,
  url,
  type: "link",
  icon: "external link",
  tooltip: title,
  tags: [],
  asDropdown: false,
  targetBlank: true,
  includeVars: false,
  keepTime: false,
});

/** The panel as Grafana reads it. */
export function panelJson(
  panel: Panel,
  id: number,
  gridPos: GrafanaPanel["gridPos"],
  context: PanelContext,
): GrafanaPanel {
  const source = sourceOf(panel);
  const links = alertsOf(panel).flatMap(alert => {
    const url = context.runbook(alert);
    return url === undefined ? [] : [link(`Runbook: ${alert}`, url)];
  });
  return {
    id,
    title: panel.title,
    description: panel.description,
    datasource: { type: source === "logs" ? "loki" : "prometheus", uid: sourceVariables[source] },
    gridPos,
    ...(links.length === 0 ? {} : { links }),
    targets: panel.queries.map((query, index) => queryOf(panel, query, index)),
    ...(panel.kind === "table"
      ? { transformations: [{ id: "organize" as const, options: { excludeByName: { Time: true } } }] }
      : {}),
    ...visualization(panel, panel.limit && context.limit(panel.limit)),
  };
}
