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

  it("gives Grafana the dashboards of what is deployed, in folders", async () => {
    const deployed = await everything();
    const boards = at(deployed.get("ConfigMap", "observability-grafana-dashboards").inputs, "data") as object;
    const names = Object.keys(boards).sort();
    assert.deepEqual(names, [
      "application.application.json",
      "fleet.fleet.json",
      "platform.kubernetes.json",
      "platform.logs.json",
      "platform.monitoring.json",
      "platform.nodes.json",
      "platform.overview.json",
      "security.security.json",
    ]);
    const volumes = at(deployed.get("StatefulSet", "observability-grafana").inputs, "spec.template.spec.volumes");
    const items = (volumes as object[]).map(v => at(v, "configMap.items")).at(-1) as { key: string; path: string }[];
    assert.deepEqual(items.map(({ key }) => key).sort(), names);
    assert.ok(items.every(({ key, path }) => path === key.replace(".", "/")));
    const provisioned = JSON.parse(file(deployed, "observability-grafana", "dashboards.yaml")) as {
      providers: { folder: string; options: { path: string } }[];
    };
    const folders = new Set(items.map(({ path }) => `/etc/bulkhead-dashboards/${path.split("/")[0]}`));
    assert.deepEqual(provisioned.providers.map(({ options }) => options.path).sort(), [...folders].sort());
  });

  it("tells with each alert where its panel is, in this stack's Grafana", async () => {
    const publicUrl = "https://grafana.example/";
    const deployed = await observability({ grafana: { ...grafana, publicUrl } });
    const rules = JSON.parse(file(deployed, "observability-metrics", "rules-system.yml")) as RuleFile;
    const urls = rules.groups[0]?.rules.map(rule => rule.annotations?.["dashboard_url"] ?? "");
    assert.ok(
      urls?.length && urls.every(url => /^https:\/\/grafana\.example\/d\/bulkhead-\w+\?viewPanel=panel-\d+$/.test(url)),
    );
    const without = JSON.parse(file(await observability(), "observability-metrics", "rules-system.yml")) as RuleFile;
    assert.ok(without.groups[0]?.rules.every(rule => !("dashboard_url" in (rule.annotations ?? {}))));
  });

  it("turns a panel red where this stack's alert fires", async () => {
    const alerts = { MemoryLow: { thresholds: { freePercent: 3 } } };
    const deployed = await observability({ grafana, alerts });
    const boards = at(deployed.get("ConfigMap", "observability-grafana-dashboards").inputs, "data");
    const nodes = JSON.parse((boards as Record<string, string>)["platform.nodes.json"] ?? "") as {
      panels: { title: string; fieldConfig?: object }[];
    };
    const memory = nodes.panels.find(({ title }) => title === "Available memory");
    assert.equal(at(memory, "fieldConfig.defaults.thresholds.steps.1.value"), 3);
  });

  describe("container metrics", () => {
    let deployed: Deployment;
    before(async () => (deployed = await observability({ containerMetrics: {} })));

    it("come from each node's own kubelet, by a right to read metrics and nothing else", () => {
      const role = deployed.get("ClusterRole", "observability-containers-api").inputs;
      assert.deepEqual(at(role, "rules"), [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }]);
      const pod = at(deployed.get("DaemonSet", "observability-containers").inputs, "spec.template.spec");
      const address = (at(pod, "containers.0.env") as { name: string }[]).find(({ name }) => name === "NODE_ADDRESS");
      assert.deepEqual(at(address, "valueFrom.fieldRef.fieldPath"), "status.hostIP");
      assert.equal(at(pod, "automountServiceAccountToken"), false);
      assert.ok((at(pod, "volumes") as object[]).every(volume => !("hostPath" in volume)));
    });

    it("need no exception, and open the kubelet's port and no other", () => {
      const { inputs } = deployed.get("DaemonSet", "observability-containers");
      assert.ok(!JSON.stringify(inputs).includes("policy.bulkhead.dev/exceptions"));
      const out = deployed.get("NetworkPolicy", "observability-containers-egress-kubelet").inputs;
      assert.deepEqual(at(out, "spec.egress.0.ports"), [{ port: 10250, protocol: "TCP" }]);
    });

    it("are those of the catalogue: a kubelet has thousands of others", () => {
      const config = JSON.parse(file(deployed, "observability-containers", "config.yaml")) as object;
      const keep = at(config, "receivers.prometheus.config.scrape_configs.0.metric_relabel_configs.0");
      assert.equal(at(keep, "action"), "keep");
      const kept = String(at(keep, "regex")).split("|");
      assert.ok(kept.includes("container_memory_working_set_bytes") && kept.length < 20, kept.join());
    });

    it("verify the kubelet where its certificate is the cluster's", async () => {
      const tls = (config: string) => at(JSON.parse(config), "receivers.prometheus.config.scrape_configs.0.tls_config");
      assert.deepEqual(tls(file(deployed, "observability-containers", "config.yaml")), { insecure_skip_verify: true });
      const verified = await observability({ containerMetrics: { verifyKubelet: true } });
      assert.deepEqual(tls(file(verified, "observability-containers", "config.yaml")), {
        ca_file: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
      });
    });
  });

  it("asks the cluster's cert-manager, and makes nothing in its namespace", async () => {
    const deployed = await observability({ certManager: { namespace: "cert-manager" } });
    const job = prometheusFile(deployed).scrape_configs.find(j => j.job_name === "observability-certificates");
    assert.deepEqual(
      job?.dns_sd_configs?.map(({ names, port }) => ({ names, port })),
      [{ names: ["cert-manager.cert-manager.svc.cluster.local"], port: 9402 }],
    );
    const there = deployed.resources.filter(({ inputs }) => at(inputs, "metadata.namespace") === "cert-manager");
    assert.deepEqual(
      there.map(({ urn }) => urn),
      [],
    );
    const out = deployed.get("NetworkPolicy", "observability-metrics-to-observability-certificates").inputs;
    assert.deepEqual(at(out, "spec.egress.0.ports"), [{ port: 9402, protocol: "TCP" }]);
  });

  describe("probes", () => {
    const probes = [{ name: "site", url: "https://app.example/" }];

    it("are asked of a prober, each with its module, under the name that people call it by", async () => {
      const deployed = await observability({ probes });
      const checks = prometheusFile(deployed).scrape_configs.find(j => j.job_name === "observability-probes-checks");
      assert.deepEqual(at(checks, "static_configs"), [
        {
          targets: ["observability-probes-metrics.flowmarine.svc.cluster.local:9115"],
          labels: {
            probe: "site",
            instance: "https://app.example/",
            __param_module: "site",
            __param_target: "https://app.example:443/",
          },
        },
      ]);
      assert.equal(at(checks, "metrics_path"), "/probe");
    });

    it("reach any public address on the port of their URL, and a service of the cluster by a link", async () => {
      const out = at(
        (await observability({ probes })).get("NetworkPolicy", "observability-probes-egress-public").inputs,
        "spec.egress.0",
      );
      assert.deepEqual(at(out, "ports"), [{ port: 443, protocol: "TCP" }]);
      const deployed = await deploy(opts => {
        const through = new WebService("shop", { namespace: placement, image }, opts);
        return stack({ probes: [{ name: "shop", url: "https://shop.example/", through }] }, opts);
      });
      deployed.get("NetworkPolicy", "observability-probes-to-shop");
      assert.ok(!deployed.all("NetworkPolicy").some(({ name }) => name === "observability-probes-egress-public"));
      const checks = prometheusFile(deployed).scrape_configs.find(j => j.job_name === "observability-probes-checks");
      assert.equal(at(checks, "static_configs.0.labels.__param_target"), "https://shop.flowmarine.svc:8443/");
    });

    const bad: [string, NonNullable<Args["probes"]>, RegExp][] = [
      [
        "a URL without TLS",
        [{ name: "site", url: "http://app.example/" }],
        /probes\.site\.url must be a URL that starts with https:\/\/ or wss:\/\/, got "http:/,
      ],
      ["what is no URL", [{ name: "site", url: "app.example" }], /probes\.site\.url must be a URL/],
      ["a name twice", [...probes, ...probes], /probes must name each check once, got "site"$/],
      [
        "a name that is none",
        [{ name: "Site 1", url: "https://a.example/" }],
        /probes: name must be lower-case letters/,
      ],
      [
        "a status that is none",
        [{ name: "site", url: "https://a.example/", status: 2000 }],
        /probes\.site\.status must be a whole number in 100 to 599/,
      ],
    ];
    for (const [what, given, message] of bad) {
      it(`refuse ${what}`, async () => {
        assert.match(await refusal(o => stack({ probes: given }, o)), message);
      });
    }
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
