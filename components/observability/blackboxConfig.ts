import { tlsFiles } from "../network/certificate";
import type { TlsFiles } from "./webConfig";

/** A check as the prober's configuration needs it. */
export interface ProbeModule {
  name: string;
  /** `https://…` or `wss://…` */
  url: string;
  /** @default any of 2xx; 101 for a WebSocket */
  status?: number;
  /** Verify by the cluster's authority. @default by those that the image trusts */
  private: boolean;
  /** @default true */
  trusted?: boolean;
}

const userAgent = "bulkhead-probe";

/** Below that of Prometheus' scrapes, which would otherwise end a check without a verdict. */
const timeout = "3s";

/** Any 16 bytes: a server answers with their hash, which nobody looks at here (RFC 6455, section 4.1). */
const webSocketKey = Buffer.from("bulkhead-probe-0").toString("base64");

/** Lines of a WebSocket handshake. The prober ends what it sends with a line feed. */
function handshake({ host, pathname, search }: URL): string {
  const lines = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${webSocketKey}`,
    `Origin: https://${host}`,
    `User-Agent: ${userAgent}`,
  ];
  return `${lines.join("\r\n")}\r\n\r`;
}

function moduleOf(probe: ProbeModule, tls: TlsFiles): object {
  const url = new URL(probe.url);
  const tls_config = {
    server_name: url.hostname,
    min_version: "TLS12",
    ...(probe.private ? { ca_file: tls.ca } : {}),
    ...((probe.trusted ?? true) ? {} : { insecure_skip_verify: true }),
  };
  const address = { preferred_ip_protocol: "ip4", ip_protocol_fallback: true };
  if (url.protocol === "wss:") {
    const query_response = [{ send: handshake(url) }, { expect: `^HTTP/1.1 ${probe.status ?? 101}` }];
    return { prober: "tcp", timeout, tcp: { ...address, tls: true, tls_config, query_response } };
  }
  return {
    prober: "http",
    timeout,
    http: {
      ...address,
      method: "GET",
      headers: { Host: url.host, "User-Agent": userAgent },
      // An empty list is any of 2xx.
      valid_status_codes: probe.status === undefined ? [] : [probe.status],
      // A redirect is an answer of its own, and may lead out of what is checked.
      follow_redirects: false,
      fail_if_not_ssl: true,
      tls_config,
    },
  };
}

/** The prober's configuration: a module for each check. */
export function blackboxConfig(probes: readonly ProbeModule[], tls: TlsFiles = tlsFiles): object {
  return { modules: Object.fromEntries(probes.map(probe => [probe.name, moduleOf(probe, tls)])) };
}

/**
 * What the prober is asked to connect to.
 *
 * @param at `host:port` to ask in the place of what DNS says
 */
export function probeTarget(probe: Pick<ProbeModule, "url">, at?: string): string {
  const url = new URL(probe.url);
  const address = at ?? `${url.hostname}:${url.port === "" ? 443 : url.port}`;
  return url.protocol === "wss:" ? address : `https://${address}${url.pathname}${url.search}`;
}
