import { redactions, replacementOf } from "./redaction";

/** Text as a string of OTTL inside a collector's configuration, where `$` starts a variable. */
function ottl(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "$$$$")}"`;
}

/** Where a program may have written the level of a line; pino's numbers are told apart below. */
const levelFields = ["level", "severity", "lvl", "log.level"];

/** OTTL severity by what programs call it. */
const severities: Record<string, string> = {
  FATAL: "^(?i:fatal|panic|emerg(?:ency)?|alert|crit(?:ical)?|60)$",
  ERROR: "^(?i:err(?:or)?|50)$",
  WARN: "^(?i:warn(?:ing)?|40)$",
  INFO: "^(?i:info(?:rmation)?|notice|log|30)$",
  DEBUG: "^(?i:debug|20)$",
  TRACE: "^(?i:trace|10)$",
};

/** Secrets go before anything else looks at the line: what is copied later is clean. */
function redactionStatements(): string[] {
  return redactions.flatMap(redaction => {
    const pattern = ottl(`(?is)${redaction.pattern}`);
    const replacement = ottl(replacementOf(redaction));
    return [
      `replace_pattern(log.body, ${pattern}, ${replacement}) where IsString(log.body)`,
      `replace_all_patterns(log.attributes, "value", ${pattern}, ${replacement})`,
    ];
  });
}

/** A line of JSON gives its level, message ids and trace to the record; the line itself stays as it was written. */
function structureStatements(): string[] {
  const copy = (attribute: string, ...fields: string[]) =>
    fields.map(
      field => `set(log.attributes["${attribute}"], String(log.cache["${field}"])) where log.cache["${field}"] != nil`,
    );
  return [
    'merge_maps(log.cache, ParseJSON(log.body), "upsert") where IsString(log.body) and IsMatch(log.body, "^\\\\s*\\\\{.*\\\\}\\\\s*$$")',
    ...levelFields.map(
      field =>
        `set(log.severity_text, String(log.cache["${field}"])) where log.severity_text == "" and log.cache["${field}"] != nil`,
    ),
    ...Object.entries(severities).map(
      ([name, pattern]) =>
        `set(log.severity_number, SEVERITY_NUMBER_${name}) where log.severity_number == 0 and IsMatch(log.severity_text, ${ottl(pattern)})`,
    ),
    ...copy("request_id", "request_id", "requestId", "req_id"),
    ...copy("http.response.status_code", "status", "statusCode"),
    ...copy("http.route", "route"),
    'set(log.trace_id.string, log.cache["trace_id"]) where IsMatch(log.cache["trace_id"], "^[0-9a-f]{32}$$")',
    'set(log.span_id.string, log.cache["span_id"]) where IsMatch(log.cache["span_id"], "^[0-9a-f]{16}$$")',
  ];
}

/** Processors that every log record passes, whether it came from a file or from an app: first redacted, then structured. */
export function logProcessors(): Record<string, object> {
  return {
    "transform/redact": {
      // A redaction that fails must not let anything through: rather lose the batch than tell a secret.
      error_mode: "propagate",
      log_statements: [
        {
          context: "log",
          statements: [
            // A structured body becomes text, so that the patterns see it.
            "set(log.body, String(log.body)) where log.body != nil and not IsString(log.body)",
            ...redactionStatements(),
          ],
        },
      ],
    },
    "transform/structure": {
      error_mode: "silent",
      // In one group, because what is parsed is kept in the group's cache.
      log_statements: [{ context: "log", statements: structureStatements() }],
    },
  };
}

/** In the order they must run. */
export const logProcessorNames = ["transform/redact", "transform/structure"];

/** Sends to Loki: queued on disk, retried until it is back, batched. */
export function lokiExporter({ host, port, caFile }: { host: string; port: number; caFile: string }): object {
  return {
    logs_endpoint: `https://${host}:${port}/otlp/v1/logs`,
    tls: { ca_file: caFile, server_name_override: host, min_version: "1.3", reload_interval: "5m" },
    compression: "gzip",
    // Never given up: the queue is bounded, and what feeds it waits when it is full.
    retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "0s" },
    sending_queue: {
      enabled: true,
      storage: "file_storage",
      queue_size: 2000,
      block_on_overflow: true,
      num_consumers: 2,
      batch: { flush_timeout: "1s", min_size: 500, max_size: 2000 },
    },
  };
}
