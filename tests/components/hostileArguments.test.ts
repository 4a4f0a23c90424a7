import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/index";
import { Alertmanager } from "../../components/observability/alertmanager";
import { Blackbox } from "../../components/observability/blackbox";
import { CertManagerMetrics } from "../../components/observability/certManagerMetrics";
import { ContainerMetrics } from "../../components/observability/containerMetrics";
import { Grafana } from "../../components/observability/grafana";
import { KubeStateMetrics } from "../../components/observability/kubeStateMetrics";
import { Loki } from "../../components/observability/loki";
import { Prometheus, prometheusAddress } from "../../components/observability/prometheus";
import { membersOf, sourceFiles } from "../support/declarations";
import { deploy, placement, refusal } from "../support/deploy";
import { context, image } from "../support/forms";
import { hostileValues } from "../support/hostileValues";

const values: readonly unknown[] = [...hostileValues, pulumi.output("later")];

type Options = pulumi.ComponentResourceOptions;
type Make = (name: string, args: object, opts: Options) => unknown;
/** The least that a component takes; made once a test where it holds another component. */
type Minimal = (opts: Options) => object;

const images = components.images();
const store = { namespace: placement, images, password: "planted" };
const site = (opts: Options) => ({
  namespace: placement,
  images,
  sites: [
    {
      hosts: ["app.example"],
      routes: [{ path: "/", to: new components.WebService("site", { namespace: placement, image }, opts) }],
    },
  ],
});

const nodeAccess = { owner: "platform", expires: "2027-11-30" };
const stackOf = (collector: components.TelemetryCollector) => ({
  ...{ namespace: placement, nodeNamespace: { ...placement, namespaceName: "nodes" } },
  ...{ images, collector, targets: [], nodeAccess },
});
const stack = (opts: Options) =>
  stackOf(new components.TelemetryCollector("telemetry", { namespace: placement, images }, opts));
const group = { name: "mine", alerts: [] };
const alert = {
  ...{ name: "Mine", severity: "info", owner: "platform", forMinutes: 1, thresholds: {}, expr: () => "up == 2" },
  ...{ summary: "x", description: "x" },
};
const oidc = {
  ...{ authUrl: "https://id.example/a", tokenUrl: "https://id.example/t", userInfoUrl: "https://id.example/u" },
  ...{ clientId: "grafana", clientSecret: "planted", roleAttributePath: "'Viewer'" },
};
const s3 = {
  ...{ bucket: "logs", region: "eu-central-1", from: "2026-12-01" },
  credentials: { accessKeyId: "planted", secretAccessKey: "planted" },
};
const receivers = {
  SlackReceiver: { kind: "slack", channel: "#alerts", webhookUrl: "https://hooks.example/planted" },
  WebhookReceiver: { kind: "webhook", url: "https://hooks.example/planted" },
  EmailReceiver: {
    ...{ kind: "email", recipients: ["a@b.example"], sender: "c@b.example", mailServer: "mail.b.example" },
    ...{ username: "alerts", password: "planted" },
  },
  PagerDutyReceiver: { kind: "pagerduty", routingKey: "planted" },
};

