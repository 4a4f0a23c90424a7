import { PreviewError } from "../errors.js";
import { isObject, PLACEHOLDER } from "../value.js";
import { type ConfigDeclaration, configText, hasType } from "./configTypes.js";
import type { Decrypt } from "./passphrase.js";
import type { ProjectFile } from "./projectFile.js";
import type { YamlFile } from "./yamlFile.js";

/** A stack's configuration as the program reads it. */
export interface StackConfig {
  /** By key with namespace. */
  values: Record<string, string>;
  secretKeys: string[];
  /** Keys whose value is a placeholder, sorted. */
  toBeSet: string[];
}

/**
 * Merges a stack's file with the project's declarations as the engine does. Secrets that are absent, or cannot be decrypted here, become
 * placeholders.
 *
 * @throws PreviewError (usage) that lists every key that is unknown, missing or of the wrong type
 */
export function mergeConfig(
  project: ProjectFile,
  stack: string,
  file: YamlFile,
  decrypt: Decrypt | undefined,
): StackConfig {
  const merged: StackConfig = { values: {}, secretKeys: [], toBeSet: [] };
  const faults: { path: string[]; message: string }[] = [];
  const given = entriesOf(project, file);
  // A project that only sets Pulumi's own keys, such as pulumi:tags, declares nothing.
  const declaresOwn = [...project.declarations.keys()].some(key => key.startsWith(`${project.name}:`));

  for (const [key, { raw, path }] of given) {
    const declaration = project.declarations.get(key);
    if (declaration === undefined && declaresOwn && key.startsWith(`${project.name}:`)) {
      const known = [...project.declarations.keys()].sort().join(", ");
      faults.push({ path, message: `${key} is not declared in ${project.yaml.name} (declared: ${known})` });
      continue;
    }
    const open = openSecrets(key, raw, declaration, decrypt);
    if (declaration?.secret === true && !open.secret) {
      faults.push({ path, message: `${key} is secret and must be encrypted (pulumi config set --secret)` });
    } else if (!open.placeholder && !hasType(open.value, declaration?.type, declaration?.items)) {
      const got = open.secret ? "a secret of another type" : JSON.stringify(open.value ?? null);
      faults.push({ path, message: `${key} must be of type ${declaration?.type ?? "string"}, got ${got}` });
    }
    merged.values[key] = configText(open.value);
    if (open.secret) merged.secretKeys.push(key);
    if (open.placeholder) merged.toBeSet.push(key);
  }
  for (const [key, declaration] of project.declarations) {
    if (given.has(key)) continue;
    if (declaration.default !== undefined) merged.values[key] = configText(declaration.default);
    else if (declaration.secret) {
      merged.values[key] = configText(placeholderFor(key, declaration.type));
      merged.secretKeys.push(key);
      merged.toBeSet.push(key);
    } else if (key.startsWith(`${project.name}:`)) {
      faults.push({ path: ["config"], message: `${key} is missing, and ${project.yaml.name} declares no default` });
    }
  }
  if (faults.length > 0) {
    const list = faults.map(fault => fault.message).join("; ");
    throw new PreviewError("usage", `stack ${stack}: ${list}`, {
      source: file.position(faults[0]?.path ?? ["config"]),
    });
  }
  merged.toBeSet.sort();
  return merged;
}

function entriesOf(project: ProjectFile, file: YamlFile): Map<string, { raw: unknown; path: string[] }> {
  const config = isObject(file.value) ? (file.value["config"] ?? {}) : {};
  if (!isObject(config)) {
    throw new PreviewError("usage", `${file.name}: config must be a map of keys`, {
      source: file.position(["config"]),
    });
  }
  return new Map(
    Object.entries(config).map(([key, raw]) => {
      const [namespace, ...rest] = key.split(":");
      const name = rest[0] === "config" && rest.length > 1 ? rest.slice(1).join(":") : rest.join(":");
      return [name === "" ? `${project.name}:${key}` : `${namespace ?? ""}:${name}`, { raw, path: ["config", key] }];
    }),
  );
}

interface Opened {
  value: unknown;
  secret: boolean;
  placeholder: boolean;
}

/** The value with every `{secure: …}` in it decrypted, or replaced. */
function openSecrets(
  key: string,
  raw: unknown,
  declaration: ConfigDeclaration | undefined,
  decrypt: Decrypt | undefined,
): Opened {
  const state = { secret: false, placeholder: false };
  const open = (value: unknown, path: string, type: string | undefined): unknown => {
    if (Array.isArray(value)) return value.map((element, index) => open(element, `${path}-${index}`, undefined));
    if (!isObject(value)) return value;
    const secure = value["secure"];
    if (typeof secure === "string" && Object.keys(value).length === 1) {
      state.secret = true;
      if (decrypt !== undefined) return decrypt(secure);
      state.placeholder = true;
      return placeholderFor(path, type);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, open(inner, `${path}-${name}`, undefined)]),
    );
  };
  const value = open(raw, key, declaration?.type);
  return { value, ...state };
}

/** Something of the right type that anybody recognises for what it is. */
function placeholderFor(key: string, type: string | undefined): unknown {
  switch (type) {
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return `${PLACEHOLDER}${key.slice(key.indexOf(":") + 1)}`;
  }
}
