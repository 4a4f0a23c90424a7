import type pg from "pg";
import { Gauge } from "prom-client";
import { log } from "./log.js";

/** A metric that is a question to the database: rows of labels and a `value`. */
interface Asked {
  name: string;
  help: string;
  labels: readonly string[];
  sql: string;
}

const seconds = (column: string) => `extract(epoch from ${column})::float8`;

const asked: readonly Asked[] = [
  {
    name: "flowmarine_vessel_position_timestamp_seconds",
    help: "When a vessel was last heard from, by its class while it is under way, else by its state",
    labels: ["vessel", "vessel_class", "provider"],
    sql: `select v.name as vessel, case v.state when 'under_way' then v.class else v.state end as vessel_class, p.provider,
                 ${seconds("p.at")} as value
            from vessels v, lateral (select at, provider from positions where imo = v.imo order by at desc limit 1) p`,
  },
  {
    name: "flowmarine_satellite_link_up",
    help: "Whether a vessel's link to shore stands",
    labels: ["vessel"],
    sql: "select v.name as vessel, l.up::int as value from links l join vessels v using (imo)",
  },
  {
    name: "flowmarine_sync_backlog_oldest_timestamp_seconds",
    help: "The oldest record that a vessel has stored and not yet sent",
    labels: ["vessel"],
    sql: `select v.name as vessel, ${seconds("l.backlog_oldest")} as value
            from links l join vessels v using (imo) where l.backlog_oldest is not null`,
  },
  {
    name: "flowmarine_requisition_oldest_age_seconds",
    help: "How long the oldest requisition has been in a stage",
    labels: ["stage"],
    sql: `select stage, ${seconds("now() - min(stage_since)")} as value from requisitions where stage <> 'delivered' group by stage`,
  },
  {
    name: "flowmarine_queue_oldest_job_age_seconds",
    help: "How long the oldest job has waited for a worker",
    labels: ["queue"],
    sql: `select 'quotes' as queue, coalesce(${seconds("now() - min(stage_since)")}, 0) as value
            from requisitions where stage = 'requested'`,
  },
  {
    name: "flowmarine_critical_spare_deadline_timestamp_seconds",
    help: "When a part is needed without which a vessel may not sail",
    labels: ["vessel", "part"],
    sql: `select v.name as vessel, part, ${seconds("min(needed_by)")} as value
            from requisitions join vessels v using (imo)
           where needed_by is not null and stage <> 'delivered' group by 1, 2`,
  },
  {
    name: "flowmarine_critical_spare_delivered",
    help: "Whether a part without which a vessel may not sail has arrived",
    labels: ["vessel", "part"],
    sql: `select v.name as vessel, part, bool_and(stage = 'delivered')::int as value
            from requisitions join vessels v using (imo)
           where needed_by > now() - interval '30 days' group by 1, 2`,
  },
  {
    name: "flowmarine_currency_rates_timestamp_seconds",
    help: "When currency rates were last read",
    labels: ["base"],
    sql: `select source as base, ${seconds("at")} as value from imports where kind = 'rates'`,
  },
  {
    name: "flowmarine_weather_forecast_timestamp_seconds",
    help: "When the weather forecast was last read",
    labels: ["provider"],
    sql: `select source as provider, ${seconds("at")} as value from imports where kind = 'weather'`,
  },
];

/**
 * Gauges that are read from the database whenever Prometheus asks. One process of the system has them, or every alert would come as often
 * as there are replicas.
 *
 * @param leads whether this process is the one
 */
export function registerFleetMetrics(pool: pg.Pool, leads: () => boolean): void {
  for (const { name, help, labels, sql } of asked) {
    new Gauge({
      name,
      help,
      labelNames: labels,
      async collect() {
        this.reset();
        if (!leads()) return;
        try {
          const { rows } = await pool.query<Record<string, string | number>>(sql);
          for (const { value, ...found } of rows) this.set(found, Number(value));
        } catch (error) {
          // No value rather than an old one; the others are still read.
          log.error({ metric: name, error: (error as Error).message }, "a metric could not be read");
        }
      },
    });
  }
}
