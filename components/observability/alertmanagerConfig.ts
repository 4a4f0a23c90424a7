/** How bad an alert is: `critical` wakes somebody, `warning` is for working hours, `info` is for a dashboard. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
type Day = (typeof weekdays)[number];

/** Hours of the week, by a clock of the place. */
export interface MuteTime {
  name: string;
  days: readonly Day[];
  /** `HH:MM`; `24:00` is the day's end. @default the whole day */
  from?: string;
  to?: string;
  /** Such as `Europe/Oslo`. @default UTC */
  timeZone?: string;
}

interface Told {
  name: string;
  /** File that holds its secret. */
  secretFile: string;
  severities: readonly Severity[];
  /** By label `owner`; none is everybody's. */
  owners: readonly string[];
  /** By label `domain`; none is all. */
  domains: readonly string[];
  /** Names of times in which it is told what is critical only. */
  muted: readonly string[];
}

/** A receiver as the configuration sees it. */
export type ReceiverConfig = Told &
  (
    | { kind: "slack"; channel: string }
    | { kind: "webhook" | "pagerduty" }
    | { kind: "email"; recipients: readonly string[]; sender: string; username: string; mailServer: string }
  );

export interface AlertmanagerConfigArgs {
  receivers: readonly ReceiverConfig[];
  /** @default none */
  muteTimes?: readonly MuteTime[];
  /** Where the always-firing Watchdog alert is sent to, and how often; silence there means that this pipeline is dead. @default nowhere */
  watchdog?: { urlFile: string; intervalSeconds: number };
  /** How long messages are gathered. @default 30 s for the first, 5 min for what joins it, 12 h for a reminder */
  timing?: { waitSeconds: number; intervalSeconds: number; repeatSeconds: number };
}

/** Receives what nobody asked for, and sends it nowhere: it is still seen in Alertmanager and Grafana. */
const nobody = "nobody";
const watchdog = "watchdog";

export const timingDefaults = { waitSeconds: 30, intervalSeconds: 300, repeatSeconds: 43_200 };

/** What fires for all vessels at once must still be a message that can be read (and that Slack takes: 40,000 characters). */
const shown = 20;

/** Title and text of a message. Written in Alertmanager's template language; every alert has the two annotations. */
const title =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }}';
const text = [
  `{{ range $index, $alert := .Alerts }}{{ if lt $index ${shown} }}*{{ .Annotations.summary }}* ({{ .Labels.severity }})`,
  "{{ .Annotations.description }}{{ if .Annotations.runbook_url }}",
  "<{{ .Annotations.runbook_url }}|Runbook>{{ end }}{{ if .Annotations.dashboard_url }} <{{ .Annotations.dashboard_url }}|Dashboard>{{ end }}",
  `{{ end }}{{ end }}{{ if gt (len .Alerts) ${shown} }}and {{ len (slice .Alerts ${shown}) }} more{{ end }}`,
].join("\n");

function channelOf(receiver: ReceiverConfig): object {
  const { secretFile } = receiver;
  switch (receiver.kind) {
    case "slack":
      return {
        slack_configs: [
          {
            api_url_file: secretFile,
            channel: receiver.channel,
            send_resolved: true,
            color:
              '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
            title,
            text,
          },
        ],
      };
    case "email":
      return {
        email_configs: [
          {
            to: receiver.recipients.join(", "),
            from: receiver.sender,
            smarthost: receiver.mailServer,
            auth_username: receiver.username,
            auth_password_file: secretFile,
            require_tls: true,
            tls_config: { min_version: "TLS12" },
            send_resolved: true,
            headers: { Subject: title },
          },
        ],
      };
    case "pagerduty":
      return {
        pagerduty_configs: [
          {
            routing_key_file: secretFile,
            send_resolved: true,
            description: "{{ .CommonAnnotations.summary }}",
            severity:
              '{{ if eq .CommonLabels.severity "critical" "warning" "info" }}{{ .CommonLabels.severity }}{{ else }}error{{ end }}',
            class: "{{ .CommonLabels.domain }}",
            group: "{{ .CommonLabels.namespace }}",
            component: "{{ .CommonLabels.component }}",
          },
        ],
      };
    case "webhook":
      return { webhook_configs: [{ url_file: secretFile, send_resolved: true, max_alerts: 100 }] };
  }
}

