import { ottl } from "./ottl";

/**
 * How container runtimes frame what a container writes, in `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<n>.log`: each line has time,
 * stream, and F, or P when the text goes on in the next line.
 */
const header = "\\d{4}-\\d\\d-\\d\\dT[^ \\n]+ (?:stdout|stderr)";

/** What a record's text begins with; anything else goes on with the record before: the lines of a stack, a closing brace. */
const first = "[^\\s})\\]]";

/** What is between the first and the last line of a key: base64, an empty line, what an encrypted or a PGP key says of itself. */
const keyLine = "(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash): [^\\n]*)";

/**
 * Where a record starts, for the file reader: it moves on only past whole records, so one that was not yet handed over is read again by the
 * next process. A start reaches over what must not become a start itself: parts of a split line, lines of a private key.
 */
export const recordStart =
  `^${header} (?:F (?:${first}[^\\n]*)?-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----\\n` +
  `(?:${header} F ${keyLine}\\n)*(?:${header} F -----END[^\\n]*)?` +
  `|P ${first}[^\\n]*\\n(?:${header} P [^\\n]*\\n)*${header} F |F ${first})`;

/** Stands where two parts of a line meet, until the frame between them is gone. No log has this control character. */
const seam = "\u001e";

/** Statements of OTTL that leave of a record's lines what the container wrote. */
export const unframe: readonly string[] = [
  [`(?m)^${header} P ([^\\n]*)\\n`, `$1${seam}`],
  [`(?m)(?:^|${seam})${header} [FP] ?`, ""],
  [seam, ""],
].map(([pattern = "", replacement = ""]) => `replace_pattern(log.body, ${ottl(pattern)}, ${ottl(replacement)})`);

/** Takes the time from a record, and namespace, pod and container from its file's path: no access to the Kubernetes API is needed. */
export const frameOperators: readonly object[] = [
  {
    type: "regex_parser",
    regex: "^(?P<time>\\S+) (?P<stream>stdout|stderr) [FP]",
    timestamp: {
      parse_from: "attributes.time",
      layout_type: "gotime",
      layout: "2006-01-02T15:04:05.999999999Z07:00",
    },
    on_error: "send_quiet",
  },
  { type: "remove", field: "attributes.time", on_error: "send_quiet" },
  {
    type: "regex_parser",
    parse_from: 'attributes["log.file.path"]',
    parse_to: "resource",
    regex: "/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/(?P<restart>\\d+)\\.log",
    on_error: "send_quiet",
  },
];

/** Kubernetes' random characters: no vowels, and nothing that looks like another. */
const random = "[bcdfghjklmnpqrstvwxz2456789]";

/** What is behind a workload's name in that of its pod: an ordinal; or five characters, behind the hash of a ReplicaSet or of a Job's name. */
const podSuffix = `-(?:\\d+|(?:[0-9a-f]{8}-|${random}{6,10}-)?${random}{5})$`;

const resource = (attribute: string): string => `resource.attributes["${attribute}"]`;

const namedOtherwise =
  `${resource("pod")} != ${resource("container")}` +
  ` and not HasPrefix(${resource("pod")}, Concat([${resource("container")}, "-"], ""))`;

/**
 * What a record is from, as attributes of its resource: by OpenTelemetry's names. A program is named after its container where the pod is named
 * after that too (`kube-apiserver-node-1`), else after its workload: the nginx of the edge is `edge`, and so is the exporter beside it.
 */
export const originStatements: readonly string[] = [
  ...Object.entries({
    "service.name": "container",
    "service.namespace": "namespace",
    "k8s.container.name": "container",
    "k8s.namespace.name": "namespace",
    "k8s.pod.name": "pod",
    "k8s.pod.uid": "uid",
    "k8s.container.restart_count": "restart",
  }).map(([attribute, group]) => `set(${resource(attribute)}, ${resource(group)})`),
  `set(${resource("service.name")}, ${resource("pod")}) where ${namedOtherwise}`,
  `replace_pattern(${resource("service.name")}, ${ottl(podSuffix)}, "") where ${namedOtherwise}`,
  'delete_matching_keys(resource.attributes, "^(?:container|namespace|pod|uid|restart)$$")',
];
