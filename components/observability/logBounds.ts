import { bodyIsText, ottl } from "./ottl";

/**
 * How large a record and a batch of them may be. A program may log anything, and Loki refuses what is above its limits: a batch that it will never
 * take would hold up all that comes after it.
 */
export const bounds = {
  /** Of the text. */
  textKiB: 256,
  attributes: 50,
  attributeBytes: 4096,
  /** Attributes with longer names go, and those whose names have no letter or digit of ASCII: one of them, and Loki refuses a batch. */
  nameBytes: 100,
  /** Of each of what all records of a program share. */
  resourceBytes: 256,
  /** As sent; above the largest record, which is never divided. */
  batchBytes: 500_000,
  /**
   * A batch in Loki, where each record has a copy of what it shares with others: of the smallest records, 20 bytes, with the most to share, 1.8 kB,
   * it is 45 MB.
   */
  unpackedMiB: 48,
};

/** Those that stay when a record has too many. */
const first = ["event.name", "request_id", "error.fingerprint", "error.message", "exception.type", "exception.message"];

/** What is kept of where a record is from. */
const origin = [
  ...["service.name", "service.namespace", "service.version", "service.instance.id", "deployment.environment.name"],
  ...["k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "k8s.container.restart_count", "k8s.node.name"],
];

/** Keeps the first bytes of a text, whole characters. */
const cut = (path: string, bytes: number, isText = `${path} != nil`): string =>
  `set(${path}, Substring(${path}, 0, ${bytes}, utf8_safe=true)) where ${isText} and Len(${path}) > ${bytes}`;

/** Cuts a record to its bounds; after secrets are out, because half of one might not be known as one. */
export function logBounds(): object {
  return {
    error_mode: "propagate",
    log_statements: [
      {
        context: "resource",
        statements: [
          `keep_keys(resource.attributes, ${JSON.stringify(origin)})`,
          `truncate_all(resource.attributes, ${bounds.resourceBytes})`,
        ],
      },
      {
        context: "scope",
        statements: ["keep_keys(scope.attributes, [])", 'set(scope.version, "")', cut("scope.name", bounds.nameBytes)],
      },
      {
        context: "log",
        statements: [
          `delete_matching_keys(log.attributes, ${ottl(`(?s)^[^a-zA-Z0-9]*$|.{${bounds.nameBytes + 1}}`)})`,
          `limit(log.attributes, ${bounds.attributes}, ${JSON.stringify(first)})`,
          `truncate_all(log.attributes, ${bounds.attributeBytes})`,
          cut("log.severity_text", bounds.nameBytes),
          cut("log.event_name", bounds.nameBytes),
          cut("log.body", bounds.textKiB * 1024, bodyIsText),
        ],
      },
    ],
  };
}
