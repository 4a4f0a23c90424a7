import { cacheMaps } from "./cacheRules";
import { distinct, hostName, list, record, refuse } from "./check";
import { type CorsArgs, cors, corsHeaders, preflightMap } from "./cors";
import { errorPages, retryAfterMaps, statusTitleMap } from "./errorPages";
import { addHeaders, type SecurityHeadersArgs, securityHeaders } from "./headers";
import { tellingHeaders } from "./hiddenHeaders";
import type { Identity } from "./identity";
import { addressLimits, type RateLimits } from "./rateLimits";
import { hiddenFiles, refusals } from "./requests";
import { checkRoute, inOrder, location, type RouteArgs, routeKey } from "./routes";
import { block, type Lines, pattern, quote, table } from "./syntax";
import { type CertificateFiles, certificateLines } from "./tls";
import type { Upstream } from "./upstreams";

export interface SiteArgs {
  /** Names it answers to. Other names are refused. */
  hosts: readonly string[];
  certificate: CertificateFiles;
  /** Where requests go, by path; what matches none is not found. */
  routes: readonly RouteArgs[];
  /** @default the strictest that the OWASP Secure Headers Project recommends */
  headers?: SecurityHeadersArgs;
  /** Other origins whose pages may use this site. @default none */
  cors?: CorsArgs;
}

/** What a site needs of the rest of the configuration. */
export interface SiteContext {
  upstreams: ReadonlyMap<string, Upstream>;
  identity: Identity | undefined;
  limits: RateLimits;
  /** `listen` and what goes with it. */
  listen: Lines;
  /** Locations that every server has. */
  common: Lines;
  /** Port in the addresses that browsers use. */
  publicPort: number;
}

/** A site's maps, at http level, and its server. */
export interface Site {
  maps: Lines;
  server: Lines;
}

/** Headers that every server adds, whatever it answers; the values follow the status. At server level only. */
export const answerHeaders: Lines = [
  "add_header X-Request-Id $edge_request_id always;",
  "add_header Cache-Control $edge_cache_control always;",
  "add_header Retry-After $edge_retry_after always;",
];

/** The maps behind those headers, at http level. */
export const answerMaps = (limits: RateLimits, routes: readonly RouteArgs[]): Lines => [
  ...cacheMaps(routes.flatMap(({ cache }) => cache ?? [])),
  ...retryAfterMaps(limits.address.retryAfterSeconds),
  ...statusTitleMap,
  ...preflightMap,
  ...table(
    'map "$edge_logout:$status" $edge_clear_site_data',
    ["default", '""'],
    [pattern("~", "^1:[23]"), quote('"cache", "cookies", "storage"')],
  ),
];

const hide = (names: readonly string[]) => names.map(name => `proxy_hide_header ${name};`);

/** A browser's origin for a host: the port is named unless it is the scheme's own. */
const originOf = (host: string, publicPort: number) => `https://${host}${publicPort === 443 ? "" : `:${publicPort}`}`;

/** Checks what can be wrong with a site by itself. @throws RangeError naming the argument */
export function checkSite(argument: string, site: SiteArgs, upstreams: Iterable<string>, identities: boolean): void {
  record(argument, site);
  list(`${argument}.hosts`, site.hosts, 1).forEach((host, index) => hostName(`${argument}.hosts[${index}]`, host));
  const known = [...upstreams];
  list(`${argument}.routes`, site.routes).forEach((route, index) => {
    const name = `${argument}.routes[${index}]`;
    checkRoute(name, route);
    if (!known.includes(route.upstream)) refuse(`${name}.upstream`, `one of ${known.join(", ")}`, route.upstream);
    if ((route.identity ?? "none") !== "none" && !identities) {
      refuse(`${name}.identity`, '"none" unless `identity` says who verifies', route.identity);
    }
  });
  distinct(`${argument}.routes`, site.routes.map(routeKey));
}

/** @param index the site's number, which keeps its variables apart from other sites' */
export function site(index: number, args: SiteArgs, context: SiteContext): Site {
  const argument = `sites[${index}]`;
  const given = record(argument, args);
  const shared = given.cors === undefined ? undefined : cors(`${argument}.cors`, given.cors, index);
  const headers = securityHeaders(`${argument}.headers`, given.headers);
  const webSocketRefused = `$edge_socket_refused_${index}`;
  const pages = [...args.hosts.map(host => originOf(host, context.publicPort)), ...(given.cors?.allowOrigins ?? [])];
  return {
    maps: [
      ...(shared?.maps ?? []),
      // CORS does not hold for WebSockets: any page could open one with its visitor's cookies. No origin at all means no browser.
      ...table(
        `map "$edge_upgrade:$http_origin" ${webSocketRefused}`,
        ["default", "0"],
        [quote("websocket:"), "0"],
        ...[...new Set(pages)].map(page => [quote(`websocket:${page}`), "0"] as const),
        [pattern("~", "^websocket:"), "1"],
      ),
    ],
    server: block("server", [
      ...context.listen,
      `server_name ${args.hosts.join(" ")};`,
      ...certificateLines(`${argument}.certificate`, args.certificate),
      ...addHeaders(headers),
      ...answerHeaders,
      "add_header Clear-Site-Data $edge_clear_site_data always;",
      ...(shared?.headers ?? []),
      ...hide([...Object.keys(headers), "X-Request-Id", "Cache-Control", "Retry-After", "Clear-Site-Data"]),
      ...hide([...(shared ? corsHeaders : []), ...tellingHeaders]),
      ...addressLimits(context.limits),
      ...errorPages(),
      ...refusals,
      ...(shared ? block("if ($edge_preflight)", ["rewrite ^ /_edge/preflight last;"]) : []),
      ...context.common,
      ...hiddenFiles,
      // `return` would answer before the limits are looked at.
      ...(shared
        ? block("location = /_edge/preflight", [
            "internal;",
            "root /nonexistent;",
            "open_file_cache max=1;",
            "open_file_cache_errors on;",
            "try_files /none =204;",
          ])
        : []),
      ...(context.identity?.verifiers ?? []),
      ...inOrder(args.routes).flatMap(route =>
        location(`${argument}.routes`, route, {
          upstream: context.upstreams.get(route.upstream) as Upstream,
          identity: context.identity,
          limits: context.limits,
          webSocketRefused,
        }),
      ),
      ...(args.routes.some(({ path }) => path === "/") ? [] : block("location /", ["return 404;"])),
    ]),
  };
}
