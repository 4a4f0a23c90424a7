import assert from "node:assert/strict";
import { type ContainerArgs, hardenedPod, type PodArgs } from "../../components/lib/hardenedPod";
import { at } from "../support/deploy";
import { image } from "../support/forms";

const container: ContainerArgs = { name: "api", image, resources: { cpuMillis: 100, memoryMiB: 128 } };
const pod = (args: Partial<PodArgs> = {}) =>
  hardenedPod({ serviceAccountName: "api", containers: [container], ...args });
const first = (args: Partial<ContainerArgs>) => at(pod({ containers: [{ ...container, ...args }] }), "containers.0");

describe("hardenedPod", () => {
  it("hardens every container alike: main ones, init containers and sidecars", () => {
    const spec = pod({
      initContainers: [
        { ...container, name: "init" },
        { ...container, name: "proxy", sidecar: true },
      ],
    });
    for (const path of ["containers.0", "initContainers.0", "initContainers.1"]) {
      assert.deepEqual(at(spec, `${path}.securityContext`), {
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      assert.notEqual(at(spec, `${path}.resources.limits.memory`), undefined);
    }
    assert.equal(at(spec, "initContainers.0.restartPolicy"), undefined);
    assert.equal(at(spec, "initContainers.1.restartPolicy"), "Always");
  });

  it("runs as a user above 10000 in the default seccomp profile, without an API token or the list of Services", () => {
    const spec = pod();
    assert.deepEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.enableServiceLinks, false);
    assert.equal(pod({ apiToken: true }).automountServiceAccountToken, true);
  });

  it("counts disk-backed writable paths as ephemeral storage, and those in memory not", () => {
    const made = first({
      writablePaths: [
        { path: "/tmp", sizeMiB: 10 },
        { path: "/run/app", sizeMiB: 20, memory: true },
      ],
    });
    assert.equal(at(made, "resources.limits.ephemeral-storage"), "74Mi");
    assert.deepEqual(at(made, "volumeMounts"), [
      { name: "api-tmp", mountPath: "/tmp", readOnly: false },
      { name: "api-run-app", mountPath: "/run/app", readOnly: false },
    ]);
  });

  it("keeps the order of variables whatever order they came in, and puts first what others may refer to", () => {
    const env = {
      URL: "db://$(PASSWORD)",
      A: "1",
      PASSWORD: { secret: "db", key: "password" },
      IP: { field: "status.podIP" },
    };
    const names = (given: object) =>
      (at(first({ env: given as never }), "env") as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names(env), ["IP", "PASSWORD", "A", "URL"]);
    assert.deepEqual(names(Object.fromEntries(Object.entries(env).reverse())), names(env));
  });

  it("waits in preStop before SIGTERM reaches the program", () => {
    assert.deepEqual(at(first({ preStopSeconds: 5 }), "lifecycle"), { preStop: { sleep: { seconds: 5 } } });
  });

  it("spreads pods of one version over zones and nodes, softly", () => {
    const spread = pod({ spread: { app: "api" } }).topologySpreadConstraints as object[];
    assert.deepEqual(
      spread.map(constraint => at(constraint, "topologyKey")),
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
    );
    for (const constraint of spread) {
      assert.equal(at(constraint, "whenUnsatisfiable"), "ScheduleAnyway");
      assert.deepEqual(at(constraint, "matchLabelKeys"), ["pod-template-hash"]);
    }
    assert.equal(pod().topologySpreadConstraints, undefined);
  });

  it("refuses what the API server or the program would only refuse later, naming field and value", () => {
    const mount = { volume: "data", path: "/data" };
    const wrong: [Partial<ContainerArgs>, RegExp][] = [
      [{ name: "API" }, /container name must be .*"API"/],
      [{ image: "nginx:1.30" }, /image must be pinned by digest.*"nginx:1.30"/],
      [{ image: undefined as never }, /image must be pinned by digest.*undefined/],
      [{ command: "node server.js" as never }, /command must be a list of texts, not empty, got "node server.js"/],
      [{ command: [] }, /command must be a list of texts, not empty, got an empty list/],
      [{ args: [1] as never }, /args\[0\] must be a text, got 1/],
      [{ env: { "1A": "x" } }, /name of an environment variable must be .*"1A"/],
      [{ env: { PORT: 8443 as never } }, /env\.PORT must be a text, got a number/],
      [{ ports: { "a-name-too-long-for-a-port": 8443 } }, /name of port 8443 must be .*at most 15/],
      [{ ports: { https: 70_000 } }, /port https must be a whole number in 1 to 65535, got 70000/],
      [{ resources: { cpuMillis: -5, memoryMiB: 64 } }, /cpuMillis must be a whole number .*got -5/],
      [{ mounts: [mount] }, /container api must mount volumes that its pod has, got "data"/],
      [{ writablePaths: [{ path: "/tmp" }, { path: "/tmp" }] }, /must have names of their own|mount each path once/],
      [{ writablePaths: [{ path: "/etc/../tmp" }] }, /path must be an absolute path below \//],
    ];
    for (const [args, message] of wrong) assert.throws(() => first(args), message);
    const data = { name: "data", emptyDirMiB: 1 };
    assert.throws(() => pod({ volumes: [data, data] }), /volumes must have names of their own, got "data" twice/);
    assert.throws(
      () => pod({ volumes: [data], containers: [{ ...container, mounts: [mount, mount] }] }),
      /container api must mount each path once, got "\/data"/,
    );
    assert.throws(() => pod({ uid: 0 }), /uid must be a whole number in 1 to 4294967294, got 0/);
    assert.throws(() => pod({ terminationGracePeriodSeconds: -1 }), /terminationGracePeriodSeconds must be .*got -1/);
  });

  it("never shows the value of a variable in an error: it may be a secret", () => {
    assert.throws(
      () => first({ env: { PASSWORD: 12345 as never } }),
      (error: Error) => error.message.includes("PASSWORD") && !error.message.includes("12345"),
    );
  });
});
