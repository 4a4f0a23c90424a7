import type { Dashboard } from "./dashboard";

const here = 'vessel=~"$vessel"';
const moored = "moored|laid_up";

/** The fleet: positions, links, what was stored and waits, requisitions and spares. */
export const fleet: Dashboard = {
  uid: "bulkhead-fleet",
  title: "Maritime fleet",
  description: "Where positions come from and how old they are, the vessels' links, requisitions and critical spares.",
  folder: "fleet",
  variables: [{ name: "vessel", label: "Vessel", from: "flowmarine_vessel_position_timestamp_seconds", of: "vessel" }],
  sections: [
    {
      title: "Positions",
      panels: [
        {
          title: "Feeds",
          description: "Whether the connection to each provider of positions stands.",
          kind: "state",
          unit: "short",
          queries: [{ expr: "max by (provider) (flowmarine_position_feed_connected)", legend: "{{provider}}" }],
          alerts: ["PositionFeedDown"],
          width: 12,
        },
        {
          title: "Vessels heard from in the last hour",
          description: "Vessels whose newest position is younger than an hour.",
          kind: "stat",
          unit: "short",
          queries: [
            {
              expr: `count(time() - max by (vessel) (flowmarine_vessel_position_timestamp_seconds{${here}}) < 3600) or vector(0)`,
              legend: "vessels",
            },
          ],
          width: 12,
        },
        {
          title: "Messages",
          description: "Positions a minute by provider. Connected and silent is worse than away.",
          kind: "timeseries",
          unit: "opm",
          queries: [
            {
              expr: "60 * sum by (provider) (rate(flowmarine_position_messages_total[10m]))",
              legend: "{{provider}}",
            },
          ],
          alerts: ["PositionFeedSilent"],
        },
        {
          title: "Age of positions, under way",
          description: "The twenty vessels that have been silent for longest.",
          kind: "timeseries",
          unit: "m",
          queries: [
            {
              expr: `topk(20, (time() - max by (vessel) (flowmarine_vessel_position_timestamp_seconds{vessel_class!~"${moored}",${here}})) / 60)`,
              legend: "{{vessel}}",
            },
          ],
          limit: { alert: "PositionStaleUnderWay", threshold: "ageMinutes", when: "above" },
        },
        {
          title: "Age of positions, moored",
          description: "The twenty vessels that have been silent for longest.",
          kind: "timeseries",
          unit: "h",
          queries: [
            {
              expr: `topk(20, (time() - max by (vessel) (flowmarine_vessel_position_timestamp_seconds{vessel_class=~"${moored}",${here}})) / 3600)`,
              legend: "{{vessel}}",
            },
          ],
          limit: { alert: "PositionStaleMoored", threshold: "ageHours", when: "above" },
        },
      ],
    },
    {
      title: "Links and what waits for them",
      panels: [
        {
          title: "Vessels without a link",
          description: "Vessels whose satellite link is down.",
          kind: "timeseries",
          unit: "short",
          queries: [
            { expr: `count(flowmarine_satellite_link_up{${here}} == 0) or vector(0)`, legend: "without a link" },
          ],
        },
        {
          title: "Links that come and go",
          description: "Changes of each vessel's link in an hour; the twenty worst.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `topk(20, changes(flowmarine_satellite_link_up{${here}}[1h]))`, legend: "{{vessel}}" }],
          limit: { alert: "SatelliteLinkFlapping", threshold: "changes", when: "above" },
        },
        {
          title: "Stored and not sent",
          description: "Age of the oldest record that waits on a vessel; the twenty oldest.",
          kind: "timeseries",
          unit: "h",
          queries: [
            {
              expr: `topk(20, (time() - flowmarine_sync_backlog_oldest_timestamp_seconds{${here}}) / 3600)`,
              legend: "{{vessel}}",
            },
          ],
          limit: { alert: "SyncBacklogOld", threshold: "ageHours", when: "above" },
        },
      ],
    },
    {
      title: "Requisitions and spares",
      panels: [
        {
          title: "Requisitions",
          description: "How long the oldest requisition has been in each stage.",
          kind: "timeseries",
          unit: "h",
          queries: [{ expr: "max by (stage) (flowmarine_requisition_oldest_age_seconds) / 3600", legend: "{{stage}}" }],
          limit: { alert: "RequisitionsStuck", threshold: "ageHours", when: "above" },
          width: 12,
        },
        {
          title: "Critical spares",
          description: "Days until each is needed and not delivered; the twenty that are most urgent.",
          kind: "timeseries",
          unit: "d",
          queries: [
            {
              expr:
                `bottomk(20, (flowmarine_critical_spare_deadline_timestamp_seconds{${here}} - time()) / 86400` +
                " unless on (vessel, part) flowmarine_critical_spare_delivered == 1)",
              legend: "{{vessel}} {{part}}",
            },
          ],
          limit: { alert: "CriticalSpareLate", threshold: "leftDays", when: "below" },
          width: 12,
        },
      ],
    },
    {
      title: "Providers",
      panels: [
        {
          title: "Age of currency rates",
          description: "Prices are reckoned with rates of that age.",
          kind: "timeseries",
          unit: "h",
          queries: [
            {
              expr: "(time() - max by (base) (flowmarine_currency_rates_timestamp_seconds)) / 3600",
              legend: "{{base}}",
            },
          ],
          limit: { alert: "CurrencyRatesStale", threshold: "ageHours", when: "above" },
          width: 12,
        },
        {
          title: "Age of the weather forecast",
          description: "Routes are planned with a forecast of that age.",
          kind: "timeseries",
          unit: "h",
          queries: [
            {
              expr: "(time() - max by (provider) (flowmarine_weather_forecast_timestamp_seconds)) / 3600",
              legend: "{{provider}}",
            },
          ],
          limit: { alert: "WeatherStale", threshold: "ageHours", when: "above" },
          width: 12,
        },
      ],
    },
  ],
};
