import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { catalogue } from "./components/images/catalogue";
import { isPinned } from "./components/images/image";

/** A file is one stack's settings, so every group refuses keys it does not know: a misspelt one would be a default unnoticed. */
const group = z.strictObject;

const image = z
  .string()
  .refine(isPinned, { error: "must be pinned by digest: registry/name[:tag]@sha256:<64 hex digits>" });
const dnsName = z
  .string()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/, {
    error: "must be a DNS name in lower case, such as app.flowmarine.example",
  });
const wholeNumber = (min: number, max: number) => z.int().min(min).max(max);
const cpuMillis = wholeNumber(10, 64_000).describe("CPU reserved per pod, in thousandths of a core");
const memoryMiB = wholeNumber(32, 262_144).describe("memory per pod, reserved and limit");
const storageGiB = wholeNumber(1, 16_384).describe("size of the volume");

/** Let's Encrypt, whose certificates browsers trust; those of its staging server they do not. */
export const publicAcmeServer = "https://acme-v02.api.letsencrypt.org/directory";

/** Pods kept running, or bounds between which their number follows the load. */
const scaling = {
  replicas: wholeNumber(1, 100).exactOptional(),
  autoscale: group({
    minReplicas: wholeNumber(1, 100),
    maxReplicas: wholeNumber(1, 100),
    cpuPercent: wholeNumber(1, 100).exactOptional(),
  })
    .refine(({ minReplicas, maxReplicas }) => maxReplicas >= minReplicas, {
      error: "maxReplicas must be at least minReplicas",
      path: ["maxReplicas"],
    })
    .exactOptional(),
};
const sized = { cpuMillis: cpuMillis.exactOptional(), memoryMiB: memoryMiB.exactOptional() };

/** The groups that `Pulumi.<stack>.yaml` sets, each a key `flowmarine:<group>`. */
export const settingsSchema = group({
  environment: z.enum(["local", "staging", "production"]),
  cluster: group({
    context: z.string().min(1).exactOptional().describe("kubeconfig context. @default the current one"),
    storageClass: z
      .string()
      .min(1)
      .exactOptional()
      .describe("StorageClass of every volume. @default the cluster's default"),
    certManagerNamespace: z.string().min(1).default("cert-manager"),
    deletionProtection: z
      .boolean()
      .default(true)
      .describe("refuse to delete namespaces, volumes and the root certificate"),
    admission: z
      .enum(["enforce", "audit", "off"])
      .default("enforce")
      .describe("whether the API server refuses what breaks a mandatory rule, or only warns; needs Kubernetes 1.33"),
  }).prefault({}),
  edge: group({
    host: dnsName.describe("public name of the system"),
    exposure: z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).default("LoadBalancer"),
    proxy: z
      .enum(["cloudflare", "none"])
      .default("none")
      .describe("what stands in front and is trusted for client addresses"),
    acme: group({
      email: z.email().describe("for expiry notices"),
      server: z.url({ protocol: /^https$/ }).default(publicAcmeServer),
      trusted: z
        .boolean()
        .exactOptional()
        .describe(
          "whether browsers know its authority: then checks verify it. @default for Let's Encrypt's own server only",
        ),
    })
      .exactOptional()
      .describe("a public certificate. @default one by the private authority"),
    ...scaling,
    ...sized,
  }),
  api: group({ ...scaling, ...sized, logLevel: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault(
    {},
  ),
  web: group({ ...scaling, ...sized }).prefault({}),
  worker: group({
    replicas: wholeNumber(1, 100).exactOptional(),
    ...sized,
    simulateFeed: z.boolean().default(false).describe("make up positions of vessels; never in production"),
  }).prefault({}),
  database: group({ storageGiB: storageGiB.default(20), ...sized }).prefault({}),
  cache: group({
    mode: z
      .enum(["cache", "durable"])
      .default("cache")
      .describe("durable keeps its data over a restart and never evicts"),
    storageGiB: storageGiB.default(5),
    ...sized,
  }).prefault({}),
  observability: group({
    metricsDays: wholeNumber(1, 3650).default(15).describe("how long metrics are kept"),
    metricsGiB: storageGiB.default(20),
    logsDays: wholeNumber(1, 3650).default(14).describe("how long logs are kept"),
    logsGiB: storageGiB.default(20),
    grafana: z.boolean().default(true),
    kubeStateMetrics: z.boolean().default(true),
    containerMetrics: z.boolean().default(true),
    slackChannel: z
      .string()
      .regex(/^#[a-z0-9._-]+$/)
      .exactOptional()
      .describe("where alerts go; needs the secret slackWebhookUrl"),
    alerts: z
      .record(
        z.string(),
        group({
          enabled: z.boolean().exactOptional(),
          severity: z.enum(["critical", "warning", "info"]).exactOptional(),
          forMinutes: z.number().exactOptional(),
          thresholds: z.record(z.string(), z.number()).exactOptional(),
        }),
      )
      .default({})
      .describe(
        "what is wanted otherwise about an alert, by its name (docs/runbooks); a threshold's name ends in its unit",
      ),
  }).prefault({}),
  images: group({
    ...(Object.fromEntries(Object.keys(catalogue).map(name => [name, image.exactOptional()])) as Record<
      keyof typeof catalogue,
      z.ZodExactOptional<typeof image>
    >),
    backend: image.exactOptional(),
    frontend: image.exactOptional(),
    registry: z
      .string()
      .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, {
        error: "must be a registry and path, such as ghcr.io/flowmarine",
      })
      .exactOptional()
      .describe("where our own images are pushed to when the program builds them"),
  })
    .refine(
      ({ backend, frontend, registry }) => registry !== undefined || (backend !== undefined && frontend !== undefined),
      {
        error: "needs backend and frontend, or registry, so that the program builds them",
      },
    )
    .describe("images by name, each pinned by digest. @default the catalogue's; our own are built"),
}).refine(({ environment, worker }) => environment !== "production" || !worker.simulateFeed, {
  error: "must not be true in production",
  path: ["worker", "simulateFeed"],
});

/** A stack's settings, complete with defaults. */
export type Settings = z.infer<typeof settingsSchema>;

/** Groups of settings, in the order of the schema. */
export const settingGroups = Object.keys(settingsSchema.shape) as (keyof Settings)[];

/** What a stack needs and no file may hold; `npx bulkhead init STACK` generates the required ones. */
export const secretKeys = {
  required: ["databasePassword", "cachePassword", "jwtSecret", "grafanaAdminPassword"],
  optional: ["kubeconfig", "slackWebhookUrl", "watchdogUrl"],
} as const;

/** The value at a path, as a person would write it; nothing below the depth that a message should show. */
function got(raw: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | null | undefined)?.[key], raw);
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Every fault of one issue: zod reports the unknown keys of a group together. */
function faults(issue: z.core.$ZodIssue, raw: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      key => `${[...issue.path, key].join(".")}: no such setting, got ${got(raw, [...issue.path, key])}`,
    );
  }
  return [`${issue.path.join(".")}: ${issue.message}, got ${got(raw, issue.path)}`];
}

