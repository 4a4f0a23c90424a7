import { withDefaults } from "../lib/compact";
import { record, whole } from "./check";
import { allowedMethods } from "./cors";
import { block, type Lines, pattern, quote, regex, table } from "./syntax";

/** How much of a request is accepted, and how slowly it may come. */
export interface RequestArgs {
  /** Largest body. A route can have its own. @default 1024 */
  maxBodyKiB?: number;
  /** Largest header, all that Node takes by default; each line, and the request line, at most half of it. @default 16 */
  maxHeaderKiB?: number;
  /** Time for the whole header. @default 10 */
  headerSeconds?: number;
  /** Longest pause within a body. @default 10 */
  bodySeconds?: number;
  /** Longest pause of a client that does not read its answer. @default 30 */
  sendSeconds?: number;
  /** How long an idle connection is kept. @default 75 */
  idleSeconds?: number;
}

/** The only copy of these values; a test holds the tags above to them. */
export const requestDefaults = {
  maxBodyKiB: 1024,
  maxHeaderKiB: 16,
  headerSeconds: 10,
  bodySeconds: 10,
  sendSeconds: 30,
  idleSeconds: 75,
};

/** The largest body that can be asked for: 1 GiB. */
export const bodyLimitKiB = 1024 * 1024;

/** Limits of size and time, at http level. */
export function requestLimits(args: RequestArgs = {}): Lines {
  const chosen = withDefaults(requestDefaults, record("requests", args));
  const { maxBodyKiB, maxHeaderKiB, ...seconds } = chosen;
  whole("requests.maxBodyKiB", maxBodyKiB, 1, bodyLimitKiB);
  whole("requests.maxHeaderKiB", maxHeaderKiB, 4, 256);
  for (const [name, value] of Object.entries(seconds)) whole(`requests.${name}`, value, 1, 3600);
  return [
    `client_max_body_size ${maxBodyKiB}k;`,
    "client_body_buffer_size 32k;",
    "client_header_buffer_size 1k;",
    `large_client_header_buffers 2 ${Math.floor(maxHeaderKiB / 2)}k;`,
    `client_header_timeout ${chosen.headerSeconds}s;`,
    `client_body_timeout ${chosen.bodySeconds}s;`,
    `send_timeout ${chosen.sendSeconds}s;`,
    `keepalive_timeout ${chosen.idleSeconds}s;`,
    "keepalive_requests 1000;",
    // A client that was cut off must not keep memory until its buffers drain.
    "reset_timedout_connection on;",
  ];
}

/** At http level: what is refused whatever it asks for. */
export const refusalMaps: Lines = [
  ...table(
    "map $request_method $edge_method_refused",
    ["default", "1"],
    ...allowedMethods.map(method => [method, "0"] as const),
  ),
  // Paths that nginx and an upstream could read differently: an encoded slash, backslash or dot, or a dot segment. Rules for one path
  // would be judged here, and another be served there. The query may hold anything.
  ...table(
    "map $request_uri $edge_path_refused",
    ["default", "0"],
    [pattern("~*", "^[^?]*(?:%2f|%5c|%2e|\\\\)"), "1"],
    [pattern("~", "^[^?]*/\\.\\.?(?:[/?]|$)"), "1"],
  ),
  ...block('map "$status:$sent_http_allow" $edge_allow', [
    "volatile;",
    'default "";',
    `${quote("405:")} ${quote(allowedMethods.join(", "))};`,
  ]),
  ...block('map "$status:$sent_http_www_authenticate" $edge_challenge', [
    "volatile;",
    'default "";',
    `${quote("401:")} Bearer;`,
  ]),
];

/** At server level. */
export const refusals: Lines = [
  "add_header Allow $edge_allow always;",
  "add_header WWW-Authenticate $edge_challenge always;",
  ...block("if ($edge_method_refused)", ["return 405;"]),
  ...block("if ($edge_path_refused)", ["return 400;"]),
];

/** At server level: `.git`, `.env` and whatever else is hidden. nginx has decoded the path and resolved it by then. */
export const hiddenFiles: Lines = block(`location ~ ${regex("/\\.(?!well-known(?:/|$))")}`, ["return 404;"]);