/** A component, the interfaces that its arguments are declared in, and the least that it takes. */
const targets: { kind: string; interfaces: string[]; minimal: Minimal; make: Make }[] = (
  [
    ["StaticSite", ["StaticSiteArgs", "Scaling", "ComponentArgs"], { namespace: placement, image }],
    ["EdgeGateway", ["EdgeGatewayArgs", "EdgeRules", "Scaling", "ComponentArgs"], site],
    [
      "WebService",
      ["WebServiceArgs", "WorkloadArgs", "Scaling", "Connections", "ComponentArgs"],
      { namespace: placement, image },
    ],
    [
      "Worker",
      ["WorkerArgs", "WorkloadArgs", "Scaling", "Connections", "ComponentArgs"],
      { namespace: placement, image },
    ],
    [
      "ScheduledJob",
      ["ScheduledJobArgs", "WorkloadArgs", "Connections", "ComponentArgs"],
      { namespace: placement, image, schedule: "@daily" },
    ],
    ["SecureNamespace", ["SecureNamespaceArgs", "ComponentArgs"], { issuer: placement.issuer }],
    ["CertificateAuthority", ["CertificateAuthorityArgs", "ComponentArgs"], {}],
    ["TelemetryCollector", ["TelemetryCollectorArgs", "ComponentArgs"], { namespace: placement, images }],
    ["PostgresDatabase", ["PostgresDatabaseArgs", "ComponentArgs"], store],
    ["MariaDbDatabase", ["MariaDbDatabaseArgs", "ComponentArgs"], store],
    ["RedisCache", ["RedisCacheArgs", "ComponentArgs"], store],
    ["ObservabilityStack", ["ObservabilityStackArgs", "ComponentArgs"], stack],
    ["ContainerImage", ["ContainerImageArgs"], { repository: "registry.example/app", tag: "v1", context }],
  ] as const
).map(([kind, interfaces, minimal]) => ({
  kind,
  interfaces: [...interfaces],
  minimal: (typeof minimal === "function" ? minimal : () => minimal) as Minimal,
  make: (name, args, opts) => new (components[kind] as unknown as new (...all: unknown[]) => unknown)(name, args, opts),
}));

const members = sourceFiles("components").flatMap(membersOf);
const fieldsOf = (interfaces: readonly string[]): string[] => {
  const fields = [...new Set(members.filter(member => interfaces.includes(member.interface)).map(({ name }) => name))];
  assert.ok(fields.length > 1, `${interfaces.join()}: ${fields.join()}`);
  return fields;
};

/** Gives one value and says how it is refused, if it is; a part of a component speaks in its own name, which begins with the component's. */
function attempt(kind: string, name: string, make: () => unknown): { refused: boolean; unclear?: string } {
  try {
    make();
    return { refused: false };
  } catch (error) {
    const { message } = error as Error;
    const named =
      message.startsWith(`${kind} "${name}": `) || new RegExp(`^[A-Z]\\w+ "${name}-[a-z-]+": `).test(message);
    const isClear = named && message.length < 400 && !message.includes("\n");
    return pulumi.RunError.isInstance(error) && isClear
      ? { refused: true }
      : { refused: true, unclear: message.slice(0, 200) };
  }
}

/** A whole stack, or its dashboards, take a tenth of a second: they get every third value, another third for each field. */
const slow = ["ObservabilityStack", "Grafana"];
const givenTo = (kind: string, field: number): readonly unknown[] =>
  values.filter((_, v) => !slow.includes(kind) || v % 3 === field % 3);

const title = (value: unknown) => inspect(value).replace(/\s+/g, " ").slice(0, 40);

/** Gives each field each value, in a component of its own, and holds it to what the tests below promise. */
async function giveAll(
  kind: string,
  fields: readonly string[],
  prepare: (opts: Options) => (name: string, given: object) => unknown,
): Promise<void> {
  const wrong: string[] = [];
  let refusals = 0;
  await deploy(opts => {
    const make = prepare(opts);
    fields.forEach((field, f) =>
      givenTo(kind, f).forEach((value, v) => {
        const name = `x-${f}-${v}`;
        const { refused, unclear } = attempt(kind, name, () => make(name, { [field]: value }));
        if (refused) refusals += 1;
        if (unclear !== undefined) wrong.push(`${field} = ${title(value)}: ${unclear}`);
      }),
    );
  });
  assert.deepEqual(wrong, []);
  assert.ok(refusals > fields.length, `only ${refusals} refusals`);
}

for (const { kind, interfaces, minimal, make } of targets) {
  describe(`${kind} given anything`, () => {
    it("takes it, or says in one sentence of its own what is wrong with which argument", async function () {
      this.timeout(120_000);
      await giveAll(kind, fieldsOf(interfaces), opts => {
        const least = minimal(opts);
        return (name, given) => make(name, { ...least, ...given }, opts);
      });
    });
  });
}

