import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../components/images/catalogue";
import type { Alert, AlertGroup } from "../../components/observability/alerts/alert";
import { ruleFile } from "../../components/observability/alerts/rules";
import { ObservabilityStack } from "../../components/observability/observabilityStack";
import { TelemetryCollector } from "../../components/observability/telemetryCollector";
import { at, deploy, placement, refusal } from "../support/deploy";

const nodes = { ...placement, namespaceName: "flowmarine-node" };

/** What plain JavaScript, or a settings file, may hold. */
type Given = Record<string, unknown>;

function stack(args: Given, logs: Given, opts: pulumi.ComponentResourceOptions): ObservabilityStack {
  const collector = new TelemetryCollector("telemetry", { namespace: placement, images: images(), logs }, opts);
  const nodeAccess = { owner: "platform", expires: "2027-11-30" };
  const own = { namespace: placement, nodeNamespace: nodes, images: images(), collector, targets: [], nodeAccess };
  return new ObservabilityStack("observability", { ...own, ...args }, opts);
}

const ofMemory = (override: unknown): Given => ({ alerts: { MemoryLow: override } });
const ofErrors = (override: unknown): Given => ({
  alerts: { stack: "observability", overrides: { NewError: override } },
});
const slack = {
  kind: "slack",
  name: "team",
  channel: "#alerts",
  webhookUrl: "https://hooks.slack.com/services/planted",
};
const told = (change: Given): Given => ({ receivers: [{ ...slack, ...change }] });
const muted = (change: Given): Given => ({ muteTimes: [{ name: "night", days: ["monday"], ...change }] });
const alert: Alert = {
  ...{ name: "BunkersLow", severity: "warning", owner: "fleet", forMinutes: 5, thresholds: {} },
  ...{ expr: () => "up == 0", summary: "-", description: "-" },
  runbook: { meaning: "-", impact: "-", checks: ["-"], fix: ["-"] },
};
const brings = (change: Given, group: Given = {}): Given => ({
  alertGroups: [{ name: "bunkers", alerts: [{ ...alert, ...change }], ...group }],
});

const prefix = { stack: 'ObservabilityStack "observability"', loki: 'Loki "telemetry-loki"' };
const metrics = 'Prometheus "observability-metrics"';
const alertmanager = 'Alertmanager "observability-alerts"';
const freePercent = "alerts.MemoryLow.thresholds.freePercent must be above 0 and at most 100 (percent)";

