import { isIPv4 } from "node:net";
import { withDefaults } from "../lib/compact";
import { filePath, hostName, keyName, port, record, refuse, whole } from "./check";
import type { NginxFeatures } from "./nginxVersion";
import { block, type Lines } from "./syntax";

export interface UpstreamArgs {
  /** Full name or IPv4 address. nginx knows no search domains: `api.flowmarine.svc.cluster.local`. */
  host: string;
  port: number;
  /** TLS to it, verified against these CA certificates. @default none: plain HTTP */
  tls?: UpstreamTlsArgs;
  /**
   * How long an idle connection to it is kept. Must be less than its own limit (Node's is 5), or requests meet a connection just closed.
   * @default 4
   */
  keepaliveSeconds?: number;
}

export interface UpstreamTlsArgs {
  /** File with the CA certificates it is verified against. */
  ca: string;
  /** Name in its certificate, also sent as SNI. @default the host */
  serverName?: string;
}

/** The only copy of these values; a test holds the tags above to them. */
export const upstreamDefaults = { keepaliveSeconds: 4 };

/** Idle connections that each worker keeps to one upstream. */
const idleConnections = 32;

/** An upstream as locations use it. */
export interface Upstream {
  /** At http level. */
  block: Lines;
  /** At location level: TLS and `proxy_pass`; to `uri` instead of the client's own target where given. */
  pass: (uri?: string) => Lines;
}

/** A group of one server to which connections are kept. `max_fails=0`: one name is one Service, so there is no other server to turn to. */
export const keptConnections = (name: string, server: string, seconds: number): Lines =>
  block(`upstream ${name}`, [
    `zone ${name} 64k;`,
    `server ${server} max_fails=0;`,
    `keepalive ${idleConnections};`,
    `keepalive_timeout ${seconds}s;`,
  ]);

/**
 * @param name the upstream's name in `upstreams`
 * @throws RangeError naming the argument
 */
export function upstream(name: string, args: UpstreamArgs, features: NginxFeatures): Upstream {
  const argument = `upstreams["${keyName("upstreams name", name)}"]`;
  const { host, keepaliveSeconds, tls: tlsArgs } = withDefaults(upstreamDefaults, record(argument, args));
  hostName(`${argument}.host`, host);
  if (!host.includes(".")) refuse(`${argument}.host`, "a full name: nginx knows no search domains", host);
  port(`${argument}.port`, args.port);
  whole(`${argument}.keepaliveSeconds`, keepaliveSeconds, 1, 3600);
  const group = `edge_to_${name.replaceAll("-", "_")}`;
  const scheme = tlsArgs === undefined ? "http" : "https";
  const tls = tlsArgs === undefined ? [] : verified(argument, record(`${argument}.tls`, tlsArgs), host);

  // A name that does not resolve must not keep nginx from starting. Before 1.27.3 only a variable is resolved at run time, and with it
  // no connection is kept. Each upstream has a variable of its own: a subrequest shares its parent's, and would send it elsewhere.
  if (!features.upstreamResolve && !isIPv4(host)) {
    return {
      block: [],
      pass: (uri = "") => [`set $${group} ${host};`, ...tls, `proxy_pass ${scheme}://$${group}:${args.port}${uri};`],
    };
  }
  const server = `${host}:${args.port}${isIPv4(host) ? "" : " resolve"}`;
  return {
    block: keptConnections(group, server, keepaliveSeconds),
    pass: (uri = "") => [...tls, `proxy_pass ${scheme}://${group}${uri};`],
  };
}

function verified(argument: string, { ca, serverName }: UpstreamTlsArgs, host: string): Lines {
  return [
    "proxy_ssl_verify on;",
    "proxy_ssl_verify_depth 3;",
    `proxy_ssl_trusted_certificate ${filePath(`${argument}.tls.ca`, ca)};`,
    "proxy_ssl_server_name on;",
    `proxy_ssl_name ${hostName(`${argument}.tls.serverName`, serverName ?? host)};`,
    "proxy_ssl_protocols TLSv1.2 TLSv1.3;",
  ];
}
