import { isIP } from "node:net";
import { withDefaults } from "../lib/compact";
import { accessLog } from "./accessLog";
import { distinct, record, refuse, whole } from "./check";
import { compression } from "./compression";
import { type CompleteConfArgs, checkArgs, type EdgeConfArgs, edgeConfDefaults } from "./edgeConfArgs";
import { errorPages } from "./errorPages";
import { addHeaders, securityHeaders, withoutHsts } from "./headers";
import { identity } from "./identity";
import { metricsServer, statusServer } from "./metricsServers";
import { featuresOf } from "./nginxVersion";
import { proxyHeaders, proxyLines, upgradeMaps } from "./proxy";
import { addressLimits, addressZones, rateLimits } from "./rateLimits";
import { refusalMaps, requestLimits } from "./requests";
import { resolverFile, resolverLine } from "./resolver";
import { timeoutsOf } from "./routes";
import { answerHeaders, answerMaps, checkSite, type SiteArgs, site } from "./site";
import { block, type Lines } from "./syntax";
import { tlsLines } from "./tls";
import { trustedProxies } from "./trustedProxies";
import { type Upstream, upstream } from "./upstreams";

/** Long enough for the longest host name (253), which nginx keeps in hash tables. */
const hashBucketBytes = 512;

/**
 * What routes may set. A variable must be set somewhere to exist; not at server level, because an identity check passes through there
 * again and would take back what its route has set.
 */
const routeVariables = ["$edge_cache_rule", "$edge_route_retry_after", "$edge_logout"];

const healthz = block("location = /healthz", [
  "access_log off;",
  "default_type text/plain;",
  ...block("types", []),
  'return 200 "ok\\n";',
]);

/**
 * The edge's nginx.conf: a pure function of its arguments.
 *
 * Runs read-only and without root. Needs an nginx with the modules of nginx.org's and Debian's packages: ssl, http_v2, realip, auth_request,
 * limit_req, limit_conn, map, geo, gzip, stub_status (the last unless `statusPort` is false).
 *
 * @throws RangeError naming the first bad argument, the rule, and the value got
 */
