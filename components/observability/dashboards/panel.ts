import { sourceIds } from "../grafanaConfig";

/** A panel as dashboards write it; where it stands follows from the order. */
export interface Panel {
  title: string;
  /** What it shows, for whoever sees it for the first time. */
  description: string;
  kind: "timeseries" | "stat" | "logs" | "table";
  /** Grafana's unit, such as `percent`, `s`, `reqps`, `short`. */
  unit: string;
  /** PromQL (LogQL for logs), and the name of its series; `{{label}}` stands for a label. */
  queries: readonly { expr: string; legend: string }[];
  /** Value from which it is red; the alert's own. @default none */
  red?: { at: number; when: "above" | "below" };
  /** Columns of 24. @default 8 */
  width?: 6 | 8 | 12 | 24;
}

const height = 8;
const columns = 24;

function thresholds({ red }: Panel): object {
  if (red === undefined) return { mode: "absolute", steps: [{ color: "green", value: null }] };
  const [low, high] = red.when === "above" ? ["green", "red"] : ["red", "green"];
  return {
    mode: "absolute",
    steps: [
      { color: low, value: null },
      { color: high, value: red.at },
    ],
  };
}

function panelJson(panel: Panel, id: number, gridPos: object): object {
  const uid = panel.kind === "logs" ? sourceIds.loki : sourceIds.prometheus;
  const datasource = { type: panel.kind === "logs" ? "loki" : "prometheus", uid };
  return {
    id,
    title: panel.title,
    description: panel.description,
    type: panel.kind,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit: panel.unit, thresholds: thresholds(panel) }, overrides: [] },
    options: panel.kind === "logs" ? { showTime: true, wrapLogMessage: true, sortOrder: "Descending" } : {},
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(panel.kind === "table" ? { instant: true, format: "table" } : {}),
    })),
  };
}

/** A dashboard as Grafana reads it: panels from left to right, row by row. */
export function dashboard(uid: string, title: string, panels: readonly Panel[]): object {
  let x = 0;
  let y = 0;
  const placed = panels.map((panel, index) => {
    const { width: w = 8 } = panel;
    if (x + w > columns) {
      x = 0;
      y += height;
    }
    const position = { x, y, w, h: height };
    x += w;
    return panelJson(panel, index + 1, position);
  });
  return {
    uid,
    title,
    tags: ["bulkhead"],
    schemaVersion: 41,
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    timezone: "utc",
    panels: placed,
  };
}