/** What is given, to the stack and to the log store; and the whole message. */
const refused: [what: string, args: Given, logs: Given, message: string][] = [
  [
    "a threshold that is no number",
    ofMemory({ thresholds: { freePercent: Number.NaN } }),
    {},
    `${prefix.stack}: ${freePercent}, got NaN`,
  ],
  ["a threshold below 0", ofMemory({ thresholds: { freePercent: -5 } }), {}, `${prefix.stack}: ${freePercent}, got -5`],
  [
    "a threshold with its unit in a text",
    ofMemory({ thresholds: { freePercent: "10%" } }),
    {},
    `${prefix.stack}: ${freePercent}, got "10%"`,
  ],
  [
    "a threshold that every object has",
    ofMemory({ thresholds: { constructor: 3 } }),
    {},
    `${prefix.stack}: alerts.MemoryLow.thresholds.constructor is not known; the alert has freePercent`,
  ],
  [
    "minutes in a text",
    ofMemory({ forMinutes: "5m" }),
    {},
    `${prefix.stack}: alerts.MemoryLow.forMinutes must be in 0 to 1440, got "5m"`,
  ],
  [
    "a misspelt member of an alert",
    ofMemory({ treshold: {} }),
    {},
    `${prefix.stack}: a member of alerts.MemoryLow must be one of enabled, severity, forMinutes, thresholds, got "treshold"`,
  ],
  [
    "nothing in the place of an alert",
    ofMemory(null),
    {},
    `${prefix.stack}: alerts.MemoryLow must be an object, got null`,
  ],
  [
    "a severity of an alert on logs",
    {},
    ofErrors({ severity: "high" }),
    `${prefix.loki}: alerts.NewError.severity must be one of critical, warning, info, got "high"`,
  ],
  [
    "nothing in the place of an alert on logs",
    {},
    ofErrors(null),
    `${prefix.loki}: alerts.NewError must be an object, got null`,
  ],
  [
    "a threshold of an alert on logs that is no number",
    {},
    ofErrors({ thresholds: { times: Number.NaN } }),
    `${prefix.loki}: alerts.NewError.thresholds.times must be above 0 and at most 1000000000 (count), got NaN`,
  ],
  [
    "runbooks of alerts on logs at no folder",
    {},
    { alerts: { stack: "observability", runbookUrl: "https://wiki.example" } },
    `${prefix.loki}: alerts.runbookUrl must be an address or path that ends in /, without spaces, got "https://wiki.example"`,
  ],
  [
    "alerts on logs that are told to a stack of another name",
    {},
    { alerts: { stack: "observabilty" } },
    `${prefix.stack}: the collector's logs.alerts.stack must be this stack's name, or nobody hears of its alerts, got "observabilty"`,
  ],
  [
    "a retention with its unit",
    { metrics: { retentionDays: "15d" } },
    {},
    `${metrics}: retentionDays must be a whole number in 1 to 3650, got "15d"`,
  ],
  [
    "a retention of metrics that the volume has no room for",
    { metrics: { retentionDays: 3650 } },
    {},
    `${metrics}: volumeGiB must be at least 980 to keep 20000 series for 3650 days, got 20`,
  ],
  [
    "a retention of one program's logs that the volume has no room for",
    {},
    { services: { api: { retentionDays: 3650, rawMiBPerDay: 500 } } },
    `${prefix.loki}: volumeGiB must be at least 783 to keep 1024 MiB a day for 14 days, api for 3650, got 20`,
  ],
  [
    "a receiver's blank secret",
    told({ webhookUrl: "  " }),
    {},
    `${alertmanager}: receivers[0].webhookUrl must start with https://`,
  ],
  [
    "a receiver's secret that would travel in the clear, without showing it",
    { receivers: [{ kind: "webhook", name: "pager", url: "http://pager.example/planted" }] },
    {},
    `${alertmanager}: receivers[0].url must start with https://`,
  ],
  [
    "a dead man's switch in the clear",
    { watchdog: { url: "http://x.example" } },
    {},
    `${alertmanager}: watchdog.url must start with https://`,
  ],
  [
    "hours that a day does not have",
    muted({ from: "22:00", to: "25:00" }),
    {},
    `${alertmanager}: muteTimes[0] must be from HH:MM to a later HH:MM, at most 24:00, got "22:00 to 25:00"`,
  ],
  [
    "hours over midnight",
    muted({ from: "22:00", to: "06:00" }),
    {},
    `${alertmanager}: muteTimes[0] must be from HH:MM to a later HH:MM, at most 24:00, got "22:00 to 06:00"`,
  ],
  [
    "a receiver that names no hours of rest that there are",
    { ...muted({}), ...told({ muted: ["nights"] }) },
    {},
    `${alertmanager}: receivers[0].muted must be of night, got "nights"`,
  ],
  [
    "a unit that there is not",
    brings({ thresholds: { left: { value: 3, unit: "furlongs" } } }),
    {},
    `${prefix.stack}: alerts.BunkersLow.thresholds.left.unit must be one of percent, seconds, minutes, hours, days, count, perMinute, burnRate, got "furlongs"`,
  ],
  [
    "an expression whose parenthesis is not closed",
    brings({ expr: () => "sum by (job (up)" }),
    {},
    `${prefix.stack}: alerts.BunkersLow.expr must be PromQL, got sum by (job (up): wrong at (up)`,
  ],
  [
    "a recording of a function that there is not",
    brings({}, { recordings: [{ record: "job:up:max", expr: "maximum(up) > 1" }] }),
    {},
    `${prefix.stack}: recordings.job:up:max.expr must be PromQL, got maximum(up) > 1: wrong at (up) > 1`,
  ],
  [
    "the name of an alert on logs",
    brings({ name: "NewError" }),
    {},
    `${prefix.stack}: alerts must have names of their own, got NewError twice`,
  ],
  [
    "the name of a group on logs",
    brings({}, { name: "edge-logs" }),
    {},
    `${prefix.stack}: alert groups must have names of their own, got edge-logs twice`,
  ],
  [
    "LogQL for Prometheus",
    brings({}, { language: "logql" }),
    {},
    `${prefix.stack}: alertGroups[0].language must be promql: alerts on logs are the log store's, got "logql"`,
  ],
];

describe("observability refuses", () => {
  for (const [what, args, logs, message] of refused) {
    it(what, async () => assert.equal(await refusal(opts => stack(args, logs, opts)), message));
  }
});

describe("observability takes", () => {
  it("one list of what is wanted otherwise, for alerts on metrics and on logs", async () => {
    const alerts = {
      MemoryLow: { enabled: false },
      TargetAbsent: { forMinutes: 9 },
      ErrorsRepeat: { thresholds: { times: 7 } },
    };
    const deployed = await deploy(opts =>
      stack({ alerts }, { alerts: { stack: "observability", overrides: alerts } }, opts),
    );
    const files = (name: string) => at(deployed.get("ConfigMap", name).inputs, "data") as Record<string, string>;
    assert.ok(!(files("observability-metrics-config")["rules-system.yml"] ?? "").includes("MemoryLow"));
    assert.match(files("telemetry-loki-config")["error-logs.yaml"] ?? "", />= 7"/);
  });

  it("a receiver of what logs tell", async () => {
    const deployed = await deploy(opts => stack(told({ domains: ["store-logs", "audit-logs"] }), {}, opts));
    assert.ok(deployed.urns().some(urn => urn.endsWith("::observability-alerts")));
  });

  it("any part of a minute, which Prometheus is told in whole seconds", () => {
    const group: AlertGroup = { name: "bunkers", alerts: [{ ...alert, forMinutes: 1 / 7 }] };
    assert.equal(ruleFile(group).groups[0]?.rules[0]?.for, "9s");
  });
});
