import { type Lines, table } from "./syntax";

/** How long an upstream may take. */
export interface Timeouts {
  connectSeconds: number;
  /** Between two reads, or two writes. */
  responseSeconds: number;
}

/** Headers that only a proxy may set, and that something behind the edge might believe: never passed on as the client sent them. */
const proxyOnly = [
  "Forwarded",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "X-Forwarded-Server",
  "X-Original-URL",
  "X-Rewrite-URL",
  "True-Client-IP",
  "CF-Connecting-IP",
  // Becomes HTTP_PROXY in a CGI-like upstream ("httpoxy").
  "Proxy",
  // Hop by hop.
  "TE",
  "HTTP2-Settings",
];

/** What tells the upstream who is asking. nginx takes all of these from one level only, so every location lists them all. */
export interface ProxyHeaders {
  /** Variables with the verified user and tier, or `""`. */
  user: string;
  tier: string;
  /** Pass WebSocket upgrades, and no other. @default false */
  webSocket?: boolean;
  /** Scheme the client used. @default "https" */
  scheme?: "http" | "https";
}

/** `proxy_set_header` for all of them, at location level. An empty value is not sent. */
export const proxyHeaders = ({ user, tier, webSocket = false, scheme = "https" }: ProxyHeaders): Lines => [
  "proxy_http_version 1.1;",
  "proxy_set_header Host $host;",
  "proxy_set_header X-Request-Id $edge_request_id;",
  "proxy_set_header X-Real-IP $remote_addr;",
  // Not appended to: the edge is where trust begins, and says the one address it has verified.
  "proxy_set_header X-Forwarded-For $remote_addr;",
  "proxy_set_header X-Forwarded-Host $host;",
  `proxy_set_header X-Forwarded-Proto ${scheme};`,
  'proxy_set_header X-Forwarded-Port "";',
  `proxy_set_header X-Edge-User ${user};`,
  `proxy_set_header X-Edge-Tier ${tier};`,
  `proxy_set_header Upgrade ${webSocket ? "$edge_upgrade" : '""'};`,
  `proxy_set_header Connection ${webSocket ? "$edge_connection" : '""'};`,
  ...proxyOnly.map(name => `proxy_set_header ${name} "";`),
];

/** At http level. Only `websocket`: an upgrade to h2c would tunnel requests past every rule here. */
export const upgradeMaps: Lines = [
  ...table("map $http_upgrade $edge_upgrade", ["default", '""'], ["websocket", "websocket"]),
  ...table("map $http_upgrade $edge_connection", ["default", '""'], ["websocket", "upgrade"]),
];

/** What proxied answers have in common, at http level. */
export const proxyLines: Lines = [
  "proxy_redirect off;",
  // An upstream must not steer nginx: an internal redirect would reach what is internal for a reason.
  "proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;",
  "proxy_cookie_flags ~ secure;",
  // Answers are not written to disk: it is small, and filling it would evict the pod.
  "proxy_max_temp_file_size 0;",
  "proxy_buffer_size 16k;",
  "proxy_buffers 8 16k;",
  "proxy_busy_buffers_size 32k;",
  "proxy_headers_hash_max_size 2048;",
  "proxy_headers_hash_bucket_size 128;",
];
