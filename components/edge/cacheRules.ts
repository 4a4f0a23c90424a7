import { record, refuse, whole } from "./check";
import { block, type Lines, pattern, quote } from "./syntax";

/**
 * How long an answer may be kept: as the upstream says, never, or so long ("immutable" for names that change with their content). Errors
 * are never kept.
 */
export type CacheRule = "upstream" | "never" | "immutable" | { maxAgeSeconds: number };

/** What no cache may keep. */
export const neverCached = "no-store, max-age=0";
/** For files whose name holds a hash of their content. One year, the most RFC 9111 recommends. */
export const immutable = "public, max-age=31536000, immutable";

/** The name under which a route sets its rule in `$edge_cache_rule`. */
export function cacheRuleName(argument: string, rule: CacheRule): string {
  if (typeof rule !== "object") {
    if (!["upstream", "never", "immutable"].includes(rule)) {
      refuse(argument, 'one of "upstream", "never", "immutable", { maxAgeSeconds }', rule);
    }
    return rule;
  }
  record(argument, rule);
  return `age${whole(`${argument}.maxAgeSeconds`, rule.maxAgeSeconds, 0, 31536000)}`;
}

/** Answers whose content belongs to the address asked: what a cache rule is about. 304 confirms one. */
const kept = "(?:200|203|204|206|301|304|308)";

/**
 * At http level: `$edge_cache_control` from the rule the location set and the status that came of it. (A header set in the location
 * would drop all inherited ones, and would also mark a 429 as immutable.)
 *
 * @param rules every rule that a route has
 */
export function cacheMaps(rules: readonly CacheRule[]): Lines {
  const ages = new Set(rules.flatMap(rule => (typeof rule === "object" ? [rule.maxAgeSeconds] : [])));
  const entry = (rule: string, value: string) => `${pattern("~", `^${rule}:${kept}$`)} ${value};`;
  return [
    ...block("map $upstream_http_cache_control $edge_upstream_cache", [
      "volatile;",
      "default $upstream_http_cache_control;",
      `"" ${quote(neverCached)};`,
    ]),
    ...block('map "$edge_cache_rule:$status" $edge_cache_control', [
      "volatile;",
      `default ${quote(neverCached)};`,
      entry("upstream", "$edge_upstream_cache"),
      entry("immutable", quote(immutable)),
      ...[...ages].map(age => entry(`age${age}`, quote(`public, max-age=${age}`))),
    ]),
  ];
}
