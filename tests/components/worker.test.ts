import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heartbeatCommand } from "../../components/app/heartbeat";
import { WebService } from "../../components/app/webService";
import { Worker, type WorkerArgs } from "../../components/app/worker";
import { at, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";

const minimal: WorkerArgs = { namespace: placement, image };
const worker = (args: Partial<WorkerArgs> = {}) => deploy(opts => new Worker("mailer", { ...minimal, ...args }, opts));
const refused = (args: object) => refusal(opts => new Worker("mailer", { ...minimal, ...args }, opts));
const container = "spec.template.spec.containers.0";

describe("Worker", () => {
  it("has no Service and no way in: it serves nobody", async () => {
    const deployed = await worker();
    assert.equal(deployed.all("Service").length, 0);
    assert.equal(at(deployed.get("Deployment", "mailer").inputs, `${container}.ports`), undefined);
    assert.deepEqual(deployed.all("NetworkPolicy"), []);
  });

  it("starts after the service whose migration brings its schema", async () => {
    const made = await deploy(opts => {
      const api = new WebService("api", { ...minimal, migration: { command: ["migrate"] } }, opts);
      return new Worker("mailer", { ...minimal, after: [api] }, opts);
    });
    const { dependsOn } = made.get("Deployment", "mailer");
    assert.ok(dependsOn.includes(made.get("Job", "api-migrate").urn));
  });

  it("is restarted when its heartbeat stops, and tells the program where to beat", async () => {
    const inputs = (await worker()).get("Deployment", "mailer").inputs;
    const env = at(inputs, `${container}.env`) as { name: string; value: string }[];
    const file = env.find(({ name }) => name === "HEARTBEAT_FILE")?.value ?? "";
    const mounts = at(inputs, `${container}.volumeMounts`) as { mountPath: string; readOnly: boolean }[];
    assert.ok(mounts.some(({ mountPath, readOnly }) => file.startsWith(`${mountPath}/`) && !readOnly));
    for (const probe of ["livenessProbe", "readinessProbe"]) {
      assert.deepEqual(at(inputs, `${container}.${probe}.exec.command`), heartbeatCommand({ heartbeatSeconds: 60 }));
    }
    assert.deepEqual(
      mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath),
      ["/tmp", "/run/bulkhead/heartbeat"],
    );
  });

  it("takes any other check in the place of the heartbeat", async () => {
    const inputs = (await worker({ health: { exec: ["/app", "health"], periodSeconds: 30 } })).get(
      "Deployment",
      "mailer",
    ).inputs;
    assert.deepEqual(at(inputs, `${container}.livenessProbe`), {
      exec: { command: ["/app", "health"] },
      periodSeconds: 30,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
    assert.doesNotMatch(JSON.stringify(inputs), /heartbeat/i);
  });

  it("offers metrics on a port of their own", async () => {
    let targets: unknown[] = [];
    const deployed = await deploy(opts => {
      targets = new Worker("mailer", { ...minimal, metricsPort: 9464 }, opts).scrapeTargets();
    });
    const inputs = deployed.get("Deployment", "mailer").inputs;
    assert.deepEqual(at(inputs, `${container}.ports`), [{ name: "metrics", containerPort: 9464 }]);
    assert.deepEqual([at(targets, "0.port"), at(targets, "0.path"), at(targets, "0.https")], [9464, "/metrics", true]);
    const env = at(inputs, `${container}.env`) as { name: string; value: string }[];
    assert.equal(env.find(({ name }) => name === "METRICS_PORT")?.value, "9464");
  });

  it("replaces the old version gently, or stops it first where two must never work at once", async () => {
    assert.equal(at((await worker()).get("Deployment", "mailer").inputs, "spec.strategy.type"), "RollingUpdate");
    const recreated = (await worker({ rollout: "recreate", replicas: 1 })).get("Deployment", "mailer").inputs;
    assert.deepEqual(at(recreated, "spec.strategy"), { type: "Recreate" });
  });

  it("has time to finish what it holds", async () => {
    const pod = at((await worker({ drainSeconds: 300 })).get("Deployment", "mailer").inputs, "spec.template.spec");
    assert.equal(at(pod, "terminationGracePeriodSeconds"), 300);
  });

  it("refuses each wrong argument by name", async () => {
    const cases: [object, string][] = [
      [
        { health: { heartbeatSeconds: 1 } },
        'Worker "mailer": health.heartbeatSeconds must be a whole number in 5 to 86400, got 1',
      ],
      [{ health: { exec: [] } }, 'Worker "mailer": probe exec must be a list of texts, not empty, got an empty list'],
      [{ health: "ok" }, 'Worker "mailer": health must be a heartbeat or a probe (exec, http or tcp), got "ok"'],
      [{ metricsPort: 80 }, 'Worker "mailer": metricsPort must be a whole number in 1024 to 65535, got 80'],
      [{ rollout: "bluegreen" }, 'Worker "mailer": rollout must be one of rolling, recreate, got "bluegreen"'],
      [{ rollout: "toString" }, 'Worker "mailer": rollout must be one of rolling, recreate, got "toString"'],
      [{ drainSeconds: -1 }, 'Worker "mailer": drainSeconds must be a whole number in 0 to 3600, got -1'],
    ];
    for (const [args, message] of cases) assert.equal(await refused(args), message);
  });
});

describe("the heartbeat's command", () => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-"));
  after(() => rmSync(folder, { recursive: true }));
  const beats = (file: string) => {
    const [shell = "", ...args] = heartbeatCommand({ heartbeatSeconds: 60 }, file);
    try {
      execFileSync(shell, args, { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  const touched = (secondsAgo: number) => {
    const file = join(folder, `touched ${secondsAgo}`);
    writeFileSync(file, "");
    const time = Date.now() / 1000 - secondsAgo;
    utimesSync(file, time, time);
    return file;
  };

  it("succeeds for a file touched within the time", () => {
    assert.ok(beats(touched(0)));
    assert.ok(beats(touched(50)));
  });

  it("fails for one touched longer ago, and for none", () => {
    assert.equal(beats(touched(75)), false);
    assert.equal(beats(join(folder, "never")), false);
  });
});
