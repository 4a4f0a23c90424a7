import assert from "node:assert/strict";
import type { Alert } from "../../../components/observability/alerts/alert";
import { alertGroups } from "../../../components/observability/alerts/index";
import { type Dashboard, deployments, wakingAlerts } from "../../../components/observability/dashboards/dashboard";
import { type DashboardFile, dashboardFiles, dashboards } from "../../../components/observability/dashboards/index";
import { type Panel, sourceOf } from "../../../components/observability/dashboards/panel";
import type { GrafanaDashboard, GrafanaPanel } from "../../../components/observability/dashboards/sdk";
import { logAlertGroups } from "../../../components/observability/logAlerts/index";

/** Every panel of every dashboard, whatever is deployed. */
export const everyPanel: readonly { dashboard: Dashboard; panel: Panel }[] = dashboards.flatMap(dashboard =>
  dashboard.sections.flatMap(({ panels }) => panels.map(panel => ({ dashboard, panel }))),
);

export const nameOf = ({ dashboard, panel }: (typeof everyPanel)[number]): string =>
  `${dashboard.title}: ${panel.title}`;

/** Every expression in PromQL that a dashboard asks: of panels, marks and variables. */
export const promql: readonly string[] = [
  deployments,
  wakingAlerts,
  ...everyPanel
    .filter(({ panel }) => sourceOf(panel) === "metrics")
    .flatMap(({ panel }) => panel.queries.map(q => q.expr)),
  ...dashboards.flatMap(({ variables = [] }) => variables.filter(v => v.source !== "logs").map(v => v.from)),
];

/** Every expression in LogQL. */
export const logql: readonly string[] = everyPanel
  .filter(({ panel }) => sourceOf(panel) === "logs")
  .flatMap(({ panel }) => panel.queries.map(({ expr }) => expr));

/** The dashboards as Grafana gets them where everything is deployed. */
export const files: readonly DashboardFile[] = dashboardFiles(dashboards, {
  deployments: true,
  runbookUrl: "https://runbooks.example/",
});

export const panelsOf = ({ panels }: GrafanaDashboard): GrafanaPanel[] =>
  panels.filter((panel): panel is GrafanaPanel => panel.type !== "row");

/** What each variable stands for at "All". */
const allValues = new Map(
  files.flatMap(({ content }) => content.templating.list.map(({ name, allValue }) => [name, allValue] as const)),
);

/** The expression as Grafana sends it with every variable at "All" and a minute's resolution. */
export function filled(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", "4m")
    .replaceAll("$__auto", "1m")
    .replace(/\$(\w+)/g, (_, name: string) => allValues.get(name) ?? assert.fail(`no variable ${name}`));
}

export const alerts: ReadonlyMap<string, Alert> = new Map(
  [...alertGroups, ...logAlertGroups(["api"])].flatMap(group => group.alerts.map(alert => [alert.name, alert])),
);

export function alertOf(name: string): Alert {
  const alert = alerts.get(name);
  assert.ok(alert, `no alert ${name}`);
  return alert;
}

/** Names that are there more than once. */
export const twice = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);