/** What parts of the stack are linked to. */
const shared = (opts: Options) => ({
  collector: new components.TelemetryCollector("telemetry", { namespace: placement, images }, opts),
  alertmanager: new Alertmanager("alerts", { namespace: placement, images }, opts),
});
type Shared = ReturnType<typeof shared>;
type MakePart = (name: string, settings: object, opts: Options, links: Shared) => unknown;

const where = { namespace: placement, images };
const alertmanager =
  (put: (settings: object) => object): MakePart =>
  (name, settings, opts) =>
    new Alertmanager(name, { ...where, ...put(settings) }, opts);
const loki =
  (put: (settings: object) => object): MakePart =>
  (name, settings, opts) =>
    new Loki(name, { ...where, ...put(settings) }, opts);
const prometheus =
  (put: (settings: object) => object): MakePart =>
  (name, settings, opts) =>
    new Prometheus(name, { ...where, targets: [], ...put(settings) }, opts);
const grafana =
  (put: (settings: object) => object): MakePart =>
  (name, settings, opts, { collector: { loki }, alertmanager: alerts }) => {
    const links = { prometheus: prometheusAddress("metrics", placement), loki, alertmanager: alerts };
    return new Grafana(name, { ...where, ...links, adminPassword: "planted", ...put(settings) }, opts);
  };
const whole =
  (put: (settings: object) => object): MakePart =>
  (name, settings, opts, { collector }) =>
    new components.ObservabilityStack(name, { ...stackOf(collector), ...put(settings) }, opts);

/**
 * Settings inside an argument of the stack or of its collector: the part that gets them, what declares them, the least of them. They are given to
 * the part itself, because a whole stack for each value would take minutes.
 */
const nested: [kind: string, what: string, interfaces: string[], least: object, make: MakePart][] = [
  ["Loki", "logs", ["LogsSettings"], {}, loki(logs => logs)],
  ["Loki", "logs.alerts", ["LogAlertSettings"], { stack: "x" }, loki(alerts => ({ alerts }))],
  ["Loki", "logs.s3", ["LogsS3Settings"], s3, loki(given => ({ s3: given }))],
  [
    "Loki",
    "logs.s3, with a role",
    ["LogsS3Settings"],
    { ...s3, credentials: undefined, roleArn: "arn:aws:iam::123456789012:role/logs" },
    loki(given => ({ s3: given })),
  ],
  ["ObservabilityStack", "nodeAccess", ["NodeAccess"], nodeAccess, whole(given => ({ nodeAccess: given }))],
  ["ObservabilityStack", "alerts", ["AlertOverride"], {}, whole(one => ({ alerts: { MemoryLow: one } }))],
  ["ObservabilityStack", "alertGroups", ["AlertGroup"], group, whole(one => ({ alertGroups: [one] }))],
  [
    "ObservabilityStack",
    "alertGroups.alerts",
    ["Alert"],
    alert,
    whole(one => ({ alertGroups: [{ ...group, alerts: [one] }] })),
  ],
  ["Prometheus", "metrics", ["MetricsSettings"], {}, prometheus(metrics => metrics)],
  [
    "Prometheus",
    "metrics.remoteWrite",
    ["RemoteWriteSettings"],
    { url: "https://far.example/" },
    prometheus(remoteWrite => ({ remoteWrite })),
  ],
  ["Grafana", "grafana", ["GrafanaSettings"], {}, grafana(settings => settings)],
  [
    "Grafana",
    "grafana.oidc",
    ["OidcSettings", "OidcConfig"],
    oidc,
    grafana(given => ({ publicUrl: "https://g.example", oidc: given })),
  ],
  ...Object.entries(receivers).map(([name, least]): (typeof nested)[number] => [
    "Alertmanager",
    `receivers, ${name}`,
    name === "SlackReceiver" ? ["Destination", name] : [name],
    { name: "team", ...least },
    alertmanager(one => ({ receivers: [one] })),
  ]),
  [
    "Alertmanager",
    "muteTimes",
    ["MuteTime"],
    { name: "night", days: ["monday"] },
    alertmanager(one => ({ muteTimes: [one] })),
  ],
  [
    "Alertmanager",
    "watchdog",
    ["Watchdog"],
    { url: "https://dead.example/" },
    alertmanager(watchdog => ({ watchdog })),
  ],
  [
    "KubeStateMetrics",
    "kubeStateMetrics",
    ["KubeStateMetricsArgs"],
    where,
    (name, args, opts) => new KubeStateMetrics(name, args as typeof where, opts),
  ],
  [
    "ContainerMetrics",
    "containerMetrics",
    ["ContainerMetricsArgs"],
    where,
    (name, args, opts) => new ContainerMetrics(name, args as typeof where, opts),
  ],
  [
    "CertManagerMetrics",
    "certManager",
    ["CertManagerMetricsArgs"],
    { namespace: "x" },
    (name, args, opts) => new CertManagerMetrics(name, args as { namespace: string }, opts),
  ],
  [
    "Blackbox",
    "probes",
    ["SyntheticProbe"],
    { name: "site", url: "https://app.example/" },
    (name, one, opts) => new Blackbox(name, { ...where, probes: [one as { name: string; url: string }] }, opts),
  ],
];
/** A part gets these from the stack, which has checked them. */
const fromStack = ["namespace", "images"];

