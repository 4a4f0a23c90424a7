import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** What `Pulumi.<stack>.yaml` sets. Values arrive as text. */
const schema = z.strictObject({
  host: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, { error: "must be a DNS name in lower case" }),
  registry: z.string().min(1),
  proxy: z.enum(["cloudflare", "none"]).default("cloudflare"),
  exposure: z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).default("LoadBalancer"),
  replicas: z.coerce.number().pipe(z.int().min(1).max(50)).default(2),
  databaseGiB: z.coerce.number().pipe(z.int().min(1).max(4096)).default(10),
  images: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue("must be an object of images by name");
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string(), z.string()))
    .default({}),
  deletionProtection: z.stringbool().default(true),
});

export type Settings = z.infer<typeof schema>;

/** @throws RunError that lists every fault */
export function parseSettings(raw: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const value = given[String(path[0])];
    return `  ${path.join(".")}: ${message}${value === undefined ? "" : `, got ${JSON.stringify(value)}`}`;
  });
  throw new pulumi.RunError(`the settings of this stack are wrong:\n${faults.join("\n")}`);
}

export function readSettings(config = new pulumi.Config()): Settings {
  return parseSettings(Object.fromEntries(Object.keys(schema.shape).map(key => [key, config.get(key)])));
}
