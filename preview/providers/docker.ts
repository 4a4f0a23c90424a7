import { join } from "node:path/posix";
import type { EngineResource } from "../engine/resource.js";
import { isObject, isSecret, lowerAll, type Properties, reveal } from "../value.js";
import { suffixOf } from "./autoname.js";

/** Defaults that @pulumi/docker 5.2.0 fills in, as recorded from the provider. */
const defaults: Record<string, Properties> = {
  "docker:index/network:Network": { ipamDriver: "default" },
  "docker:index/container:Container": {
    containerReadRefreshTimeoutMilliseconds: 15000,
    mustRun: true,
    networkMode: "bridge",
    removeVolumes: true,
    restart: "no",
    start: true,
    waitTimeout: 60,
  },
};

const autonamed = ["docker:index/network:Network", "docker:index/volume:Volume", "docker:index/container:Container"];

/** Defaults within the elements of lists. The bridge names those it filled in under `__defaults`. */
const elementDefaults: Record<string, Properties> = {
  ports: { ip: "0.0.0.0", protocol: "tcp" },
  networksAdvanced: {},
  volumes: {},
  mounts: {},
};

/** What the Docker provider does to inputs before anybody judges them. */
export function checkDocker(resource: EngineResource): void {
  const inputs = lowerAll(resource.inputs);
  if (resource.type === "docker:index/image:Image") {
    resource.inputs = checkImage(inputs);
    return;
  }
  resource.inputs = { ...defaults[resource.type], ...inputs };
  if (autonamed.includes(resource.type) && inputs["name"] === undefined) {
    resource.inputs["name"] = `${resource.name}-${suffixOf(resource.urn, inputs, 7)}`;
  }
  if (resource.type !== "docker:index/container:Container") return;
  if (isObject(inputs["capabilities"])) resource.inputs["capabilities"] = { __defaults: [], ...inputs["capabilities"] };
  for (const [key, filled] of Object.entries(elementDefaults)) {
    const list = inputs[key];
    if (Array.isArray(list)) resource.inputs[key] = list.map(element => withDefaults(element, filled));
  }
}

function withDefaults(element: unknown, filled: Properties): unknown {
  if (!isObject(element) || isSecret(element)) return element;
  const missing = Object.keys(filled).filter(key => element[key] === undefined);
  return { ...Object.fromEntries(missing.map(key => [key, filled[key]])), ...element, __defaults: missing };
}

/** The provider also adds a digest of the build context, which only it can compute. */
function checkImage(inputs: Properties): Properties {
  const build = inputs["build"];
  const checked = { buildOnPreview: false, skipPush: false, ...inputs };
  if (!isObject(build) || isSecret(build)) return checked;
  const context = reveal(build["context"]);
  const dockerfile = typeof context === "string" ? join(context, "Dockerfile") : "Dockerfile";
  return { ...checked, build: { dockerfile, ...build } };
}

/** The bridge's notes on defaults are for inputs only. */
export function dockerState(inputs: Properties): Properties {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "__defaults")
        .map(([key, inner]) => [key, strip(inner)]),
    );
  };
  return strip(lowerAll(inputs)) as Properties;
}
