import { auditStatements } from "./auditLog";
import { levelFields, lineEvents, logFormats, severities } from "./logFormats";
import { ottl, bodyIsText as text } from "./ottl";

/** JSON lines, and the texts of others that say a level, into the cache of the statements that follow. */
function parse(): string[] {
  return [
    `merge_maps(log.cache, ParseJSON(log.body), "upsert") where ${text} and IsMatch(log.body, "(?s)^\\\\s*\\\\{.*\\\\}\\\\s*$$")`,
    ...logFormats.map(
      ({ pattern }) =>
        `merge_maps(log.cache, ExtractPatterns(log.body, ${ottl(pattern)}), "upsert")` +
        ` where ${text} and log.severity_number == 0 and log.cache["level"] == nil and not IsMatch(log.body, "^\\\\s*\\\\{")`,
    ),
  ];
}

/** The level, by one name whoever wrote it; of an access log, by its status. */
function levels(): string[] {
  const of = (name: string) => `SEVERITY_NUMBER_${name}`;
  const status = 'Int(log.cache["status"])';
  return [
    ...levelFields.map(
      field =>
        `set(log.severity_text, String(log.cache["${field}"])) where log.severity_text == "" and log.cache["${field}"] != nil`,
    ),
    ...Object.entries(severities).map(
      ([name, pattern]) =>
        `set(log.severity_number, ${of(name)}) where log.severity_number == 0 and IsMatch(log.severity_text, ${ottl(pattern)})`,
    ),
    `set(log.severity_number, ${of("ERROR")}) where log.severity_number == 0 and ${status} >= 500`,
    `set(log.severity_number, ${of("WARN")}) where log.severity_number == 0 and ${status} >= 400`,
    `set(log.severity_number, ${of("INFO")}) where log.severity_number == 0 and ${status} >= 100`,
    ...Object.keys(severities).map(
      name => `set(log.severity_text, "${name}") where log.severity_number == ${of(name)}`,
    ),
  ];
}

/** What others search by. */
function fields(): string[] {
  const copy = (attribute: string, ...names: string[]) =>
    names.map(
      name => `set(log.attributes["${attribute}"], String(log.cache["${name}"])) where log.cache["${name}"] != nil`,
    );
  return [
    ...copy("request_id", "request_id", "requestId", "req_id"),
    ...copy("http.response.status_code", "status", "statusCode"),
    ...copy("http.route", "route"),
    'set(log.trace_id.string, log.cache["trace_id"]) where IsMatch(log.cache["trace_id"], "^[0-9a-f]{32}$$")',
    'set(log.span_id.string, log.cache["span_id"]) where IsMatch(log.cache["span_id"], "^[0-9a-f]{16}$$")',
  ];
}

/** Events that alerts count. The edge's access log is known by fields that only it has. */
function events(): string[] {
  const edge = 'log.cache["upstreamSeconds"] != nil and log.cache["limit"] != nil and log.cache["client"] != nil';
  return [
    ...lineEvents.map(
      ({ event, pattern }) =>
        `set(log.attributes["event.name"], "${event}") where ${text} and IsMatch(log.body, ${ottl(pattern)})`,
    ),
    `set(log.attributes["event.name"], "http.access") where ${edge}`,
    `set(log.attributes["client.address"], log.cache["client"]) where ${edge}`,
    // Nobody behind the edge saw it: the edge itself said no.
    `set(log.attributes["event.outcome"], "blocked") where ${edge} and log.cache["upstream"] == "" and Int(log.cache["status"]) >= 400 and Int(log.cache["status"]) < 500`,
  ];
}

/** What of an error is different each time it happens, and goes before errors are compared. In this order. */
const varying: readonly [pattern: string, replacement: string][] = [
  // Four lines tell where it happened; those below, who called.
  ["(?s)^((?:[^\\n]*\\n){0,3}[^\\n]*).*$", "$1"],
  ["\"[^\"\\n]*\"|'[^'\\n]*'|`[^`\\n]*`", "…"],
  ["(?i)\\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\b", "#"],
  ["(?i)\\b(?:0x)?[0-9a-f]{8,}\\b", "#"],
  ["\\d+", "#"],
];

/** Names an error by what stays the same when it happens again: eight bytes in hexadecimal. */
function fingerprints(): string[] {
  const mark = 'log.cache["bulkhead.error"]';
  const failed = `log.severity_number >= SEVERITY_NUMBER_ERROR and log.attributes["event.name"] == nil`;
  const from = (path: string) => `set(${mark}, String(${path})) where ${failed} and ${mark} == nil and ${path} != nil`;
  return [
    from('log.attributes["exception.stacktrace"]'),
    from('log.attributes["exception.message"]'),
    from('log.cache["err"]["stack"]'),
    from('log.cache["error"]["stack"]'),
    from('log.cache["stack"]'),
    from('log.cache["message"]'),
    from('log.cache["msg"]'),
    from("log.body"),
    ...varying.map(
      ([pattern, replacement]) =>
        `replace_pattern(${mark}, ${ottl(pattern)}, ${ottl(replacement)}) where ${mark} != nil`,
    ),
    `set(log.attributes["error.fingerprint"], Substring(SHA256(Concat([resource.attributes["service.name"], ${mark}], "|")), 0, 16)) where ${mark} != nil`,
    `replace_pattern(${mark}, "(?s)\\\\n.*|^(.{200}).*", "$$1") where ${mark} != nil`,
    `set(log.attributes["error.message"], ${mark}) where ${mark} != nil`,
  ];
}

/**
 * A line gives its level, event, ids and trace to the record; the line itself stays as it was written. In one group of statements, because
 * what is parsed is kept in the group's cache.
 */
export const structureStatements = (): string[] => [
  // What is read a second time, after a crash, is then the same as before in all of its fields: Loki takes it once.
  "set(log.observed_time_unix_nano, log.time_unix_nano) where log.time_unix_nano > 0",
  ...parse(),
  ...auditStatements(),
  ...levels(),
  ...fields(),
  ...events(),
  ...fingerprints(),
];