for (const [kind, what, interfaces, least, make] of nested) {
  describe(`${kind}, given anything in ${what}`, () => {
    it("takes it, or says in one sentence what is wrong with which setting", async function () {
      this.timeout(120_000);
      const fields = fieldsOf(interfaces).filter(field => kind === "CertManagerMetrics" || !fromStack.includes(field));
      await giveAll(kind, fields, opts => {
        const links = shared(opts);
        return (name, given) => make(name, { ...least, ...given }, opts, links);
      });
    });
  });
}

describe("What is wrong with a secret", () => {
  const secret = 271_828_182;
  const inPlace: Record<string, unknown> = { "a number": secret, "a list": [`${secret}`], "an object": { secret } };
  const database =
    (kind: "PostgresDatabase" | "MariaDbDatabase" | "RedisCache") => (value: unknown) => (opts: Options) =>
      new (components[kind] as unknown as new (...all: unknown[]) => unknown)("x", { ...store, password: value }, opts);
  const inPart = (make: MakePart, put: (value: unknown) => object) => (value: unknown) => (opts: Options) =>
    make("x", put(value), opts, shared(opts));
  const holders: Record<string, (value: unknown) => (opts: Options) => unknown> = {
    "PostgresDatabase password": database("PostgresDatabase"),
    "MariaDbDatabase password": database("MariaDbDatabase"),
    "RedisCache password": database("RedisCache"),
    "Grafana adminPassword": inPart(
      grafana(settings => settings),
      adminPassword => ({ adminPassword }),
    ),
    "Alertmanager webhookUrl": inPart(
      alertmanager(one => ({ receivers: [one] })),
      webhookUrl => ({
        ...{ name: "team", ...receivers.SlackReceiver },
        webhookUrl,
      }),
    ),
    "Alertmanager watchdog.url": inPart(
      alertmanager(watchdog => ({ watchdog })),
      url => ({ url }),
    ),
    "Prometheus remoteWrite.token": inPart(
      prometheus(remoteWrite => ({ remoteWrite })),
      token => ({
        url: "https://far.example/",
        token,
      }),
    ),
    "Loki s3.credentials.secretAccessKey": inPart(
      loki(credentials => ({ s3: { ...s3, credentials } })),
      secretAccessKey => ({ accessKeyId: "planted", secretAccessKey }),
    ),
  };
  for (const [holder, make] of Object.entries(holders)) {
    for (const [what, value] of Object.entries(inPlace)) {
      it(`is said without it: ${holder}, ${what}`, async () => {
        const message = await refusal(opts => make(value)(opts));
        assert.match(message, /^\w+ "x": [\w.[\]]+ must be a text or an Output, got something else$/);
        assert.ok(!message.includes(`${secret}`), message);
      });
    }
  }
});
