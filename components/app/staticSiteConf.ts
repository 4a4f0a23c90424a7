import { isIP } from "node:net";
import { accessLog } from "../edge/accessLog";
import { immutable, neverCached } from "../edge/cacheRules";
import { distinct, filePath, flag, list, ownPort, refuse, urlPath, whole } from "../edge/check";
import { compression } from "../edge/compression";
import { errorPages, statusTitleMap } from "../edge/errorPages";
import { addHeaders, type SecurityHeadersArgs, securityHeaders } from "../edge/headers";
import { metricsServer, statusServer } from "../edge/metricsServers";
import { featuresOf } from "../edge/nginxVersion";
import { hiddenFiles, requestLimits } from "../edge/requests";
import { block, type Lines, literal, pattern, quote, regex, table } from "../edge/syntax";
import { type CertificateFiles, certificateLines, tlsLines } from "../edge/tls";
import { withDefaults } from "../lib/compact";
import { assetExtensions, contentTypes } from "./contentTypes";

export interface StaticSiteConfArgs {
  /** Version of the nginx that reads it, such as `1.30.5`. At least 1.22.0. */
  nginxVersion: string;
  certificate: CertificateFiles;
  /** Where the files are, with an index.html. @default "/srv/www" */
  contentFolder?: string;
  /** Answer a page that is no file with index.html, whose script knows what to show. @default true */
  singlePage?: boolean;
  /** Folders whose files change their name with their content: kept for a year. @default ["/assets"] */
  immutablePaths?: readonly string[];
  /** How long other files may be kept. index.html is asked for every time. @default 3600 */
  maxAgeSeconds?: number;
  /** @default the strictest that the OWASP Secure Headers Project recommends */
  headers?: SecurityHeadersArgs;
  /** Port it serves HTTPS on. @default 8443 */
  port?: number;
  /** Addresses to listen on. @default ["0.0.0.0"] */
  listenAddresses?: readonly string[];
  /** The one folder that is written to. @default "/tmp/nginx" */
  stateFolder?: string;
  /** @default 1 */
  workers?: number;
  /** Connections of each process. @default 1024 */
  workerConnections?: number;
  /** How long answers may take to finish when it stops or reloads. @default 30 */
  drainSeconds?: number;
  /** An exporter beside it, its port, and where its metrics are served over TLS. @default none */
  metrics?: { statusPort: number; exporterPort: number; port: number };
}

/** The only copy of these values; a test holds the tags above to them. */
export const staticSiteConfDefaults = {
  contentFolder: "/srv/www",
  singlePage: true,
  immutablePaths: ["/assets"],
  maxAgeSeconds: 3600,
  port: 8443,
  listenAddresses: ["0.0.0.0"],
  stateFolder: "/tmp/nginx",
  workers: 1,
  workerConnections: 1024,
  drainSeconds: 30,
};

const keep = (value: string) => `set $site_kept ${quote(value)};`;

/** Ask every time, and get a short 304 while nothing has changed. */
const revalidated = "no-cache";

/**
 * The nginx.conf of a site of files, served over TLS to the edge (or to anybody): a pure function of its arguments. It answers to every
 * host name, because whoever is in front has chosen it.
 *
 * Needs an nginx with ssl, http_v2, map and gzip; no other file of its image (types and pages are in here).
 *
 * @throws RangeError naming the first bad argument, the rule, and the value got
 */
