import { sourceIds } from "../grafanaConfig";
import { alertsOf, type Panel, type PanelContext, panelJson, sourceVariables } from "./panel";
import type { GrafanaAnnotation, GrafanaDashboard, GrafanaPanel, GrafanaRow, GrafanaVariable } from "./sdk";

/** Folders in Grafana, by what somebody looks after. */
export const folders = {
  platform: "Platform",
  data: "Data",
  application: "Application",
  security: "Security",
  fleet: "Fleet",
} as const;

/** A choice at the top of a dashboard: the values of a label, all of them unless somebody picks some. */
export interface Variable {
  name: string;
  label: string;
  /** Metric, with matchers where only some of its series count, and label whose values there are. */
  from: string;
  of: string;
  /** Values of a label of log streams in the place of a metric's. @default "metrics" */
  source?: "metrics" | "logs";
  /** Log streams without the label count as well while nobody picks a value; another matcher must then ask for something. @default false */
  optional?: boolean;
}

/** Panels about one thing, under a title. */
export interface Section {
  title: string;
  panels: readonly Panel[];
}

/** A dashboard as its file writes it. */
export interface Dashboard {
  /** Part of its address, `bulkhead-…`; does not change. */
  uid: string;
  title: string;
  description: string;
  folder: keyof typeof folders;
  /** @default none */
  variables?: readonly Variable[];
  sections: readonly Section[];
}

const columns = 24;
const rowHeight = 1;
/** Numbers need less room than curves. */
const heightOf = ({ kind }: Panel): number => (kind === "stat" || kind === "state" ? 4 : 8);

/** Panels from left to right, row by row; each section under its title. Ids are counted, and so are those of titles. */
export function placed(
  sections: readonly Section[],
  make: (panel: Panel, id: number, at: GrafanaPanel["gridPos"]) => GrafanaPanel,
): (GrafanaPanel | GrafanaRow)[] {
  let id = 0;
  let y = 0;
  return sections.flatMap(({ title, panels }) => {
    const head: GrafanaRow = {
      type: "row",
      id: ++id,
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: rowHeight },
      panels: [],
    };
    y += rowHeight;
    let x = 0;
    let tallest = 0;
    const body = panels.map(panel => {
      const { width: w = 8 } = panel;
      const h = heightOf(panel);
      if (x + w > columns) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      const at = { x, y, w, h };
      x += w;
      tallest = Math.max(tallest, h);
      return make(panel, ++id, at);
    });
    y += tallest;
    return [head, ...body];
  });
}

const source = (name: "metrics" | "logs", type: "prometheus" | "loki", uid: string): GrafanaVariable => ({
  type: "datasource",
  name,
  label: name === "metrics" ? "Metrics" : "Logs",
  query: type,
  current: { text: type === "loki" ? "Loki" : "Prometheus", value: uid },
  hide: 2,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: "",
});

function variable({ name, label, from, of, source: kind = "metrics", optional = false }: Variable): GrafanaVariable {
  const query = `label_values(${from}, ${of})`;
  return {
    type: "query",
    name,
    label,
    datasource: { type: kind === "logs" ? "loki" : "prometheus", uid: sourceVariables[kind] },
    query: kind === "logs" ? { label: of, stream: from, type: 1, refId: "values" } : { query, refId: "values" },
    definition: query,
    current: { text: "All", value: "$__all" },
    includeAll: true,
    // LogQL refuses streams by nothing but patterns that an empty label meets.
    allValue: kind === "logs" && !optional ? ".+" : ".*",
    multi: true,
    options: [],
    refresh: 2,
    regex: "",
    sort: 1,
  };
}

/** A rollout makes a ReplicaSet; when that was is its metric's value. */
export const deployments = "max by (namespace, replicaset) (kube_replicaset_created) * 1000";
/** What somebody was woken for. */
export const wakingAlerts =
  'max by (alertname, namespace, component) (ALERTS{alertstate="firing",severity="critical"})';

const annotation = (name: string, iconColor: string, query: Partial<GrafanaAnnotation>): GrafanaAnnotation => ({
  name,
  iconColor,
  enable: true,
  hide: false,
  datasource: { type: "prometheus", uid: sourceVariables.metrics },
  step: "60s",
  ...query,
});

/** Marks over the curves: what was deployed, and what somebody was woken for. */
function annotations(withDeployments: boolean): GrafanaAnnotation[] {
  const deployed = annotation("Deployments", "blue", {
    expr: deployments,
    useValueForTime: true,
    titleFormat: "Deployed",
    textFormat: "{{namespace}}/{{replicaset}}",
  });
  const alerts = annotation("Critical alerts", "red", {
    expr: wakingAlerts,
    titleFormat: "{{alertname}}",
    textFormat: "{{namespace}} {{component}}",
    tagKeys: "alertname",
  });
  return withDeployments ? [deployed, alerts] : [alerts];
}

/** The dashboard as Grafana reads it. */
export function dashboardJson(
  { uid, title, description, variables = [], sections }: Dashboard,
  context: PanelContext & { deployments: boolean },
): GrafanaDashboard {
  const panels = sections.flatMap(section => section.panels);
  const logs = panels.some(({ kind, source: from }) => kind === "logs" || from === "logs");
  return {
    uid,
    title,
    description,
    tags: ["bulkhead"],
    schemaVersion: 42,
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    timezone: "utc",
    panels: placed(sections, (panel, id, at) => panelJson(panel, id, at, context)),
    templating: {
      list: [
        // Annotations ask it too.
        source("metrics", "prometheus", sourceIds.prometheus),
        ...(logs ? [source("logs", "loki", sourceIds.loki)] : []),
        ...variables.map(variable),
      ],
    },
    annotations: { list: annotations(context.deployments) },
    links: [
      {
        type: "dashboards",
        title: "Other dashboards",
        tooltip: "",
        icon: "external link",
        tags: ["bulkhead"],
        asDropdown: true,
        targetBlank: false,
        includeVars: false,
        keepTime: true,
      },
    ],
  };
}

/** Address of the panel, below Grafana's own, that an alert leads to; nothing where no panel shows it. */
export function panelPath({ uid, sections }: Dashboard, alert: string): string | undefined {
  let id = 0;
  for (const { panels } of sections) {
    id++;
    for (const panel of panels) {
      id++;
      if (alertsOf(panel).includes(alert)) return `d/${uid}?viewPanel=panel-${id}`;
    }
  }
  return undefined;
}
