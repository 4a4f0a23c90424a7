import { type AlertOverride, overridden } from "../alerts/alert";
import { alertGroups } from "../alerts/index";
import { logAlertGroups } from "../logAlerts/index";
import { type Emitter, emitters, metrics } from "../metrics";
import { metricsOf } from "../promql";
import { application } from "./application";
import { backup } from "./backup";
import { type Dashboard, dashboardJson, type folders, panelPath } from "./dashboard";
import { edge } from "./edge";
import { fleet } from "./fleet";
import { kubernetes } from "./kubernetes";
import { logs } from "./logs";
import { mariadb } from "./mariadb";
import { monitoring } from "./monitoring";
import { nodes } from "./nodes";
import { overview } from "./overview";
import { type Limit, type Panel, sourceOf } from "./panel";
import { postgres } from "./postgres";
import { redis } from "./redis";
import type { GrafanaDashboard } from "./sdk";
import { security } from "./security";

/** Every dashboard. tests/observability/dashboards.test.ts compares it with the folder. */
export const dashboards: readonly Dashboard[] = [
  overview,
  nodes,
  kubernetes,
  edge,
  logs,
  monitoring,
  application,
  postgres,
  mariadb,
  redis,
  backup,
  security,
  fleet,
];

/** Of metrics and of logs. */
const everyAlert = [...alertGroups, ...logAlertGroups([])].flatMap(({ alerts }) => alerts);

const recordings = new Map(alertGroups.flatMap(group => (group.recordings ?? []).map(r => [r.record, r.expr])));

/** Programs (`app` labels) that an expression needs; a recorded value needs what it is made of. Nothing means that one is not there yet. */
export function appsNeeded(expr: string): (string | undefined)[] {
  return metricsOf(expr).flatMap(name => {
    const recorded = recordings.get(name);
    if (recorded !== undefined) return appsNeeded(recorded);
    const metric = metrics[name];
    if (metric === undefined) throw new RangeError(`no metric ${name} in the catalogue`);
    return [(emitters[metric.emitter] as Emitter).app];
  });
}

/** The panel with what is deployed; nothing where none of its queries could have an answer. */
function deployedPanel(panel: Panel, apps: ReadonlySet<string>): Panel[] {
  if (sourceOf(panel) === "logs") return [panel];
  const queries = panel.queries.filter(({ expr }) => appsNeeded(expr).every(app => app !== undefined && apps.has(app)));
  return queries.length === 0 ? [] : [{ ...panel, queries }];
}

/** The dashboards of what is deployed: a panel that nothing could fill is left out, and so is a dashboard without panels. */
export function dashboardsFor(apps: ReadonlySet<string>): Dashboard[] {
  // Prometheus is there whatever else is, and does not read itself as a target.
  const all = new Set([...apps, "prometheus"]);
  return dashboards
    .map(dashboard => ({
      ...dashboard,
      sections: dashboard.sections
        .map(section => ({ ...section, panels: section.panels.flatMap(panel => deployedPanel(panel, all)) }))
        .filter(({ panels }) => panels.length > 0),
    }))
    .filter(({ sections }) => sections.length > 0);
}

export interface DashboardOptions {
  /** Mark when something was deployed, which kube-state-metrics tells. */
  deployments: boolean;
  /** By alert: a panel turns red where this stack's alert fires. @default none */
  overrides?: Readonly<Record<string, AlertOverride>>;
  /** Where the runbook pages are, ending in `/`. Linked when it is a URL. */
  runbookUrl: string;
}

/** A dashboard's file. */
export interface DashboardFile {
  folder: keyof typeof folders;
  /** Without its ending. */
  name: string;
  content: GrafanaDashboard;
}

/** @throws RangeError for a limit of an alert or a threshold that does not exist */
export function limitOf(
  { alert, threshold }: Pick<Limit, "alert" | "threshold">,
  overrides: Readonly<Record<string, AlertOverride>> = {},
): number | undefined {
  const found = everyAlert.find(({ name }) => name === alert);
  const override = overrides[alert];
  const value = found && overridden(found, override).thresholds[threshold]?.value;
  if (value === undefined) throw new RangeError(`no threshold ${threshold} of alert ${alert}`);
  return override?.enabled === false ? undefined : value;
}

/** Dashboards as files for Grafana. */
export function dashboardFiles(boards: readonly Dashboard[], options: DashboardOptions): DashboardFile[] {
  const { deployments, overrides = {}, runbookUrl } = options;
  const linked = URL.canParse(runbookUrl);
  const context = {
    deployments,
    limit: (limit: Limit) => limitOf(limit, overrides),
    runbook: (alert: string) => (linked ? `${runbookUrl}${alert}.md` : undefined),
  };
  return boards.map(board => ({
    folder: board.folder,
    name: board.uid.replace(/^bulkhead-/, ""),
    content: dashboardJson(board, context),
  }));
}

/** Address, below Grafana's own, of the panel that an alert leads to; nothing where no panel shows it. */
export function panelOf(alert: string, boards: readonly Dashboard[]): string | undefined {
  return boards.map(board => panelPath(board, alert)).find(path => path !== undefined);
}
