import { mayNamePersons } from "./auditLog";
import { structureStatements } from "./logStructure";
import { ottl } from "./ottl";
import { redactions, replacementOf, secretAttribute } from "./redaction";

/** Secrets go before anything else looks at the line: what is copied later is clean. */
function redactionStatements(): string[] {
  const values = ["log.attributes", "resource.attributes"];
  return [
    // A structured body becomes text, so that the patterns see it; nested attributes become flat ones.
    "set(log.body, String(log.body)) where log.body != nil and not IsString(log.body)",
    ...values.flatMap(target => [
      `flatten(${target})`,
      `delete_matching_keys(${target}, ${ottl(`(?i)${secretAttribute}`)})`,
    ]),
    ...redactions.flatMap(redaction => {
      const pattern = ottl(`(?is)${redaction.pattern}`);
      const replacement = ottl(replacementOf(redaction));
      const unless = redaction.personal === true ? `not (${mayNamePersons})` : "";
      const where = (condition: string) => {
        const all = [condition, unless].filter(Boolean).join(" and ");
        return all === "" ? "" : ` where ${all}`;
      };
      return [
        `replace_pattern(log.body, ${pattern}, ${replacement})${where("IsString(log.body)")}`,
        ...values.map(target => `replace_all_patterns(${target}, "value", ${pattern}, ${replacement})${where("")}`),
      ];
    }),
  ];
}

/** Processors that every log record passes, whether it came from a file or from an app: first redacted, then structured. */
export function logProcessors(): Record<string, object> {
  return {
    "transform/redact": {
      // A redaction that fails must not let anything through: rather wait with the batch than tell a secret.
      error_mode: "propagate",
      log_statements: [{ context: "log", statements: redactionStatements() }],
    },
    "transform/structure": {
      error_mode: "silent",
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
      // In the order in which they were written: what comes much later than the rest of its stream is refused.
      num_consumers: 1,
      batch: { flush_timeout: "1s", min_size: 500, max_size: 2000 },
    },
  };
}
