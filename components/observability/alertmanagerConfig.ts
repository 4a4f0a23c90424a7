/** How bad an alert is: `critical` wakes somebody, `warning` is for working hours, `info` is for a dashboard. */
export type Severity = "critical" | "warning" | "info";

/** A receiver as the configuration sees it: its secret is in a file. */
export interface ReceiverConfig {
  name: string;
  kind: "slack" | "webhook";
  /** Slack only. */
  channel?: string;
  /** File that holds the URL. */
  urlFile: string;
  severities: readonly Severity[];
}

export interface AlertmanagerConfigArgs {
  receivers: readonly ReceiverConfig[];
  /** Where the always-firing Watchdog alert is sent to, and how often; silence there means that this pipeline is dead. @default nowhere */
  watchdog?: { urlFile: string; intervalSeconds: number };
}

/** Receives what nobody asked for, and sends it nowhere: it is still seen in Alertmanager and Grafana. */
const nobody = "nobody";
const watchdog = "watchdog";

/** Title and text of a Slack message. Written in Alertmanager's template language; every alert has the two annotations. */
const slackText = {
  title:
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }}',
  text: [
    "{{ range .Alerts }}*{{ .Annotations.summary }}* ({{ .Labels.severity }})",
    "{{ .Annotations.description }}{{ if .Annotations.runbook_url }}",
    "<{{ .Annotations.runbook_url }}|Runbook>{{ end }}",
    "{{ end }}",
  ].join("\n"),
};

function receiverSpec({ name, kind, channel, urlFile }: ReceiverConfig): object {
  if (kind === "slack") {
    return {
      name,
      slack_configs: [
        {
          api_url_file: urlFile,
          channel,
          send_resolved: true,
          color:
            '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
          ...slackText,
        },
      ],
    };
  }
  return { name, webhook_configs: [{ url_file: urlFile, send_resolved: true, max_alerts: 100 }] };
}

/**
 * alertmanager.yml: each alert goes to every receiver that takes its severity; what fires together for one reason comes as one message.
 */
export function alertmanagerConfig({ receivers, watchdog: deadMan }: AlertmanagerConfigArgs): object {
  const routes: object[] = receivers.map(({ name, severities }) => ({
    receiver: name,
    matchers: [`severity=~"${severities.join("|")}"`],
    continue: true,
  }));
  const watchdogRoute = {
    receiver: deadMan === undefined ? nobody : watchdog,
    matchers: ['alertname="Watchdog"'],
    group_wait: "0s",
    group_interval: "30s",
    repeat_interval: `${deadMan?.intervalSeconds ?? 3600}s`,
  };
  return {
    global: { resolve_timeout: "5m" },
    route: {
      receiver: nobody,
      group_by: ["alertname", "namespace", "component"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [watchdogRoute, ...routes],
    },
    inhibit_rules: [
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
      // A provider that is silent makes every position of its grow old: one alarm, not one a vessel.
      {
        source_matchers: ['alertname=~"PositionFeedSilent|PositionFeedDown"'],
        target_matchers: ['alertname=~"PositionStale.*"'],
        equal: ["provider"],
      },
    ],
    receivers: [
      { name: nobody },
      ...(deadMan === undefined
        ? []
        : [{ name: watchdog, webhook_configs: [{ url_file: deadMan.urlFile, send_resolved: false }] }]),
      ...receivers.map(receiverSpec),
    ],
  };
}
