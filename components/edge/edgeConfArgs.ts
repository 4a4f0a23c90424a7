import { isIP } from "node:net";
import type { Filled } from "../lib/compact";
import { distinct, filePath, list, oneOf, ownPort, port, record, refuse, resolver } from "./check";
import type { IdentityArgs } from "./identity";
import type { RateLimitArgs } from "./rateLimits";
import type { RequestArgs } from "./requests";
import type { SiteArgs } from "./site";
import type { CertificateFiles, TlsVersion } from "./tls";
import type { TrustedProxiesArgs } from "./trustedProxies";
import type { UpstreamArgs } from "./upstreams";

export interface EdgeConfArgs {
  /** Version of the nginx that reads it, such as `1.30.5`; the syntax differs. At least 1.22.0. */
  nginxVersion: string;
  sites: readonly SiteArgs[];
  /** What is behind the edge, by the name routes call it. */
  upstreams: Readonly<Record<string, UpstreamArgs>>;
  /**
   * The cluster's DNS servers: IPv4 addresses, with a port unless it is 53. Names are resolved at run time.
   * @default the pod's own, which the run script writes to `resolver.conf` in the state folder
   */
  resolvers?: readonly string[];
  /** How long an address is used before it is asked for again. @default 10 */
  resolverSeconds?: number;
  /** Who verifies users; needed where a route has `identity`. @default nobody */
  identity?: IdentityArgs;
  /** Declared for the whole edge. @default see RateLimitArgs */
  limits?: RateLimitArgs;
  /** The most replicas there can be: each grants its share of the limits. @default 1 */
  maxReplicas?: number;
  /** @default see RequestArgs */
  requests?: RequestArgs;
  /** Oldest TLS version served. @default "1.3" */
  leastTls?: TlsVersion;
  /** Proxies in front that are believed. @default none */
  trustedProxies?: TrustedProxiesArgs;
  /** Where `/.well-known/acme-challenge/` goes, by upstream name. @default nowhere */
  acmeUpstream?: string;
  /** @default 8080 */
  httpPort?: number;
  /** @default 8443 */
  httpsPort?: number;
  /** Port of the site in browsers' addresses: what is redirected to. @default 443 */
  publicHttpsPort?: number;
  /** Port of `/stub_status`, on loopback, for the exporter beside it; false for none. @default 8081 */
  statusPort?: number | false;
  /** Metrics over TLS: an exporter beside nginx speaks plain HTTP on loopback, and its certificate would not be renewed. @default none */
  metrics?: MetricsArgs;
  /** Addresses to listen on. @default ["0.0.0.0"] */
  listenAddresses?: readonly string[];
  /** The one folder that is written to: pid, sockets, temporary files. @default "/tmp/nginx" */
  stateFolder?: string;
  /** Processes. As many as the container has CPUs; nginx itself would count the node's. @default 2 */
  workers?: number;
  /** Connections of each process, to clients and upstreams. @default 4096 */
  workerConnections?: number;
  /** How long requests may take to finish when it stops or reloads; WebSockets are cut then. @default 30 */
  drainSeconds?: number;
  /**
   * nginx's own messages below this level are dropped. They quote the request line with its query, where tokens travel: lower it to find
   * a fault, not for good. @default "crit"
   */
  errorLogLevel?: (typeof logLevels)[number];
}

export interface MetricsArgs {
  /** Port they are served on. */
  port: number;
  /** Port of the exporter, on loopback. */
  exporterPort: number;
  certificate: CertificateFiles;
}

const logLevels = ["crit", "error", "warn", "notice", "info"] as const;

/** The only copy of these values; a test holds the tags above to them. */
export const edgeConfDefaults = {
  resolverSeconds: 10,
  maxReplicas: 1,
  leastTls: "1.3" as const,
  httpPort: 8080,
  httpsPort: 8443,
  publicHttpsPort: 443,
  statusPort: 8081 as number | false,
  listenAddresses: ["0.0.0.0"],
  stateFolder: "/tmp/nginx",
  workers: 2,
  workerConnections: 4096,
  drainSeconds: 30,
  errorLogLevel: "crit" as const,
} satisfies Partial<EdgeConfArgs>;

/** The arguments with their defaults. */
export type CompleteConfArgs = Filled<typeof edgeConfDefaults, EdgeConfArgs>;

/** Checks what is not checked where it is used. @throws RangeError naming the argument */
export function checkArgs(args: CompleteConfArgs): void {
  list("sites", args.sites, 1);
  if (args.resolvers !== undefined)
    list("resolvers", args.resolvers, 1).forEach((value, index) => resolver(`resolvers[${index}]`, value));
  list("listenAddresses", args.listenAddresses, 1).forEach((address, index) => {
    if (typeof address !== "string" || isIP(address) === 0 || address.includes("%"))
      refuse(`listenAddresses[${index}]`, "an IP address", address);
  });
  distinct("listenAddresses", args.listenAddresses);
  const metrics = args.metrics === undefined ? undefined : record("metrics", args.metrics);
  const ports = {
    ...{ httpPort: args.httpPort, httpsPort: args.httpsPort },
    ...(args.statusPort === false ? {} : { statusPort: args.statusPort }),
    ...(metrics && { "metrics.port": metrics.port, "metrics.exporterPort": metrics.exporterPort }),
  };
  for (const [name, value] of Object.entries(ports)) ownPort(name, value);
  distinct(Object.keys(ports).join(", "), Object.values(ports).map(String));
  port("publicHttpsPort", args.publicHttpsPort);
  filePath("stateFolder", args.stateFolder);
  oneOf("errorLogLevel", args.errorLogLevel, logLevels);
}
