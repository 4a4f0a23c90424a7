import { withDefaults } from "../lib/compact";
import { cookieName, headerName, list, record, refuse, urlPath } from "./check";
import { errorPages } from "./errorPages";
import { proxyHeaders, type Timeouts } from "./proxy";
import { type RateLimits, tierLimits, tierRetryAfter, tierZones } from "./rateLimits";
import { block, type Lines } from "./syntax";
import { keptConnections, type Upstream } from "./upstreams";

export interface IdentityArgs {
  /** Name of the upstream that verifies credentials. */
  upstream: string;
  /** Its endpoint: answers 2xx with the headers below, or 401 or 403, to a GET with the credential's headers. */
  path: string;
  /** Request headers that carry a credential. @default ["Authorization", "X-Api-Key"] */
  credentialHeaders?: readonly string[];
  /** Cookie that carries one. @default none */
  credentialCookie?: string;
  /** Response header with the user's id. @default "X-Auth-User" */
  userHeader?: string;
  /** Response header with the user's tier. @default "X-Auth-Tier" */
  tierHeader?: string;
}

/** The only copy of these values; a test holds the tags above to them. */
export const identityDefaults = {
  credentialHeaders: ["Authorization", "X-Api-Key"],
  userHeader: "X-Auth-User",
  tierHeader: "X-Auth-Tier",
};

/** Whether a route's requests are verified: not at all, where they carry a credential, or always (401 without one). */
export type IdentityRule = "none" | "optional" | "required";

/** Both hops, and what stands between them. */
export interface Identity {
  /** At http level. */
  maps: Lines;
  /** At server level of a public server: where the question is asked. */
  verifiers: Lines;
  /** At location level: ask, then go on to the second hop. */
  ask: (rule: Exclude<IdentityRule, "none">) => Lines;
  /** The second hop to an upstream, at http level: its group and its server. */
  hop: (name: string, upstream: Upstream, timeouts: Timeouts) => Lines;
}

const variableOf = (prefix: string, header: string) => `$${prefix}_${header.toLowerCase().replaceAll("-", "_")}`;

/** The second hop's group: where the first hop sends requests to the upstream of this name. */
export const hopGroup = (name: string) => `edge_users_${name.replaceAll("-", "_")}`;

/** Seconds the verify endpoint has: a slow one holds up everything behind it. */
const verifySeconds = { connect: 2, answer: 5 };

/**
 * Per-user limits in two hops. nginx limits before it authenticates, so a key that a subrequest returned never limits in the same pass:
 * the first hop verifies, the second, on a unix socket, limits by the user and tier that the first passes on.
 *
 * @param folder where the sockets are
 * @throws RangeError naming the argument
 */
export function identity(args: IdentityArgs, verifier: Upstream, limits: RateLimits, folder: string): Identity {
  const { credentialHeaders, credentialCookie, userHeader, tierHeader } = withDefaults(
    identityDefaults,
    record("identity", args),
  );
  list("identity.credentialHeaders", credentialHeaders).forEach((name, index) =>
    headerName(`identity.credentialHeaders[${index}]`, name),
  );
  if (credentialCookie !== undefined) cookieName("identity.credentialCookie", credentialCookie);
  headerName("identity.userHeader", userHeader);
  headerName("identity.tierHeader", tierHeader);
  urlPath("identity.path", args.path);
  const cookie = credentialCookie === undefined ? undefined : `$cookie_${credentialCookie}`;
  const credentials = [...credentialHeaders.map(name => variableOf("http", name)), ...(cookie ? [cookie] : [])];
  if (credentials.length === 0) refuse("identity.credentialHeaders", "at least one, or credentialCookie given", []);

  const verify = (rule: string, withoutCredential: number) =>
    block(`location = /_edge/verify/${rule}`, [
      "internal;",
      ...block(`if ($edge_credential = "")`, [`return ${withoutCredential};`]),
      "proxy_method GET;",
      // Of the request, the endpoint sees the credential and nothing else: a query or a body is not its business.
      "proxy_pass_request_headers off;",
      "proxy_pass_request_body off;",
      ...proxyHeaders({ user: '""', tier: '""' }),
      ...credentialHeaders.map(name => `proxy_set_header ${name} ${variableOf("http", name)};`),
      ...(cookie ? [`proxy_set_header Cookie "${credentialCookie}=${cookie}";`] : []),
      'proxy_set_header Content-Length "";',
      `proxy_connect_timeout ${verifySeconds.connect}s;`,
      `proxy_read_timeout ${verifySeconds.answer}s;`,
      ...verifier.pass(args.path),
    ]);

  return {
    maps: [
      // Any of them may be missing: what counts is that one is there.
      ...block(`map "${credentials.join("")}" $edge_credential`, ['default "1";', '"" "";']),
      ...tierZones(limits, "$http_x_edge_user", "$http_x_edge_tier"),
      ...tierRetryAfter(limits, "$http_x_edge_tier"),
      ...block("map $http_upgrade $edge_hop_connection", ['default "upgrade";', '"" "";']),
    ],
    verifiers: [...verify("optional", 204), ...verify("required", 401)],
    ask: rule => [
      `auth_request /_edge/verify/${rule};`,
      `auth_request_set $edge_user ${variableOf("upstream_http", userHeader)};`,
      `auth_request_set $edge_tier ${variableOf("upstream_http", tierHeader)};`,
    ],
    hop: (name, to, timeouts) => {
      const socket = `unix:${folder}/${name}.sock`;
      return [
        ...keptConnections(hopGroup(name), socket, 60),
        ...block("server", [
          `listen ${socket};`,
          "access_log off;",
          "gzip off;",
          // The first hop has judged size and form; this one must have room for what the first one adds.
          "client_max_body_size 0;",
          "large_client_header_buffers 4 64k;",
          ...errorPages("$http_x_request_id"),
          "add_header Retry-After $edge_tier_retry_after always;",
          ...tierLimits(limits),
          ...block("location /", [
            "proxy_http_version 1.1;",
            "proxy_set_header Host $host;",
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection $edge_hop_connection;",
            "proxy_request_buffering off;",
            "proxy_buffering off;",
            "proxy_pass_header X-Accel-Buffering;",
            `proxy_connect_timeout ${timeouts.connectSeconds}s;`,
            `proxy_send_timeout ${timeouts.responseSeconds}s;`,
            `proxy_read_timeout ${timeouts.responseSeconds}s;`,
            ...to.pass(),
          ]),
        ]),
      ];
    },
  };
}
