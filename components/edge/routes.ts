import { withDefaults } from "../lib/compact";
import { type CacheRule, cacheRuleName } from "./cacheRules";
import { flag, oneOf, record, urlPath, whole } from "./check";
import { hopGroup, type Identity, type IdentityRule } from "./identity";
import { proxyHeaders, type Timeouts } from "./proxy";
import { loginLimits, type RateLimits } from "./rateLimits";
import { bodyLimitKiB } from "./requests";
import { block, type Lines, literal, regex } from "./syntax";
import type { Upstream } from "./upstreams";

export interface RouteArgs {
  /** Path in any case, as many upstreams read it: `/api` is `/api`, `/API/` and all below it. */
  path: string;
  /** "exact" takes nothing below the path, but a final slash. @default "prefix" */
  match?: "prefix" | "exact";
  /** Name of the upstream it goes to. */
  upstream: string;
  /** Whether the user is verified, and limited by his tier. @default "none" */
  identity?: IdentityRule;
  /** "login" adds the stricter limit per address, and compresses nothing (an answer with secrets must not). @default "address" */
  limit?: "address" | "login";
  /** Allow WebSocket upgrades, from the site's own pages and the CORS origins. @default false */
  webSocket?: boolean;
  /** Longest silence on a WebSocket. At least 60: shorter than what clients ping at would cut healthy ones. @default 300 */
  webSocketIdleSeconds?: number;
  /** Largest body. @default the edge's */
  maxBodyKiB?: number;
  /** Longest silence of the upstream while it answers. @default 60 */
  responseSeconds?: number;
  /** How long answers may be kept. @default "upstream": as it says, and never where it says nothing */
  cache?: CacheRule;
  /** Have the browser forget everything it holds of this site when the answer is a success: for logging out. @default false */
  clearSiteData?: boolean;
}

/** The only copy of these values; a test holds the tags above to them. */
export const routeDefaults = {
  match: "prefix",
  identity: "none",
  limit: "address",
  webSocket: false,
  webSocketIdleSeconds: 300,
  responseSeconds: 60,
  cache: "upstream",
  clearSiteData: false,
} as const;

/** How long an upstream may take to accept a connection. */
const connectSeconds = 5;

const complete = (route: RouteArgs) => withDefaults(routeDefaults, route);
const withoutFinalSlash = (path: string) => path.replace(/\/$/, "");

/** Longest path first, and exact before prefix: nginx takes the first expression that matches. */
export function inOrder(routes: readonly RouteArgs[]): RouteArgs[] {
  const rank = (route: RouteArgs) =>
    (complete(route).match === "exact" ? 10000 : 0) + withoutFinalSlash(route.path).length;
  return [...routes].sort((a, b) => rank(b) - rank(a));
}

/** What makes two routes the same one. */
export const routeKey = (route: RouteArgs) => `${complete(route).match} ${withoutFinalSlash(route.path).toLowerCase()}`;

function expression({ path, match }: ReturnType<typeof complete>): string {
  return `^${literal(withoutFinalSlash(path))}${match === "exact" ? "/?$" : "(?:/|$)"}`;
}

/** @throws RangeError naming the argument */
export function checkRoute(argument: string, route: RouteArgs): void {
  const all = complete(record(argument, route));
  flag(`${argument}.webSocket`, all.webSocket);
  flag(`${argument}.clearSiteData`, all.clearSiteData);
  urlPath(`${argument}.path`, all.path);
  oneOf(`${argument}.match`, all.match, ["prefix", "exact"]);
  oneOf(`${argument}.identity`, all.identity, ["none", "optional", "required"]);
  oneOf(`${argument}.limit`, all.limit, ["address", "login"]);
  whole(`${argument}.webSocketIdleSeconds`, all.webSocketIdleSeconds, 60, 86400);
  whole(`${argument}.responseSeconds`, all.responseSeconds, 1, 86400);
  if (all.maxBodyKiB !== undefined) whole(`${argument}.maxBodyKiB`, all.maxBodyKiB, 1, bodyLimitKiB);
  cacheRuleName(`${argument}.cache`, all.cache);
}

/** How long an upstream may take on this route. */
export function timeoutsOf(route: RouteArgs): Timeouts {
  const { webSocket, webSocketIdleSeconds, responseSeconds } = complete(route);
  return { connectSeconds, responseSeconds: webSocket ? webSocketIdleSeconds : responseSeconds };
}

/** What a route needs of the rest of the configuration. */
export interface RouteContext {
  upstream: Upstream;
  identity: Identity | undefined;
  limits: RateLimits;
  /** Variable that is true for a WebSocket upgrade from a page that may not. */
  webSocketRefused: string;
}

/** The route's location. Sets variables, never headers: one `add_header` here would drop all of the server's. */
export function location(argument: string, route: RouteArgs, context: RouteContext): Lines {
  const { limits, upstream } = context;
  const all = complete(route);
  const { responseSeconds } = timeoutsOf(route);
  const asking = all.identity === "none" ? undefined : context.identity?.ask(all.identity);
  const login = all.limit === "login";
  return block(`location ~* ${regex(expression(all))}`, [
    ...(all.webSocket ? block(`if (${context.webSocketRefused})`, ["return 403;"]) : []),
    `set $edge_cache_rule ${cacheRuleName(`${argument}.cache`, all.cache)};`,
    ...(all.clearSiteData ? ["set $edge_logout 1;"] : []),
    ...(login
      ? [`set $edge_route_retry_after ${limits.login.retryAfterSeconds};`, ...loginLimits(limits), "gzip off;"]
      : []),
    ...(all.maxBodyKiB === undefined ? [] : [`client_max_body_size ${all.maxBodyKiB}k;`]),
    ...(asking ?? []),
    ...proxyHeaders({
      user: asking ? "$edge_user" : '""',
      tier: asking ? "$edge_tier" : '""',
      webSocket: all.webSocket,
    }),
    `proxy_connect_timeout ${connectSeconds}s;`,
    `proxy_send_timeout ${responseSeconds}s;`,
    `proxy_read_timeout ${responseSeconds}s;`,
    ...(asking ? [`proxy_pass http://${hopGroup(all.upstream)};`] : upstream.pass()),
  ]);
}
