import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { WebService } from "../../components/app/webService";
import { images } from "../../components/images/catalogue";
import type { RuleFile } from "../../components/observability/alerts/rules";
import { ObservabilityStack, type ObservabilityStackArgs } from "../../components/observability/observabilityStack";
import type { Scrapeable } from "../../components/observability/scrape";
import { TelemetryCollector } from "../../components/observability/telemetryCollector";
import { at, type Deployment, deploy, placement, refusal } from "../support/deploy";

const nodes = { ...placement, namespaceName: "flowmarine-node" };
const image = `registry.example/api@sha256:${"a".repeat(64)}`;

type Args = Partial<Omit<ObservabilityStackArgs, "collector">>;

function stack(args: Args, opts: pulumi.ComponentResourceOptions, prefix = ""): ObservabilityStack {
  const collector = new TelemetryCollector(`${prefix}telemetry`, { namespace: placement, images: images() }, opts);
  const api = new WebService(
    `${prefix}api`,
    { namespace: placement, image, links: [collector], metricsPath: "/metrics" },
    opts,
  );
  return new ObservabilityStack(
    `${prefix}observability`,
    {
      namespace: placement,
      nodeNamespace: nodes,
      images: images(),
      collector,
      targets: [api],
      nodeAccess: { owner: "platform", expires: "2027-11-30" },
      ...args,
    },
    opts,
  );
}
const observability = (args: Args = {}) => deploy(opts => stack(args, opts));

/** With all that is optional; read by most tests, made once. */
let complete: Promise<Deployment> | undefined;
const everything = () => (complete ??= observability({ grafana, kubeStateMetrics: {}, receivers: [slack] }));

const grafana = { adminPassword: "correct horse battery staple" };
const slackUrl = "https://hooks.slack.com/services/T000/B000/planted";
const slack = { kind: "slack", name: "team", channel: "#alerts", webhookUrl: slackUrl } as const;

/** A file of a part's ConfigMap. */
function file(deployed: Deployment, part: string, name: string): string {
  const data = at(deployed.get("ConfigMap", `${part}-config`).inputs, "data") as Record<string, string>;
  const text = data[name];
  assert.ok(text, `no ${name} in ${Object.keys(data).join(", ")}`);
  return text;
}