/** The routes of a receiver: what is critical is told at any time, so it has a route of its own where the others are muted. */
function routesOf({ name, severities, owners, domains, muted }: ReceiverConfig): object[] {
  const route = (of: readonly Severity[], times: readonly string[]) => ({
    receiver: name,
    matchers: [
      `severity=~"${of.join("|")}"`,
      ...(owners.length === 0 ? [] : [`owner=~"${owners.join("|")}"`]),
      ...(domains.length === 0 ? [] : [`domain=~"${domains.join("|")}"`]),
    ],
    continue: true,
    ...(times.length === 0 ? {} : { mute_time_intervals: times }),
  });
  if (muted.length === 0) return [route(severities, [])];
  const parts: readonly [Severity[], readonly string[]][] = [
    [severities.filter(severity => severity === "critical"), []],
    [severities.filter(severity => severity !== "critical"), muted],
  ];
  return parts.filter(([of]) => of.length > 0).map(([of, times]) => route(of, times));
}

function timeInterval({ name, days, from = "00:00", to = "24:00", timeZone = "UTC" }: MuteTime): object {
  return {
    name,
    time_intervals: [{ weekdays: days, times: [{ start_time: from, end_time: to }], location: timeZone }],
  };
}

const inhibitRules = [
  // The same thing, worse.
  {
    source_matchers: ['severity="critical"'],
    target_matchers: ['severity=~"warning|info"'],
    equal: ["alertname", "namespace", "component"],
  },
  {
    source_matchers: ['severity="warning"'],
    target_matchers: ['severity="info"'],
    equal: ["alertname", "namespace", "component"],
  },
  // A component that is down explains whatever else is wrong with it.
  {
    source_matchers: ['alertname=~"TargetDown|TargetAbsent"'],
    target_matchers: ['severity=~"warning|info"', 'alertname!~"TargetDown|TargetAbsent"'],
    equal: ["namespace", "component"],
  },
  // A node that is down takes its pods with it: their alerts carry the same label.
  {
    source_matchers: ['alertname="NodeNotReady"'],
    target_matchers: ['alertname=~"Pod.*"', 'node!=""'],
    equal: ["node"],
  },
  // A provider that is silent makes every position of its grow old: one alarm, not one a vessel.
  {
    source_matchers: ['alertname=~"PositionFeedSilent|PositionFeedDown"'],
    target_matchers: ['alertname=~"PositionStale.*"'],
    equal: ["provider"],
  },
];

/**
 * alertmanager.yml: each alert goes to every receiver that takes its severity, owner and domain; what fires together for one reason comes as
 * one message.
 */
export function alertmanagerConfig(args: AlertmanagerConfigArgs): object {
  const { receivers, muteTimes = [], watchdog: deadMan, timing = timingDefaults } = args;
  const watchdogRoute = {
    receiver: deadMan === undefined ? nobody : watchdog,
    matchers: ['alertname="Watchdog"'],
    group_wait: "0s",
    group_interval: "30s",
    repeat_interval: `${deadMan?.intervalSeconds ?? 3600}s`,
  };
  return {
    global: { resolve_timeout: "5m" },
    ...(muteTimes.length === 0 ? {} : { time_intervals: muteTimes.map(timeInterval) }),
    route: {
      receiver: nobody,
      group_by: ["alertname", "namespace", "component"],
      group_wait: `${timing.waitSeconds}s`,
      group_interval: `${timing.intervalSeconds}s`,
      repeat_interval: `${timing.repeatSeconds}s`,
      routes: [watchdogRoute, ...receivers.flatMap(routesOf)],
    },
    inhibit_rules: inhibitRules,
    receivers: [
      { name: nobody },
      ...(deadMan === undefined
        ? []
        : [{ name: watchdog, webhook_configs: [{ url_file: deadMan.urlFile, send_resolved: false }] }]),
      ...receivers.map(receiver => ({ name: receiver.name, ...channelOf(receiver) })),
    ],
  };
}
