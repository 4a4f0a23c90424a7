import { mayNamePersons } from "./auditLog";
import { bounds, logBounds } from "./logBounds";
import { structureStatements } from "./logStructure";
import { ottl, bodyIsText as text } from "./ottl";
import { type Redaction, redactions, replacementOf, signs } from "./redaction";
import { secretAttribute } from "./secretNames";

/** Attributes with the name of a secret go whole. */
const withoutSecretNames = (attributes: string): string =>
  `delete_matching_keys(${attributes}, ${ottl(`(?i)${secretAttribute}`)})`;

/** Nested attributes become flat first, so that their values are seen. */
const flatAndClean = (attributes: string): string[] => [`flatten(${attributes})`, withoutSecretNames(attributes)];

/** A statement for each redaction, where these conditions hold. */
function replacing(
  statement: (pattern: string, replacement: string) => string,
  conditionsOf: (redaction: Redaction) => string[] = () => [],
): string[] {
  return redactions.map(redaction => {
    const replace = statement(ottl(`(?is)${redaction.pattern}`), ottl(replacementOf(redaction)));
    const where = [...conditionsOf(redaction), ...(redaction.personal === true ? [`not (${mayNamePersons})`] : [])];
    return where.length === 0 ? replace : `${replace} where ${where.join(" and ")}`;
  });
}

const replacingValues = (attributes: string): string[] =>
  replacing((pattern, replacement) => `replace_all_patterns(${attributes}, "value", ${pattern}, ${replacement})`);

const hasSign = signs.map(sign => `Index(log.cache["small"], ${ottl(sign)}) >= 0`).join(" or ");

/** Secrets go before anything else looks at the line: what is copied later is clean. What records share is looked at once for all. */
const redactionStatements: readonly object[] = [
  {
    context: "resource",
    statements: [...flatAndClean("resource.attributes"), ...replacingValues("resource.attributes")],
  },
  {
    context: "log",
    error_mode: "silent",
    statements: [
      // A structured body becomes text, so that the patterns see it. What JSON has no word for, such as NaN, fails inside of one.
      `set(log.body, Concat([log.body], "")) where IsDouble(log.body)`,
      `set(log.body, String(log.body)) where log.body != nil and not ${text}`,
    ],
  },
  {
    context: "log",
    statements: [
      `set(log.body, "[not text]") where log.body != nil and not ${text}`,
      ...flatAndClean("log.attributes"),
      ...replacingValues("log.attributes"),
      `set(log.cache["small"], ToLowerCase(log.body)) where ${text}`,
      `set(log.cache["suspect"], true) where ${text} and (${hasSign})`,
      ...replacing(
        (pattern, replacement) => `replace_pattern(log.body, ${pattern}, ${replacement})`,
        redaction => [redaction.signs === undefined ? text : 'log.cache["suspect"] == true'],
      ),
    ],
  },
];

/** Processors that every log record passes, whether it came from a file or from an app: redacted, structured, and cut to what Loki takes. */
export function logProcessors(): Record<string, object> {
  return {
    "transform/redact": {
      // A redaction that fails must not let anything through: rather wait with the batch than tell a secret.
      error_mode: "propagate",
      log_statements: redactionStatements,
    },
    "transform/structure": {
      error_mode: "silent",
      log_statements: [{ context: "log", statements: structureStatements() }],
    },
    "transform/bounds": logBounds(),
  };
}

/** The same for spans, before they leave for whoever keeps traces: their attributes, their events' and their resource's. */
export function spanRedaction(): object {
  const cleaning = (context: string) => ({
    context,
    statements: [withoutSecretNames(`${context}.attributes`), ...replacingValues(`${context}.attributes`)],
  });
  return { error_mode: "propagate", trace_statements: ["resource", "span", "spanevent"].map(cleaning) };
}

/** In the order they must run. */
export const logProcessorNames = ["transform/redact", "transform/structure", "transform/bounds"];

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
      // In the order in which they were written: what comes much later than the rest of its stream is refused.
      num_consumers: 1,
      batch: { flush_timeout: "1s", sizer: "bytes", min_size: bounds.batchBytes / 4, max_size: bounds.batchBytes },
    },
  };
}