interface PrometheusFile {
  scrape_configs: { job_name: string; scheme: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
}
const prometheusFile = (deployed: Deployment) =>
  JSON.parse(file(deployed, "observability-metrics", "prometheus.yml")) as PrometheusFile;

describe("ObservabilityStack", () => {
  it("reads every target that the program names, and its own parts, each over TLS", async () => {
    const jobs = prometheusFile(await everything()).scrape_configs;
    assert.deepEqual(jobs.map(j => j.job_name).sort(), [
      "api",
      "observability-alerts",
      "observability-cluster",
      "observability-grafana",
      "observability-logs",
      "observability-metrics",
      "observability-node",
      "telemetry",
      "telemetry-loki",
    ]);
    assert.deepEqual([...new Set(jobs.map(j => j.scheme))], ["https"]);
  });

  it("finds targets by the name of their headless Service, which lists sick pods too", async () => {
    const deployed = await everything();
    const api = prometheusFile(deployed).scrape_configs.find(j => j.job_name === "api");
    assert.deepEqual(
      api?.dns_sd_configs?.map(({ names, port }) => ({ names, port })),
      [{ names: ["api-metrics.flowmarine.svc.cluster.local"], port: 8443 }],
    );
    const service = deployed.get("Service", "api-metrics").inputs;
    assert.equal(at(service, "spec.clusterIP"), "None");
    assert.equal(at(service, "spec.publishNotReadyAddresses"), true);
  });

  it("opens the way to each target on both sides, and to nothing else", async () => {
    const deployed = await observability();
    for (const job of ["api", "telemetry", "telemetry-loki", "observability-node", "observability-logs"]) {
      deployed.get("NetworkPolicy", `observability-metrics-to-${job}`);
      deployed.get("NetworkPolicy", `observability-metrics-into-${job}`);
    }
    const into = deployed.get("NetworkPolicy", "observability-metrics-into-observability-node").inputs;
    assert.equal(at(into, "metadata.namespace"), "flowmarine-node");
    assert.deepEqual(at(into, "spec.ingress.0.ports"), [{ port: 9100, protocol: "TCP" }]);
    const open = deployed.all("NetworkPolicy").filter(p => JSON.stringify(p.inputs).includes("ipBlock"));
    assert.deepEqual(open, []);
  });

  it("lets only the agents on the nodes break rules: those, until that day, on somebody's word", async () => {
    const deployed = await everything();
    const key = "policy.bulkhead.dev/exceptions";
    const excused: Record<string, string[]> = {
      "observability-node": ["k8s-host-path", "k8s-volume-types", "k8s-runtime-socket"],
      "observability-logs": ["k8s-host-path", "k8s-volume-types", "k8s-run-as-group"],
    };
    for (const { name, inputs } of deployed.all("DaemonSet")) {
      for (const path of ["metadata.annotations", "spec.template.metadata.annotations"]) {
        const text = (at(inputs, path) as Record<string, string>)[key] ?? "[]";
        const given = JSON.parse(text) as { rule: string; owner: string; expires: string }[];
        assert.deepEqual(
          given.map(({ rule, owner, expires }) => ({ rule, owner, expires })),
          excused[name]?.map(rule => ({ rule, owner: "platform", expires: "2027-11-30" })),
        );
      }
    }
    for (const kind of ["StatefulSet", "Deployment"]) {
      for (const { inputs } of deployed.all(kind)) assert.ok(!JSON.stringify(inputs).includes(key));
    }
  });

  it("mounts what it sees of a node read-only, and follows what is mounted there later", async () => {
    const deployed = await everything();
    const mounts = deployed.all("DaemonSet").map(({ name, inputs }) => {
      const volumes = at(inputs, "spec.template.spec.volumes") as { name: string; hostPath?: { path: string } }[];
      const ofNode = volumes.filter(v => v.hostPath !== undefined);
      const all = at(inputs, "spec.template.spec.containers.0.volumeMounts") as { name: string }[];
      return [name, ofNode.map(v => v.hostPath?.path), all.filter(m => ofNode.some(v => v.name === m.name))];
    });
    const mount = (volume: string, mountPath: string) => ({
      name: volume,
      mountPath,
      readOnly: true,
      mountPropagation: "HostToContainer",
    });
    assert.deepEqual(mounts.sort(), [
      ["observability-logs", ["/var/log/pods"], [mount("logs", "/var/log/pods")]],
      ["observability-node", ["/"], [mount("root", "/host/root")]],
    ]);
  });

  it("has no Grafana and no access to the Kubernetes API unless they are asked for", async () => {
    const deployed = await observability();
    assert.equal(deployed.all("ClusterRole").length, 0);
    assert.deepEqual(
      deployed
        .all("StatefulSet")
        .map(r => r.name)
        .sort(),
      ["observability-alerts", "observability-metrics", "telemetry", "telemetry-loki"],
    );
  });

  it("keeps secrets in Secrets: no receiver's URL and no password in any other object", async () => {
    const deployed = await everything();
    const leaks = deployed.resources.filter(
      ({ type, inputs }) =>
        !type.endsWith(":Secret") && new RegExp(`${slackUrl}|${grafana.adminPassword}`).test(JSON.stringify(inputs)),
    );
    assert.deepEqual(
      leaks.map(r => r.urn),
      [],
    );
    assert.deepEqual(at(deployed.get("Secret", "observability-alerts-receivers").inputs, "stringData"), {
      team: slackUrl,
    });
  });

  it("protects what is stored, unless told not to", async () => {
    const kept = (await everything()).all("PersistentVolumeClaim");
    assert.deepEqual(
      kept.filter(c => !c.protect),
      [],
    );
    const stack = await observability({ deletionProtection: false });
    assert.equal(stack.get("PersistentVolumeClaim", "observability-metrics-data").protect, false);
  });

  it("puts its volumes on the storage class that is asked for", async () => {
    const deployed = await observability({ storageClass: "fast" });
    const claim = deployed.get("PersistentVolumeClaim", "observability-metrics-data").inputs;
    assert.equal(at(claim, "spec.storageClassName"), "fast");
  });

  it("takes its configuration from an autonamed ConfigMap, so that a change restarts the part", async () => {
    const statefulSet = (await everything()).get("StatefulSet", "observability-metrics").inputs;
    assert.deepEqual(at(statefulSet, "spec.template.spec.volumes.0"), {
      name: "config",
      configMap: { name: "observability-metrics-config-1a2b3c4d", defaultMode: 0o444 },
    });
  });

  it("has the alerts of what is deployed, and of nothing else", async () => {
    const groups = async (args: Args) => {
      const data = at((await observability(args)).get("ConfigMap", "observability-metrics-config").inputs, "data");
      return Object.keys(data as object)
        .flatMap(name => /^rules-(.*)\.yml$/.exec(name)?.[1] ?? [])
        .sort();
    };
    const always = ["application", "availability", "maritime", "meta", "security", "system"];
    assert.deepEqual(await groups({}), always);
    assert.deepEqual(await groups({ kubeStateMetrics: {} }), [...always, "kubernetes"].sort());
  });

  it("gives Grafana its dashboards as files", async () => {
    const boards = (await everything()).get("ConfigMap", "observability-grafana-dashboards").inputs;
    assert.deepEqual(Object.keys(at(boards, "data") as object), ["overview.json"]);
  });

  it("misses each target by name when it is gone", async () => {
    const rules = JSON.parse(file(await everything(), "observability-metrics", "rules-availability.yml")) as RuleFile;
    const absent = rules.groups[0]?.rules.filter(rule => rule.alert === "TargetAbsent").map(rule => rule.expr);
    assert.equal(absent?.length, 8);
    assert.ok(absent.includes('absent(up{job="api",component="api"})'));
  });

  it("changes an alert as the stack wants it", async () => {
    const deployed = await observability({
      alerts: {
        MemoryLow: { forMinutes: 30, severity: "critical", thresholds: { freePercent: 5 } },
        ClockSkewed: { enabled: false },
      },
      runbookUrl: "https://wiki.example/runbooks/",
    });
    const rules = JSON.parse(file(deployed, "observability-metrics", "rules-system.yml")) as RuleFile;
    const memory = rules.groups[0]?.rules.find(rule => rule.alert === "MemoryLow");
    assert.equal(memory?.for, "1800s");
    assert.equal(memory.labels?.["severity"], "critical");
    assert.match(memory.expr, / < 5$/);
    assert.equal(memory.annotations?.["runbook_url"], "https://wiki.example/runbooks/MemoryLow.md");
    assert.equal(
      rules.groups[0]?.rules.find(rule => rule.alert === "ClockSkewed"),
      undefined,
    );
  });

  const wrong: [string, NonNullable<Args["alerts"]>, RegExp][] = [
    ["an alert that does not exist", { MemoryLoww: {} }, /alerts\.MemoryLoww is no alert/],
    [
      "a threshold that the alert does not have",
      { MemoryLow: { thresholds: { freeBytes: 5 } } },
      /alerts\.MemoryLow\.thresholds\.freeBytes is not known; the alert has freePercent$/,
    ],
    [
      "a value that its unit cannot have",
      { MemoryLow: { thresholds: { freePercent: 800 } } },
      /alerts\.MemoryLow\.thresholds\.freePercent must be above 0 and at most 100 \(percent\), got 800$/,
    ],
  ];
  for (const [what, alerts, message] of wrong) {
    it(`refuses to change ${what}`, async () => {
      assert.match(await refusal(o => stack({ alerts }, o)), message);
    });
  }

  it("refuses a target that has no metrics, naming it", async () => {
    const targets = [undefined as unknown as Scrapeable];
    assert.match(
      await refusal(o => stack({ targets }, o)),
      /^ObservabilityStack "observability": targets\[0\] must be a component with metrics, declared before this one, got undefined$/,
    );
  });

  it("refuses one job twice: its series would be mixed", async () => {
    const message = await refusal(o => {
      const api = new WebService("shop", { namespace: placement, image, metricsPath: "/metrics" }, o);
      return stack({ targets: [api, api] }, o);
    });
    assert.equal(message, 'Prometheus "observability-metrics": targets must name each job once, got "shop"');
  });

  it("fits twice in one stack", async () => {
    const deployed = await deploy(opts => [stack({ grafana }, opts), stack({ grafana }, opts, "second-")]);
    assert.equal(new Set(deployed.urns()).size, deployed.urns().length);
  });
});
