import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { WebService, type WebServiceArgs } from "../../components/app/webService";
import { at, deploy, isSecret, placement, refusal } from "../support/deploy";
import { image, store } from "../support/forms";

const minimal: WebServiceArgs = { namespace: placement, image };
const api = (args: Partial<WebServiceArgs> = {}) =>
  deploy(opts => new WebService("api", { ...minimal, ...args }, opts));
const refused = (args: object) => refusal(opts => new WebService("api", { ...minimal, ...args }, opts));
const container = "spec.template.spec.containers.0";

describe("WebService", () => {
  it("runs two replicas, never fewer during a rollout, spread over nodes and kept through drains", async () => {
    const deployed = await api();
    const spec = deployed.get("Deployment", "api").inputs["spec"];
    assert.equal(at(spec, "replicas"), 2);
    assert.deepEqual(at(spec, "strategy.rollingUpdate"), { maxUnavailable: 0, maxSurge: 1 });
    assert.equal((at(spec, "template.spec.topologySpreadConstraints") as unknown[]).length, 2);
    assert.deepEqual(at(deployed.get("PodDisruptionBudget", "api").inputs, "spec"), {
      maxUnavailable: 1,
      selector: { matchLabels: at(spec, "selector.matchLabels") },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("needs neither budget nor spread where it is alone", async () => {
    const deployed = await api({ replicas: 1 });
    assert.equal(deployed.all("PodDisruptionBudget").length, 0);
    const spec = deployed.get("Deployment", "api").inputs["spec"];
    assert.equal(at(spec, "template.spec.topologySpreadConstraints"), undefined);
  });

  it("leaves the number of replicas to the autoscaler where there is one", async () => {
    const deployed = await api({ autoscale: { minReplicas: 1, maxReplicas: 6 } });
    assert.equal(at(deployed.get("Deployment", "api").inputs, "spec.replicas"), undefined);
    assert.deepEqual(at(deployed.get("HorizontalPodAutoscaler", "api").inputs, "spec"), {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
      minReplicas: 1,
      maxReplicas: 6,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    });
    assert.equal(deployed.all("PodDisruptionBudget").length, 1, "six pods need a budget");
  });

  it("is reached where its process listens, on one port throughout", async () => {
    const deployed = await api({ port: 9443, healthPath: "/ready" });
    const inputs = deployed.get("Deployment", "api").inputs;
    assert.deepEqual(at(deployed.get("Service", "api").inputs, "spec.ports"), [
      { name: "https", port: 9443, targetPort: 9443 },
    ]);
    assert.deepEqual(at(inputs, `${container}.ports`), [{ name: "https", containerPort: 9443 }]);
    assert.deepEqual(at(inputs, `${container}.readinessProbe.httpGet`), {
      path: "/ready",
      port: 9443,
      scheme: "HTTPS",
    });
    assert.deepEqual(at(inputs, `${container}.livenessProbe.tcpSocket`), { port: 9443 });
    const env = at(inputs, `${container}.env`) as { name: string; value: string }[];
    assert.equal(env.find(({ name }) => name === "PORT")?.value, "9443");
  });

  it("selects its replicas and not its migration's pod: that one serves nobody", async () => {
    const deployed = await api({ migration: { command: ["/migrate"] } });
    const selector = at(deployed.get("Service", "api").inputs, "spec.selector") as Record<string, string>;
    const selects = (labels: unknown) => Object.entries(selector).every(([name, value]) => at2(labels, name) === value);
    const at2 = (labels: unknown, name: string) => (labels as Record<string, string>)[name];
    assert.ok(selects(at(deployed.get("Deployment", "api").inputs, "spec.template.metadata.labels")));
    assert.ok(!selects(at(deployed.get("Job", "api-migrate").inputs, "spec.template.metadata.labels")));
  });

  it("leaves the endpoints before it is told to stop, and has time to finish after that", async () => {
    const pod = at((await api({ drainSeconds: 60 })).get("Deployment", "api").inputs, "spec.template.spec");
    assert.equal(at(pod, "containers.0.lifecycle.preStop.sleep.seconds"), 5);
    assert.equal(at(pod, "terminationGracePeriodSeconds"), 65);
  });

  it("starts after its certificate is there", async () => {
    const deployed = await api();
    const certificate = deployed.custom("Certificate", "api-tls");
    assert.ok(deployed.get("Deployment", "api").dependsOn.includes(certificate.urn));
    assert.deepEqual(at(certificate.inputs, "spec.dnsNames"), [
      "api",
      "api.flowmarine",
      "api.flowmarine.svc",
      "api.flowmarine.svc.cluster.local",
    ]);
    const env = at(deployed.get("Deployment", "api").inputs, `${container}.env`) as { name: string; value: string }[];
    assert.equal(env.find(({ name }) => name === "TLS_CERT_FILE")?.value, "/run/bulkhead/tls/tls.crt");
  });

  it("gives its address to whoever links to it, and opens exactly its port", async () => {
    const deployed = await deploy(opts => {
      const api = new WebService("my-api", minimal, opts);
      return new WebService("web", { ...minimal, links: [api] }, opts);
    });
    const web = deployed.get("Deployment", "web");
    const env = at(web.inputs, `${container}.env`) as { name: string; value: string }[];
    assert.equal(env.find(({ name }) => name === "MY_API_URL")?.value, "https://my-api.flowmarine.svc:8443");
    assert.ok(web.dependsOn.includes(deployed.get("Deployment", "my-api").urn));
    assert.deepEqual(at(deployed.get("NetworkPolicy", "web-into-my-api").inputs, "spec.ingress.0.ports"), [
      { port: 8443, protocol: "TCP" },
    ]);
  });

  it("offers metrics only where it says that it has them", async () => {
    let targets: unknown[][] = [];
    const deployed = await deploy(opts => {
      const made = [
        new WebService("a", minimal, opts),
        new WebService("b", { ...minimal, metricsPath: "/metrics" }, opts),
      ];
      targets = made.map(service => service.scrapeTargets());
    });
    assert.deepEqual(
      targets.map(({ length }) => length),
      [0, 1],
    );
    assert.equal(at(deployed.get("Service", "b-metrics").inputs, "spec.clusterIP"), "None");
    assert.equal(at(targets, "1.0.path"), "/metrics");
  });

  it("takes what its arguments do not offer by transform", async () => {
    const deployed = await api({
      transform: {
        deployment: args => ({ ...args, spec: { ...(args.spec as object), revisionHistoryLimit: 2 } as never }),
        service: args => ({ ...args, spec: { ...(args.spec as object), sessionAffinity: "ClientIP" } }),
      },
    });
    assert.equal(at(deployed.get("Deployment", "api").inputs, "spec.revisionHistoryLimit"), 2);
    assert.equal(at(deployed.get("Service", "api").inputs, "spec.sessionAffinity"), "ClientIP");
    assert.match(
      await refused({ transform: { deployment: () => undefined } }),
      /^WebService "api": transform must return the arguments of Deployment "api", got undefined$/,
    );
  });

  it("refuses each wrong argument in one sentence that names component, field and value", async () => {
    const cases: [object, string][] = [
      [{ port: 80 }, 'WebService "api": port must be a whole number in 1024 to 65535, got 80'],
      [{ port: Number.NaN }, 'WebService "api": port must be a whole number in 1024 to 65535, got NaN'],
      [{ port: "8443" }, 'WebService "api": port must be a whole number in 1024 to 65535, got "8443"'],
      [{ replicas: 0 }, 'WebService "api": replicas must be a whole number in 1 to 1000, got 0'],
      [{ replicas: -1 }, 'WebService "api": replicas must be a whole number in 1 to 1000, got -1'],
      [
        { autoscale: { minReplicas: 3, maxReplicas: 2 } },
        'WebService "api": autoscale.maxReplicas must be a whole number in 3 to 1000, got 2',
      ],
      [
        { autoscale: { minReplicas: 1, maxReplicas: 2, cpuPercent: 70.5 } },
        'WebService "api": autoscale.cpuPercent must be a whole number in 1 to 100, got 70.5',
      ],
      [{ drainSeconds: 1e9 }, 'WebService "api": drainSeconds must be a whole number in 0 to 3600, got 1000000000'],
      [{ healthPath: "" }, 'WebService "api": healthPath must be a path that starts with / and has no spaces, got ""'],
      [
        { metricsPath: "métrique" },
        'WebService "api": metricsPath must be a path that starts with / and has no spaces, got "métrique"',
      ],
      [{ memoryMiB: -5 }, 'WebService "api": memoryMiB must be a whole number in 1 to 250000000, got -5'],
      [
        { command: "node server.js" },
        'WebService "api": command must be a list of texts, not empty, got "node server.js"',
      ],
      [
        { image: "nginx:1" },
        'WebService "api": image must be pinned by digest, registry/name@sha256:<64 hex digits>, or an image of this program, got "nginx:1"',
      ],
      [
        { namespace: "flowmarine" },
        'WebService "api": namespace must be a SecureNamespace, or an object with namespaceName and issuer, got "flowmarine"',
      ],
      [
        { namespace: { namespaceName: "flowmarine" } },
        'WebService "api": issuer must have a kind, Issuer or ClusterIssuer, and a name, got undefined',
      ],
      [
        { migration: { command: [] } },
        'WebService "api": migration.command must be a list of texts, not empty, got an empty list',
      ],
      [
        { exceptions: [{ rule: "x" }] },
        'WebService "api": exceptions[0].reason must be a text that is not blank, got undefined',
      ],
    ];
    for (const [args, message] of cases) assert.equal(await refused(args), message);
  });

  it("lets no variable have two owners", async () => {
    assert.equal(
      await refused({ env: { PORT: "1" } }),
      'WebService "api": the environment variable PORT is set by env and by the component',
    );
    assert.equal(
      await refused({ links: [store("database")], env: { DATABASE_PASSWORD: "x" } }),
      'WebService "api": the environment variable DATABASE_PASSWORD is set by env and by a link',
    );
    assert.equal(
      await refused({ env: { TOKEN: "x" }, secretEnv: { TOKEN: "y" } }),
      'WebService "api": the environment variable TOKEN is set by secretEnv and by env',
    );
    assert.equal(await refused({ secretEnv: { TOKEN: "" } }), 'WebService "api": secretEnv.TOKEN must have a value');
    assert.match(
      await refused({ env: { A: pulumi.output("x") } }),
      /^WebService "api": env\.A must be a text; .* secrets by secretEnv$/,
    );
  });

  it("keeps secrets in a Secret of its own, marked as such, and nowhere else", async () => {
    const deployed = await api({ links: [store("database")], secretEnv: { SESSION_SECRET: "hunter3" } });
    const secret = deployed.get("Secret", "api-env");
    assert.deepEqual(at(secret.inputs, "stringData"), { DATABASE_PASSWORD: "hunter2", SESSION_SECRET: "hunter3" });
    assert.ok(isSecret(secret.wire["stringData"]));
    assert.equal(at(secret.inputs, "immutable"), true, "a changed value must be a new Secret, and so a rollout");
    const others = deployed.resources.filter(({ urn }) => urn !== secret.urn);
    assert.doesNotMatch(JSON.stringify(others.map(({ wire }) => wire)), /hunter/);
    const env = at(deployed.get("Deployment", "api").inputs, `${container}.env`) as { name: string }[];
    assert.deepEqual(
      env.find(({ name }) => name === "SESSION_SECRET"),
      {
        name: "SESSION_SECRET",
        valueFrom: { secretKeyRef: { name: "api-env-1a2b3c4d", key: "SESSION_SECRET" } },
      },
    );
  });
});

describe("a workload", () => {
  it("starts after the policies that let it talk, so that its first call gets through", async () => {
    const deployed = await api({
      links: [store("database")],
      egress: [{ name: "slack", to: "public" }],
      migration: { command: ["/migrate"] },
    });
    for (const policy of ["api-to-database", "api-into-database", "api-egress-slack"]) {
      const { urn } = deployed.get("NetworkPolicy", policy);
      assert.ok(deployed.get("Job", "api-migrate").dependsOn.includes(urn), policy);
      assert.ok(deployed.get("Deployment", "api").dependsOn.includes(urn), policy);
    }
  });

  it("pulls its image with the registry credentials it is given", async () => {
    const deployed = await api({ imagePullSecrets: ["registry"] });
    assert.deepEqual(deployed.get("ServiceAccount", "api").inputs["imagePullSecrets"], [{ name: "registry" }]);
    assert.match(
      await refused({ imagePullSecrets: "registry" }),
      /imagePullSecrets must be a list of texts, got "registry"$/,
    );
  });

  it("reserves and may use what it is given, on paths it is given", async () => {
    const deployed = await api({
      cpuMillis: 500,
      memoryMiB: 1024,
      writablePaths: [{ path: "/var/cache", sizeMiB: 100 }],
    });
    const made = at(deployed.get("Deployment", "api").inputs, container);
    assert.deepEqual(at(made, "resources"), {
      requests: { cpu: "500m", memory: "1024Mi", "ephemeral-storage": "164Mi" },
      limits: { cpu: "2000m", memory: "1024Mi", "ephemeral-storage": "164Mi" },
    });
    const writable = (at(made, "volumeMounts") as { mountPath: string; readOnly: boolean }[]).filter(m => !m.readOnly);
    assert.deepEqual(
      writable.map(({ mountPath }) => mountPath),
      ["/var/cache"],
    );
  });
});

describe("a migration", () => {
  const deployed = () =>
    api({ command: ["/server"], args: ["--serve"], links: [store("database")], migration: { command: ["/migrate"] } });

  it("runs to its end before the new version starts, and once only", async () => {
    const made = await deployed();
    const job = made.get("Job", "api-migrate");
    assert.ok(made.get("Deployment", "api").dependsOn.includes(job.urn));
    assert.equal(at(job.inputs, "spec.backoffLimit"), 0);
    assert.equal(at(job.inputs, "metadata.name"), undefined, "an autonamed Job: a new image makes a new one");
    assert.equal(at(job.inputs, "spec.activeDeadlineSeconds"), 600);
    assert.deepEqual(at(job.inputs, "metadata.annotations"), { "pulumi.com/timeoutSeconds": "720" });
  });

  it("has the service's image, variables and way to the database, and not its arguments", async () => {
    const made = await deployed();
    const [job, service] = [made.get("Job", "api-migrate"), made.get("Deployment", "api")].map(({ inputs }) =>
      at(inputs, container),
    );
    assert.deepEqual(at(job, "command"), ["/migrate"]);
    assert.equal(at(job, "args"), undefined);
    assert.deepEqual(at(service, "args"), ["--serve"]);
    assert.deepEqual(at(job, "env"), at(service, "env"));
    assert.equal(at(job, "image"), at(service, "image"));
    const allowed = at(
      made.get("NetworkPolicy", "api-into-database").inputs,
      "spec.ingress.0.from.0.podSelector.matchLabels",
    );
    const labels = at(made.get("Job", "api-migrate").inputs, "spec.template.metadata.labels") as Record<string, string>;
    for (const [name, value] of Object.entries(allowed as object)) assert.equal(labels[name], value);
  });
});
