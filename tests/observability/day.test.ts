import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availability } from "../../components/observability/alerts/availability";
import { alertGroups } from "../../components/observability/alerts/index";
import { conditionOf, ruleFile } from "../../components/observability/alerts/rules";
import { metricsOf } from "../../components/observability/promql";
import { requireProgram } from "../support/programs";
import { type DaySeries, healthyDay } from "./support/day";
import { succeeds } from "./support/program";

const groups = [...alertGroups, availability([])].filter(({ language = "promql" }) => language === "promql");
const fired = 'group by (alertname) (count_over_time(ALERTS{alertstate="firing",alertname!="Watchdog"}';

/** Series whose name and labels hold this text have these values instead. */
type Fault = Record<string, string>;

const hours = 6;
const all = (value: number) => `${value}x${hours * 60}`;
const from = (minute: number, good: number, bad: number) => `${good}x${minute - 1} ${bad}x${hours * 60 - minute}`;
const stopped = (perMinute: number, minute: number) =>
  `0+${perMinute}x${minute - 1} ${perMinute * minute}x${hours * 60 - minute}`;

/** What breaks, and all that must be said of it, by Prometheus: what Alertmanager hides of it is tested there. */
const sick: [string, Fault, string[]][] = [
  ["PostgreSQL dies", { "pg_up{": from(120, 1, 0) }, ["PostgresDown"]],
  ["the cache dies", { "redis_up{": from(120, 1, 0) }, ["RedisDown"]],
  ["MariaDB dies", { "mysql_up{": from(120, 1, 0) }, ["MariaDbDown"]],
  ["the API's target dies", { 'up{job="api"': from(120, 1, 0) }, ["TargetDown"]],
  [
    "a provider says nothing any more",
    { 'position_messages_total{provider="ais"': stopped(150, 120) },
    ["PositionFeedSilent"],
  ],
  [
    "a provider is gone, and its vessels with it",
    {
      'position_feed_connected{provider="ais"': from(120, 1, 0),
      'vessel_class="under_way",provider="ais"': `-180+60x119 7200x${hours * 60 - 120}`,
    },
    ["PositionFeedDown", "PositionStaleUnderWay"],
  ],
  [
    "a link flaps",
    { 'satellite_link_up{vessel="V1"': Array.from({ length: 60 }, () => "1x2 0x2").join(" ") },
    ["SatelliteLinkFlapping"],
  ],
  ["a certificate is not renewed", { certificate_expiration: all(19 * 86_400) }, ["CertificateOverdue"]],
  ["a backup has stood still since the day before yesterday", { backup_success: all(-27 * 3600) }, ["BackupOld"]],
  ["nobody has seen a restore for ten days", { verified_restore: all(-10 * 86_400) }, ["RestoreNotVerified"]],
  ["the disk is nearly full", { filesystem_avail: from(120, 42e9, 7e9) }, ["FilesystemFillsUp", "FilesystemSpaceLow"]],
  ["a node is gone", { 'node="n2",condition="Ready"': from(120, 1, 0) }, ["NodeNotReady"]],
  ["a release has an error of its own", { exception_type: `_x119 1x${hours * 60 - 120}` }, ["NewException"]],
  ["the queue's worker hangs", { oldest_job_age: `0x119 0+60x${hours * 60 - 120}` }, ["QueueStuck"]],
];

describe("a simulated day", () => {
  let folder: string;
  let rules: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-day-"));
    rules = join(folder, "rules.yml");
    writeFileSync(rules, JSON.stringify({ groups: groups.flatMap(group => ruleFile(group).groups) }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const test = (name: string, series: readonly DaySeries[], length: number, alerts: readonly string[]) => ({
    name,
    interval: "1m",
    input_series: series.map(({ is, values }) => ({ series: is, values })),
    promql_expr_test: [
      {
        expr: `${fired}[${length}h]))`,
        eval_time: `${length * 60 - 5}m`,
        exp_samples: alerts.map(alertname => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  });
  const judge = async (promtool: string, name: string, evaluation_interval: string, tests: object[]) => {
    const file = join(folder, `${name}.yml`);
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval, tests }));
    await succeeds(promtool, ["test", "rules", file], 600);
  };

  it("has a series for every metric that an alert reads", () => {
    const simulated = new Set(healthyDay({ hours: 1, vessels: 1 }).map(({ is }) => is.split("{")[0] ?? ""));
    const recorded = new Set(groups.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record)));
    const read = groups.flatMap(group => [
      ...group.alerts.map(conditionOf),
      ...(group.recordings ?? []).map(({ expr }) => expr),
    ]);
    const missing = [...new Set(read.flatMap(metricsOf))].filter(name => !simulated.has(name) && !recorded.has(name));
    assert.deepEqual(missing, []);
  });

  it("of 24 healthy hours with 200 vessels raises no alert", async function () {
    this.timeout(600_000);
    const promtool = requireProgram(this, "promtool");
    const series = healthyDay({ hours: 24, vessels: 200 });
    await judge(promtool, "healthy", "2m", [test("healthy", series, 24, [])]);
    console.log(`      ${series.length} series, 24 hours, 0 alerts`);
  });

  it("with a fault raises what is declared for it, and nothing else", async function () {
    this.timeout(600_000);
    const promtool = requireProgram(this, "promtool");
    const tests = sick.map(([title, fault, alerts]) => {
      const series = healthyDay({ hours, vessels: 12 }).map(one => {
        const found = Object.entries(fault).find(([part]) => one.is.includes(part));
        return found === undefined ? one : { ...one, values: found[1] };
      });
      for (const part of Object.keys(fault))
        assert.ok(
          series.some(({ is }) => is.includes(part)),
          `${part} is no series`,
        );
      return test(title, series, hours, alerts);
    });
    await judge(promtool, "sick", "5m", tests);
  });
});