/**
 * Checks a stack's settings and completes them with defaults. Pure: what `index.ts` reads from Pulumi's configuration goes in.
 *
 * @throws Error that lists every fault with its path, the value got and what is allowed
 */
export function parseSettings(raw: Partial<Record<keyof Settings, unknown>>): Settings {
  const parsed = settingsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.flatMap(issue => faults(issue, raw));
  throw new Error(
    `the stack's settings have ${list.length} fault${list.length === 1 ? "" : "s"}:\n  ${list.join("\n  ")}`,
  );
}

/**
 * This stack's settings, read from Pulumi's configuration.
 *
 * @throws RunError, which prints without a stack trace, with every fault
 */
export function readSettings(config = new pulumi.Config()): Settings {
  const raw = settingGroups.map(name => [name, name === "environment" ? config.get(name) : config.getObject(name)]);
  try {
    return parseSettings(Object.fromEntries(raw) as Record<string, unknown>);
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

type Secrets = Record<(typeof secretKeys.required)[number], pulumi.Output<string>> &
  Partial<Record<(typeof secretKeys.optional)[number], pulumi.Output<string>>>;

/**
 * This stack's secrets.
 *
 * @throws RunError that names every required one that is not set
 */
export function readSecrets(config = new pulumi.Config()): Secrets {
  const keys = [...secretKeys.required, ...secretKeys.optional];
  const found = Object.fromEntries(keys.map(key => [key, config.getSecret(key)]));
  const missing = secretKeys.required.filter(key => found[key] === undefined);
  if (missing.length > 0) {
    const stack = pulumi.getStack();
    throw new pulumi.RunError(
      `stack "${stack}" lacks the secrets ${missing.join(", ")}; \`npx bulkhead init ${stack}\` generates them`,
    );
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Secrets;
}

/**
 * Ways in which nobody would hear of an alert. A secret that may be absent cannot be told from one that a preview does not know, so these are
 * warnings.
 */
export function unheard(
  { environment, observability: { slackChannel } }: Pick<Settings, "environment" | "observability">,
  { slackWebhookUrl, watchdogUrl }: { slackWebhookUrl?: unknown; watchdogUrl?: unknown },
): string[] {
  const set = (key: string) => `\`pulumi config set --secret flowmarine:${key}\``;
  return [
    ...(slackChannel !== undefined && slackWebhookUrl === undefined
      ? [`no alert goes to ${slackChannel}: its secret slackWebhookUrl is not set (${set("slackWebhookUrl")})`]
      : []),
    ...(environment === "production" && slackChannel === undefined
      ? ["no alert goes anywhere: observability.slackChannel is not set"]
      : []),
    ...(environment === "production" && watchdogUrl === undefined
      ? [`nobody notices when alerting itself is dead: the dead man's switch has no address (${set("watchdogUrl")})`]
      : []),
  ];
}