export function nginxConf(given: EdgeConfArgs): string {
  const chosen: CompleteConfArgs = withDefaults(edgeConfDefaults, given);
  const { stateFolder, listenAddresses, publicHttpsPort, statusPort } = chosen;
  const features = featuresOf(chosen.nginxVersion);
  checkArgs(chosen);

  const upstreams = new Map<string, Upstream>(
    Object.entries(record("upstreams", chosen.upstreams)).map(([name, upstreamArgs]) => [
      name,
      upstream(name, upstreamArgs, features),
    ]),
  );
  const named = (argument: string, name: string) =>
    upstreams.get(name) ?? refuse(argument, `one of ${[...upstreams.keys()].join(", ")}`, name);
  chosen.sites.forEach((each, index) => {
    checkSite(`sites[${index}]`, each, upstreams.keys(), chosen.identity !== undefined);
  });
  distinct(
    "hosts of all sites",
    chosen.sites.flatMap(({ hosts }) => hosts),
  );

  const limits = rateLimits(chosen.limits, whole("maxReplicas", chosen.maxReplicas, 1, 1000));
  const timeouts = hopTimeouts(chosen.sites);
  // Checked even where no route asks; written only where one does.
  const asked = chosen.identity === undefined ? undefined : record("identity", chosen.identity);
  const verified = asked && identity(asked, named("identity.upstream", asked.upstream), limits, stateFolder);
  const users = timeouts.length > 0 ? verified : undefined;
  const hops = timeouts.flatMap(([name, each]) => users?.hop(name, upstreams.get(name) as Upstream, each) ?? []);
  const acme = chosen.acmeUpstream === undefined ? [] : acmeLocation(named("acmeUpstream", chosen.acmeUpstream));

  const listen = (port: number, parameters = "") =>
    listenAddresses.map(address => `listen ${isIP(address) === 6 ? `[${address}]` : address}:${port}${parameters};`);
  const tls = features.http2Directive ? " ssl" : " ssl http2";
  const http2 = features.http2Directive ? ["http2 on;"] : [];
  const sites = chosen.sites.map((each, index) =>
    site(index, each, {
      upstreams,
      identity: users,
      limits,
      listen: [...listen(chosen.httpsPort, tls), ...http2],
      common: [...healthz, ...acme],
      publicPort: publicHttpsPort,
    }),
  );
  const strict = securityHeaders("headers");
  const everyServer = [...answerHeaders, ...addressLimits(limits), ...errorPages()];

  const lines = [
    "# Written by a program: a change here is lost.",
    `worker_processes ${whole("workers", chosen.workers, 1, 512)};`,
    `worker_shutdown_timeout ${whole("drainSeconds", chosen.drainSeconds, 1, 3600)}s;`,
    `pid ${stateFolder}/nginx.pid;`,
    // Every reload reads the certificates anew: what it keeps may be the half of a renewal.
    ...(features.certificateCache ? ["ssl_object_cache_inheritable off;"] : []),
    `error_log stderr ${chosen.errorLogLevel};`,
    // A proxied request takes two connections: one to the client, one to the upstream.
    `worker_rlimit_nofile ${2 * whole("workerConnections", chosen.workerConnections, 64, 1048576)};`,
    ...block("events", [`worker_connections ${chosen.workerConnections};`]),
    ...block("http", [
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(user => `${user}_temp_path ${stateFolder}/${user};`),
      chosen.resolvers === undefined
        ? `include ${stateFolder}/${resolverFile};`
        : resolverLine(chosen.resolvers, whole("resolverSeconds", chosen.resolverSeconds, 1, 3600)),
      "resolver_timeout 5s;",
      ...["server_names", "map", "variables"].map(table => `${table}_hash_bucket_size ${hashBucketBytes};`),
      "variables_hash_max_size 4096;",
      "uninitialized_variable_warn off;",
      "server_tokens off;",
      "absolute_redirect off;",
      "default_type application/octet-stream;",
      ...accessLog(users !== undefined),
      ...trustedProxies(chosen.trustedProxies),
      ...requestLimits(chosen.requests),
      ...tlsLines(chosen.leastTls),
      ...compression,
      ...proxyLines,
      ...upgradeMaps,
      ...refusalMaps,
      ...answerMaps(
        limits,
        chosen.sites.flatMap(({ routes }) => routes),
      ),
      ...addressZones(limits),
      ...(users?.maps ?? []),
      ...[...upstreams.values()].flatMap(each => each.block),
      ...hops,
      ...sites.flatMap(({ maps, server }) => [...maps, ...server]),
      // Other names: the handshake is refused, and so is a request for another name on a connection that was made for a known one.
      ...block("server", [
        ...listen(chosen.httpsPort, `${tls} default_server`),
        ...http2,
        "server_name _;",
        "ssl_reject_handshake on;",
        ...addHeaders(strict),
        ...everyServer,
        ...block("location /", [...routeVariables.map(name => `set ${name} "";`), "return 421;"]),
      ]),
      ...block("server", [
        ...listen(chosen.httpPort),
        `server_name ${chosen.sites.flatMap(({ hosts }) => hosts).join(" ")};`,
        ...addHeaders(withoutHsts(strict)),
        ...everyServer,
        ...healthz,
        ...acme,
        ...block("location /", [
          `return 308 https://$host${publicHttpsPort === 443 ? "" : `:${publicHttpsPort}`}$request_uri;`,
        ]),
      ]),
      ...block("server", [
        ...listen(chosen.httpPort, " default_server"),
        "server_name _;",
        ...addHeaders(withoutHsts(strict)),
        ...everyServer,
        // For probes and load balancers, which ask by address.
        ...healthz,
        ...block("location /", ["return 421;"]),
      ]),
      ...(statusPort === false ? [] : statusServer(statusPort)),
      ...(chosen.metrics === undefined ? [] : metricsServer(chosen.metrics, listen(chosen.metrics.port, " ssl"))),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Upstreams that are reached through a second hop, with the longest that any route allows them. */
function hopTimeouts(sites: readonly SiteArgs[]) {
  const longest = new Map<string, ReturnType<typeof timeoutsOf>>();
  for (const route of sites.flatMap(({ routes }) => routes)) {
    if ((route.identity ?? "none") === "none") continue;
    const timeouts = timeoutsOf(route);
    const known = longest.get(route.upstream);
    if (known === undefined || known.responseSeconds < timeouts.responseSeconds) longest.set(route.upstream, timeouts);
  }
  return [...longest];
}

/** Challenges are answered by the solver's pods, and hold nothing secret. On both ports: an authority follows the redirect. */
function acmeLocation(solver: Upstream): Lines {
  return block("location ^~ /.well-known/acme-challenge/", [
    ...proxyHeaders({ user: '""', tier: '""', scheme: "http" }),
    "proxy_connect_timeout 5s;",
    "proxy_read_timeout 10s;",
    ...solver.pass(),
  ]);
}