export function staticSiteConf(args: StaticSiteConfArgs): string {
  const chosen = withDefaults(staticSiteConfDefaults, args);
  const features = featuresOf(args.nginxVersion);
  const stateFolder = filePath("stateFolder", chosen.stateFolder);
  list("immutablePaths", chosen.immutablePaths).forEach((path, index) => {
    if (urlPath(`immutablePaths[${index}]`, path) === "/") {
      refuse(`immutablePaths[${index}]`, "a folder below /, where index.html is", path);
    }
  });
  distinct("immutablePaths", chosen.immutablePaths);
  flag("singlePage", chosen.singlePage);
  whole("maxAgeSeconds", chosen.maxAgeSeconds, 0, 31_536_000);
  const addresses = list("listenAddresses", chosen.listenAddresses, 1).map((address, index) => {
    if (isIP(address) === 0 || address.includes("%")) refuse(`listenAddresses[${index}]`, "an IP address", address);
    return isIP(address) === 6 ? `[${address}]` : address;
  });
  const listen = (port: number, more: string) => addresses.map(address => `listen ${address}:${port} ssl${more};`);
  const { metrics } = chosen;
  for (const [field, port] of Object.entries(metrics ?? {})) ownPort(`metrics.${field}`, port);

  const lines = [
    "# Written by a program: a change here is lost.",
    `worker_processes ${whole("workers", chosen.workers, 1, 512)};`,
    `worker_shutdown_timeout ${whole("drainSeconds", chosen.drainSeconds, 1, 3600)}s;`,
    `pid ${stateFolder}/nginx.pid;`,
    ...(features.certificateCache ? ["ssl_object_cache_inheritable off;"] : []),
    "error_log stderr crit;",
    `worker_rlimit_nofile ${2 * whole("workerConnections", chosen.workerConnections, 64, 1048576)};`,
    ...block("events", [`worker_connections ${chosen.workerConnections};`]),
    ...block("http", [
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(user => `${user}_temp_path ${stateFolder}/${user};`),
      "map_hash_bucket_size 512;",
      "uninitialized_variable_warn off;",
      "server_tokens off;",
      "absolute_redirect off;",
      "sendfile on;",
      "tcp_nopush on;",
      "open_file_cache max=1000 inactive=60s;",
      "default_type application/octet-stream;",
      "charset utf-8;",
      "charset_types text/css text/csv text/javascript text/plain text/xml;",
      ...block(
        "types",
        Object.entries(contentTypes).map(([type, extensions]) => `${type} ${extensions.join(" ")};`),
      ),
      // Only the edge can reach it, so the id it gave is believed when it is well formed.
      ...table(
        "map $http_x_request_id $edge_request_id",
        ["default", "$request_id"],
        [pattern("~", "^(?<site_given_id>[A-Za-z0-9._-]{16,128})$"), "$site_given_id"],
      ),
      ...accessLog(false),
      ...requestLimits({ maxBodyKiB: 1 }),
      ...tlsLines("1.3"),
      ...compression,
      ...statusTitleMap,
      ...block("map $status $site_cache_control", [
        "volatile;",
        `default ${quote(neverCached)};`,
        `${pattern("~", "^(?:200|206|304)$")} $site_kept;`,
      ]),
      ...table("map $status $site_allow", ["default", '""'], ["405", quote("GET, HEAD")]),
      ...block("server", [
        ...listen(ownPort("port", chosen.port), `${features.http2Directive ? "" : " http2"} default_server`),
        ...(features.http2Directive ? ["http2 on;"] : []),
        "server_name _;",
        ...certificateLines("certificate", args.certificate),
        `root ${filePath("contentFolder", chosen.contentFolder)};`,
        ...addHeaders(securityHeaders("headers", chosen.headers)),
        "add_header X-Request-Id $edge_request_id always;",
        "add_header Cache-Control $site_cache_control always;",
        "add_header Allow $site_allow always;",
        ...errorPages(),
        ...block(`if ($request_method !~ ${regex("^(?:GET|HEAD)$")})`, ["return 405;"]),
        ...locations(chosen),
      ]),
      ...(metrics === undefined
        ? []
        : [
            ...statusServer(metrics.statusPort),
            ...metricsServer({ ...metrics, certificate: args.certificate }, listen(metrics.port, "")),
          ]),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function locations({
  immutablePaths,
  singlePage,
  maxAgeSeconds,
}: Required<Pick<StaticSiteConfArgs, "immutablePaths" | "singlePage" | "maxAgeSeconds">>): Lines {
  const kept = keep(`public, max-age=${maxAgeSeconds}`);
  return [
    ...block("location = /healthz", [
      "access_log off;",
      "default_type text/plain;",
      ...block("types", []),
      keep(neverCached),
      'return 200 "ok\\n";',
    ]),
    ...hiddenFiles,
    // A missing script must not be answered with a page: browsers would keep it for a year under the script's name.
    ...immutablePaths.flatMap(path =>
      block(`location ~ ${regex(`^${literal(path.replace(/\/$/, ""))}/`)}`, [keep(immutable), "try_files $uri =404;"]),
    ),
    ...block(`location ~* ${regex(`\\.(?:${assetExtensions.join("|")})$`)}`, [kept, "try_files $uri =404;"]),
    ...block("location = /index.html", [keep(revalidated)]),
    ...block("location /", [kept, `try_files $uri ${singlePage ? "/index.html" : "$uri/index.html =404"};`]),
  ];
}
