import { dump } from "js-yaml";

/** YAML that every version of the format reads alike: whatever one of them could take for something else is quoted. Long texts stay on their lines. */
export function toYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
