import local from "./config/local.json";
import production from "./config/production.json";
import staging from "./config/staging.json";
import type { PackConfig } from "./config.js";

const configs = { local, staging, production } satisfies Record<string, PackConfig>;

/** The pack's configuration for an environment: what `--policy-pack-config policies/config/<environment>.json` gives. */
export function environmentConfig(environment: keyof typeof configs): PackConfig {
  return configs[environment];
}
