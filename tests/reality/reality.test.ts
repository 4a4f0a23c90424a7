import assert from "node:assert/strict";
import { conditionOf } from "../../components/observability/alerts/rules";
import { type EmitterName, metrics } from "../../components/observability/metrics";
import { groupingLabelsOf, type Selector, selectorsOf } from "../../scripts/promqlParts";
import { eventually } from "../data/support/run";
import { absentEmitters, absentMetrics, onlyInTrouble } from "./support/exceptions";
import { killListener } from "./support/listener";
import { groupsOf, type SlackMessage, World } from "./support/world";

const emitterOf = (metric: string): EmitterName | undefined => metrics[metric]?.emitter;
const isAbsent = (metric: string): boolean => {
  const emitter = emitterOf(metric);
  return metric in absentMetrics || (emitter !== undefined && emitter in absentEmitters);
};

describe("alerts and the programs that they are about", function () {
  // Servers of four kinds start, on a machine that may do much else besides.
  this.timeout(300_000);
  const world = new World();
  before(async function () {
    this.timeout(300_000);
    await world.start(this);
  });
  after(() => world.removeAll());

  const rules = () =>
    groupsOf(world.parts).flatMap(({ alerts, recordings = [] }) => [
      ...alerts.map(alert => ({
        name: alert.name,
        expr: conditionOf(alert),
        texts: alert.summary + alert.description,
      })),
      ...recordings.map(({ record, expr }) => ({ name: record, expr, texts: "" })),
    ]);
  const recorded = () => new Set(groupsOf(world.parts).flatMap(({ recordings = [] }) => recordings.map(r => r.record)));
  const live = async (selector: string) => (await world.query(`count(last_over_time(${selector}[5m]))`)).length > 0;

  it("reads every program over its own certificate", async () => {
    await eventually("all targets answer", async () => {
      const down = (await world.query("up == 0")).map(({ metric }) => metric["job"]);
      const up = (await world.query("up == 1")).length;
      assert.deepEqual(down, []);
      assert.equal(up, world.parts.length + 1);
    });
  });

  it("has a live series for every selector of every alert and recording; what has none is listed, with its reason", async () => {
    const client = world.api.client;
    // What a selector asks for must have happened once: a request.
    await client.get("/api/health");
    const asked = rules().flatMap(({ name, expr }) => selectorsOf(expr).map(selector => ({ name, ...selector })));
    const missing = async (): Promise<(Selector & { name: string })[]> => {
      const found: (Selector & { name: string })[] = [];
      for (const selector of asked) {
        if (isAbsent(selector.metric)) continue;
        const wanted = selector.text in onlyInTrouble ? selector.metric : selector.text;
        if (!(await live(wanted))) found.push(selector);
      }
      return found;
    };
    await eventually(
      "every selector has a series",
      async () =>
        assert.deepEqual(
          (await missing()).map(({ name, text }) => `${name}: ${text}`),
          [],
        ),
      60,
    );
    console.log(
      `      ${asked.filter(({ metric }) => !isAbsent(metric)).length} of ${asked.length} selectors have live series`,
    );
  });

  it("lists no exception that is none", async () => {
    for (const metric of Object.keys(absentMetrics)) assert.equal(await live(metric), false, `${metric} is there`);
    for (const [metric, { emitter }] of Object.entries(metrics)) {
      if (emitter in absentEmitters) assert.equal(await live(metric), false, `${metric} of ${emitter} is there`);
    }
    for (const selector of Object.keys(onlyInTrouble))
      assert.equal(await live(selector), false, `${selector} is there`);
  });

  it("groups by labels, and names labels in its texts, that the series have", async () => {
    const wrong: string[] = [];
    for (const { name, expr, texts } of rules()) {
      const selectors = selectorsOf(expr).filter(({ metric }) => !isAbsent(metric) && !recorded().has(metric));
      if (selectors.length === 0 || selectors.length < selectorsOf(expr).length) continue;
      const series = await world.query(`{__name__=~"${selectors.map(({ metric }) => metric).join("|")}"}`);
      const labels = new Set(series.flatMap(({ metric }) => Object.keys(metric)));
      const named = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
      for (const label of [...groupingLabelsOf(expr), ...named]) {
        if (!labels.has(label)) wrong.push(`${name}: ${label}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("evaluates every rule without an error", async () => {
    const failures = await world.query("sum(prometheus_rule_evaluation_failures_total)");
    assert.equal(failures[0]?.value[1], "0");
  });

  /** Messages about an alert of a component. */
  const about = (state: string, alert: string, component: string): SlackMessage[] =>
    world.messages.filter(
      ({ attachments: [{ title, text }] }) =>
        title.startsWith(`[${state}`) && title.endsWith(` ${alert}`) && text.includes(component),
    );

  const services: [string, string, string, () => void | Promise<void>, () => unknown][] = [
    ["the API", "TargetDown", "api", () => killListener(world.api.port), () => world.startApi()],
    ["the worker", "TargetDown", "worker", () => killListener(world.portOf("worker")), () => world.startWorker()],
    ["nginx", "EdgeDown", "edge", () => world.edge.nginx.kill(), () => world.edge.nginx.start(world.edge.statusPort)],
    ["the node exporter", "TargetDown", "node", () => killListener(world.portOf("node")), () => world.startNode()],
    [
      "MariaDB",
      "MariaDbDown",
      "orders",
      () => killListener(world.mariadb.server.port),
      () => world.mariadb.startServer(),
    ],
    [
      "the cache",
      "RedisDown",
      "cache",
      () => killListener(world.system.cache.server.port),
      () => world.system.cache.startServer(),
    ],
    [
      "PostgreSQL",
      "PostgresDown",
      "database",
      () => killListener(world.system.database.server.port),
      () => world.system.database.startServer(),
    ],
  ];
  for (const [title, alert, component, kill, start] of services) {
    it(`tells Slack within 90 s that ${title} is dead, as ${alert}`, async () => {
      const killed = Date.now();
      await kill();
      try {
        await eventually("Slack is told", () => assert.equal(about("FIRING", alert, component).length > 0, true), 90);
      } finally {
        await start();
      }
      const [message] = about("FIRING", alert, component);
      assert.equal(message?.channel, "#alerts");
      assert.equal(message.attachments[0].color, "danger");
      assert.match(message.attachments[0].text, new RegExp(`\\|Runbook>`));
      console.log(`      after ${((Date.now() - killed) / 1000).toFixed(0)} s`);
    });
  }

  it("tells that each is well again", async () => {
    await eventually("all are told", () => {
      const silent = services.filter(([, alert, component]) => about("RESOLVED", alert, component).length === 0);
      assert.deepEqual(
        silent.map(([title]) => title),
        [],
      );
    });
  });

  it("has called the dead man's switch all the time", () => {
    assert.ok(world.calls.length >= 2, `${world.calls.length} calls`);
  });
});
