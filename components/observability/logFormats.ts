/** How programs that write no JSON tell how bad a line is. */
export interface LogFormat {
  /** Who writes so. */
  name: string;
  /** RE2 with the group `level`. */
  pattern: string;
}

export const logFormats: readonly LogFormat[] = [
  {
    name: "PostgreSQL, with this program's log_line_prefix",
    pattern: "^ts=.{20,40}? pid=\\d+ .*? state=\\w+ (?P<level>[A-Z]+)\\d?:",
  },
  { name: "MariaDB", pattern: "^\\d{4}-\\d\\d-\\d\\d +\\d+:\\d\\d:\\d\\d \\d+ \\[(?P<level>\\w+)\\]" },
  { name: "Valkey and Redis", pattern: "^\\d+:[XCSM] \\d\\d \\w{3} \\d{4} [\\d:.]+ (?P<level>[.*#-]) " },
  { name: "nginx's error log", pattern: "^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d \\[(?P<level>\\w+)\\] \\d+#\\d+:" },
  { name: "klog, as Kubernetes' own programs", pattern: "^(?P<level>[IWEF])\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d+ " },
  { name: "logfmt, as Go programs", pattern: '(?:^| )level="?(?P<level>\\w+)' },
  { name: "a stack of Node, or a panic of Go", pattern: "^(?P<level>(?:Uncaught )?\\w*Error|panic): " },
];

/** OTTL's severity by what programs call it, after pino's numbers and the letters and signs of klog and Valkey. */
export const severities: Readonly<Record<string, string>> = {
  FATAL: "^(?i:fatal|panic|emerg(?:ency)?|alert|crit(?:ical)?|f|60)$",
  ERROR: "^(?i:(?:uncaught )?(?:\\w*error)|err|e|50)$",
  WARN: "^(?i:warn(?:ing)?|w|#|40)$",
  INFO: "^(?i:info(?:rmation)?|notice|note|log|statement|detail|hint|context|i|\\*|30)$",
  DEBUG: "^(?i:debug|-|20)$",
  TRACE: "^(?i:trace|\\.|10)$",
};

/** Fields of JSON lines that name the level. */
export const levelFields = ["severity", "level", "lvl", "log.level"];

/** What a line means to somebody who watches over security. Only what the program itself writes at the line's start counts. */
export const lineEvents: readonly { event: string; pattern: string }[] = [
  {
    event: "db.auth_failed",
    pattern:
      "^ts=.{20,40}? pid=\\d+ .*? state=28\\w{3} FATAL:" +
      "|^\\d{4}-\\d\\d-\\d\\d +[\\d:]+ \\d+ \\[Warning\\] Access denied for user",
  },
];
