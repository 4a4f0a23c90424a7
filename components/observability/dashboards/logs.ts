import { counted } from "../logAlerts/logQl";
import type { Dashboard } from "./dashboard";

const streams = '{k8s_namespace_name=~"$namespace", service_name=~"$program"}';
const bad = 'severity_text=~"(?i)err(or)?|fatal|crit(ical)?|panic|emerg(ency)?"';

/** What the programs say, read back from Loki. */
export const logs: Dashboard = {
  uid: "bulkhead-logs",
  title: "Logs",
  description: "Lines of every program: how many, which of them are errors, and what they say.",
  folder: "platform",
  variables: [
    {
      name: "namespace",
      label: "Namespace",
      from: '{k8s_container_name=~".+"}',
      of: "k8s_namespace_name",
      source: "logs",
      // What an app sends itself is in no namespace.
      optional: true,
    },
    {
      name: "program",
      label: "Program",
      from: '{service_name=~".+", k8s_namespace_name=~"$namespace"}',
      of: "service_name",
      source: "logs",
    },
  ],
  sections: [
    {
      title: "How much",
      panels: [
        {
          title: "Lines",
          description: "Lines a second by program, with the containers beside it.",
          kind: "timeseries",
          unit: "ops",
          source: "logs",
          queries: [{ expr: `sum by (service_name) (rate(${streams}[$__auto]))`, legend: "{{service_name}}" }],
        },
        {
          title: "Lines by severity",
          description: "Lines a second by what the programs call them.",
          kind: "timeseries",
          unit: "ops",
          source: "logs",
          queries: [
            {
              expr: `sum by (severity_text) (rate(${streams} | severity_text!="" [$__auto]))`,
              legend: "{{severity_text}}",
            },
          ],
        },
        {
          title: "Volume",
          description: "Bytes a second by program.",
          kind: "timeseries",
          unit: "Bps",
          source: "logs",
          queries: [{ expr: `sum by (service_name) (bytes_rate(${streams}[$__auto]))`, legend: "{{service_name}}" }],
        },
      ],
    },
    {
      title: "What they say",
      panels: [
        {
          title: "Errors by kind",
          description:
            "Errors in 15 minutes, told apart by what stays the same when they happen again; the ten most frequent.",
          kind: "timeseries",
          unit: "short",
          source: "logs",
          queries: [
            {
              expr: `topk(10, ${counted(["service_name", "error_fingerprint", "error_message"], ['error_fingerprint!=""'], 15)})`,
              legend: "{{service_name}} {{error_message}} {{error_fingerprint}}",
            },
          ],
          limit: { alert: "ErrorsRepeat", threshold: "times", when: "above" },
          alerts: ["NewError"],
          width: 12,
        },
        {
          title: "Programs that log",
          description:
            "Lines of each program in half an hour; one that is missing is silent, or the way of its lines is broken.",
          kind: "timeseries",
          unit: "short",
          source: "logs",
          queries: [
            {
              expr: 'sum by (service_name) (count_over_time({service_name=~".+"}[30m]))',
              legend: "{{service_name}}",
            },
          ],
          alerts: ["LogSourceSilent"],
          width: 12,
        },
        {
          title: "Errors",
          description: "Lines that the programs themselves call errors.",
          kind: "logs",
          unit: "short",
          queries: [{ expr: `${streams} | ${bad}`, legend: "" }],
          width: 24,
        },
        {
          title: "All lines",
          description: "Everything, the newest first; the live view follows it.",
          kind: "logs",
          unit: "short",
          queries: [{ expr: streams, legend: "" }],
          width: 24,
        },
      ],
    },
  ],
};
