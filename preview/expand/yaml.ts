import { createRequire } from "node:module";
import type { Tags } from "yaml";
import { PreviewError } from "../errors.js";
import { isObject, type Properties } from "../value.js";

const load = createRequire(__filename);

/** YAML 1.1, which Kubernetes reads (`yes` is true, `0644` is octal), less what JSON cannot say: dates and sexagesimal numbers. */
function jsonTags(tags: Tags): Tags {
  return tags.filter(
    tag => typeof tag === "string" || !(tag.tag === "tag:yaml.org,2002:timestamp" || tag.format === "TIME"),
  );
}

/**
 * Every document of a text, empty ones left out.
 *
 * @param origin what the text is, for messages
 * @throws PreviewError (usage) that names document and line
 */
export function decodeYaml(text: string, origin: string): unknown[] {
  // Most programs decode no YAML: they do not pay for loading what does.
  const { parseAllDocuments } = load("yaml") as typeof import("yaml");
  const documents = parseAllDocuments(text, { version: "1.1", merge: true, customTags: jsonTags, prettyErrors: true });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index): unknown[] => {
    const [error] = document.errors;
    if (error !== undefined) {
      throw new PreviewError("usage", `${origin}, document ${index + 1}: ${error.message.split("\n")[0] ?? ""}`);
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value === null || value === undefined ? [] : [value];
  });
}

/** The Kubernetes objects among decoded documents, lists taken apart. */
export function objectsIn(documents: unknown[]): Properties[] {
  return documents.filter(isObject).flatMap(document => {
    const items = document["items"];
    if (typeof document["kind"] === "string" && document["kind"].endsWith("List") && Array.isArray(items))
      return objectsIn(items);
    return [document];
  });
}
