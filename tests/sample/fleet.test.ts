import assert from "node:assert/strict";
import { metrics as catalogue } from "../../components/observability/metrics";
import { eventually, freePort } from "../data/support/run.js";
import { Client } from "../edge/support/client.js";
import { type Api, type Running, System } from "./support/system.js";

const imo = 9074729;

describe("the sample's fleet", function () {
  this.timeout(300_000);
  let system: System;
  let api: Api;
  let worker: Running;
  let metricsPort: number;
  let officer: string;
  let admin: string;
  before(async function () {
    system = await System.create(this);
    metricsPort = await freePort();
    api = await system.serve();
    worker = system.run("worker", { METRICS_PORT: `${metricsPort}`, SIMULATE_FEED: "true" });
    officer = (await api.login("officer")).accessToken;
    admin = (await api.login("admin")).accessToken;
  });
  after(() => System.remove(system));

  const order = (body: Record<string, unknown>, token = officer) =>
    api.say<{ id: number }>("POST", "/api/requisitions", {
      token,
      body: { imo, part: "Impeller", quantity: 1, ...body },
    });
  const scrape = async (port: number) => {
    const client = new Client(port, port, system.ca, "localhost");
    return (await client.get("/metrics")).body.toString();
  };
  /** A series' value, by its name and the labels given. */
  const valueOf = (text: string, name: string, labels = "") => {
    const line = text.split("\n").find(each => each.startsWith(`${name}{`) && each.includes(labels));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  };

  it("moves: the simulated feed gives every vessel that is under way new positions", async () => {
    const places = async () => {
      const { body } = await api.say<{ name: string; latitude: number | null }[]>("GET", "/api/vessels", {
        token: officer,
      });
      return Object.fromEntries(body.map(({ name, latitude }) => [name, latitude]));
    };
    const first = await eventually("a position", async () => {
      const found = await places();
      assert.notEqual(found["Aurora"], null, worker.log);
      return found;
    });
    await eventually("another one", async () => {
      const now = await places();
      for (const name of ["Aurora", "Borealis", "Calypso"]) assert.notEqual(now[name], first[name]);
      assert.equal(now["Dorado"], null);
    });
  });

  it("is simulated in no production: the worker refuses to start", async () => {
    const refused = system.run("worker", { METRICS_PORT: "1", SIMULATE_FEED: "true", ENVIRONMENT: "production" });
    assert.equal(await refused.exit(), 1);
    assert.match(refused.log, /SIMULATE_FEED must not be true in production/);
  });

  it("gives every metric that the alerts read of the application", async () => {
    await order({ reference: "critical", part: "Fuel pump", neededBy: "2100-01-01T00:00:00Z" });
    const backlogOldest = "2026-01-02T03:04:05Z";
    assert.equal(
      (await api.say("PUT", `/api/vessels/${imo}/link`, { token: officer, body: { up: false, backlogOldest } })).status,
      204,
    );
    // Span metrics are made of its traces, by the collector.
    const own = Object.entries(catalogue).filter(
      ([name, { emitter }]) => emitter === "app" && !name.startsWith("traces_span_metrics_"),
    );
    const wanted = own.map(([name]) => name);
    assert.ok(wanted.length > 10);
    const text = await eventually("all of them", async () => {
      const found = `${await scrape(metricsPort)}\n${await scrape(api.port)}`;
      const missing = wanted.filter(
        name => !found.split("\n").some(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `)),
      );
      // A counter or gauge of both programs has a value in one of them.
      assert.deepEqual(missing, []);
      return found;
    });
    for (const [name, { labels }] of own) {
      if (labels.length === 0) continue;
      const line = text.split("\n").find(each => each.startsWith(`${name}{`)) ?? "";
      const found = [...line.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label ?? "");
      assert.deepEqual(found.sort(), [...labels].sort(), name);
    }
    assert.equal(valueOf(text, "flowmarine_satellite_link_up", "Aurora"), 0);
    assert.equal(valueOf(text, "flowmarine_satellite_link_up", "Borealis"), 1);
    assert.equal(
      valueOf(text, "flowmarine_sync_backlog_oldest_timestamp_seconds", "Aurora"),
      Date.parse(backlogOldest) / 1000,
    );
    assert.equal(valueOf(text, "flowmarine_critical_spare_delivered", "Fuel pump"), 0);
    const heard = valueOf(text, "flowmarine_vessel_position_timestamp_seconds", 'vessel_class="cargo"') ?? 0;
    assert.ok(Math.abs(Date.now() / 1000 - heard) < 60);
  });

  it("has one leader among its workers: the other one gives no metric of the fleet, until the first is gone", async () => {
    const port = await freePort();
    const second = system.run("worker", { METRICS_PORT: `${port}`, SIMULATE_FEED: "true" });
    const fleet = "flowmarine_satellite_link_up{";
    await eventually("it works", async () => assert.match(await scrape(port), /process_cpu_seconds_total/));
    await eventually("it has made a step", () => assert.match(second.log, /working/));
    assert.ok(!(await scrape(port)).includes(fleet));
    assert.ok((await scrape(metricsPort)).includes(fleet));
    await worker.kill();
    await eventually("the second one leads", async () => assert.ok((await scrape(port)).includes(fleet)));
    second.signal("SIGTERM");
    assert.equal(await second.exit(), 0);
  });

  it("keeps a requisition once per reference, however often it is sent, and never two under one", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => order({ reference: "once" })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array<number>(7).fill(200), 201]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.equal((await order({ reference: "once", quantity: 2 })).status, 409);
    assert.equal((await order({ reference: "nowhere", imo: 1000000 })).status, 404);
  });

  it("keeps every requisition that it has acknowledged when its process is killed", async () => {
    const victim = await system.serve();
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let row = 0; ; row++) {
        const reference = `ledger-${writer}-${row}`;
        const answer = await victim
          .say("POST", "/api/requisitions", { token: officer, body: { reference, imo, part: "Bolt", quantity: 1 } })
          .catch(() => undefined);
        if (answer === undefined) return;
        assert.equal(answer.status, 201);
        acknowledged.push(reference);
      }
    });
    await eventually("forty are acknowledged", () => assert.ok(acknowledged.length >= 40));
    await victim.running.kill();
    await Promise.all(writers);
    const stored = new Set<string>();
    for (let after = 0; ; ) {
      const { body } = await api.say<{ id: number; reference: string }[]>(
        "GET",
        `/api/requisitions?limit=1000&after=${after}`,
        {
          token: officer,
        },
      );
      for (const { reference } of body) stored.add(reference);
      const last = body.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    assert.deepEqual(
      acknowledged.filter(reference => !stored.has(reference)),
      [],
    );
  });

  it("quotes what is requested, and moves on by an admin's word, one stage at a time", async () => {
    const port = await freePort();
    const quoting = system.run("worker", { METRICS_PORT: `${port}` });
    const { body } = await order({ reference: "stages" });
    const stageOf = async () => {
      const found = await api.say<{ stage: string; priceUsd: number }[]>(
        "GET",
        `/api/requisitions?after=${body.id - 1}&limit=1`,
        {
          token: officer,
        },
      );
      return found.body[0]?.stage;
    };
    await eventually("a quote", async () => assert.equal(await stageOf(), "quoted"));
    const move = async (stage: string, token = admin) =>
      (await api.say("PUT", `/api/requisitions/${body.id}/stage`, { token, body: { stage } })).status;
    assert.equal(await move("ordered", officer), 403);
    assert.equal(await move("delivered"), 409);
    assert.equal(await move("ordered"), 204);
    assert.equal(await move("ordered"), 409);
    assert.equal(await move("delivered"), 204);
    assert.equal(await stageOf(), "delivered");
    quoting.signal("SIGTERM");
    assert.equal(await quoting.exit(), 0);
  });
});
