import { type Lines, pattern, table } from "./syntax";

/** What a client writes is kept to its leading printable part of at most so many characters. */
const most = 512;

/** Targets are logged without their query, where tokens travel; everything in ASCII, because a log must stay valid JSON. */
const printable = "\\x20-\\x7e";
const printableBeforeQuery = "\\x20-\\x3e\\x40-\\x7e";

const cleaned = (source: string, variable: string, characters = printable) =>
  table(
    `map ${source} $${variable}`,
    ["default", '""'],
    [pattern("~", `^(?<${variable}_text>[${characters}]{1,${most}})`), `$${variable}_text`],
  );

/** Fields that are strings, by name. */
const fields = {
  time: "$time_iso8601",
  requestId: "$edge_request_id",
  client: "$remote_addr",
  peer: "$realip_remote_addr",
  method: "$request_method",
  host: "$edge_log_host",
  path: "$edge_log_path",
  protocol: "$server_protocol",
  tls: "$ssl_protocol",
  limit: "$limit_req_status",
  upstream: "$upstream_addr",
  upstreamStatus: "$upstream_status",
  upstreamSeconds: "$upstream_response_time",
  referrer: "$edge_log_referrer",
  agent: "$edge_log_agent",
};
/** Who it was, where identities are verified. */
const identityFields = { user: "$edge_log_user", tier: "$edge_log_tier" };
/** Fields for which nginx always has a number. */
const numbers = {
  status: "$status",
  seconds: "$request_time",
  bytesIn: "$request_length",
  bytesOut: "$bytes_sent",
};

/**
 * The access log at http level: one JSON object a line, on standard output.
 *
 * @param identities whether `$edge_user` and `$edge_tier` exist
 */
export function accessLog(identities: boolean): Lines {
  const texts = Object.entries({ ...fields, ...(identities ? identityFields : {}) });
  const entries = [
    ...texts.map(([name, variable]) => `"${name}":"${variable}"`),
    ...Object.entries(numbers).map(([name, variable]) => `"${name}":${variable}`),
  ];
  return [
    ...cleaned("$request_uri", "edge_log_path", printableBeforeQuery),
    ...cleaned("$http_referer", "edge_log_referrer", printableBeforeQuery),
    ...cleaned("$http_user_agent", "edge_log_agent"),
    ...cleaned("$host", "edge_log_host"),
    ...(identities ? [...cleaned("$edge_user", "edge_log_user"), ...cleaned("$edge_tier", "edge_log_tier")] : []),
    `log_format edge escape=json '{${entries.join(",")}}';`,
    "access_log /dev/stdout edge;",
  ];
}
