import { createRequire } from "node:module";
import { isObject } from "../value.js";

const load = createRequire(__filename);
const cache = new Map<string, string | undefined>();

/** The namespace of a kubeconfig's current context, where it names one. A path instead of the contents, or rubbish, names none. */
export function contextNamespace(kubeconfig: unknown): string | undefined {
  if (typeof kubeconfig !== "string" || !kubeconfig.includes("namespace")) return undefined;
  if (!cache.has(kubeconfig)) cache.set(kubeconfig, namespaceIn(kubeconfig));
  return cache.get(kubeconfig);
}

function namespaceIn(text: string): string | undefined {
  let config: unknown;
  try {
    config = (load("yaml") as typeof import("yaml")).parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(config) || !Array.isArray(config["contexts"])) return undefined;
  const current = config["current-context"];
  const entry = config["contexts"].filter(isObject).find(context => context["name"] === current);
  const context = entry?.["context"];
  const namespace = isObject(context) ? context["namespace"] : undefined;
  return typeof namespace === "string" && namespace !== "" ? namespace : undefined;
}
