import type { MetricsArgs } from "./edgeConfArgs";
import { block, type Lines } from "./syntax";
import { certificateLines } from "./tls";

/** nginx's own counters, for an exporter beside it and for nobody else. */
export function statusServer(statusPort: number): Lines {
  return block("server", [
    `listen 127.0.0.1:${statusPort};`,
    "access_log off;",
    ...block("location = /stub_status", ["allow 127.0.0.1;", "deny all;", "stub_status;"]),
    ...block("location /", ["return 404;"]),
  ]);
}

/** The exporter's metrics over TLS, with a certificate that nginx reads anew. */
export function metricsServer({ exporterPort, certificate }: MetricsArgs, listen: Lines): Lines {
  return block("server", [
    ...listen,
    ...certificateLines("metrics.certificate", certificate),
    "access_log off;",
    ...block("location = /metrics", [
      ...block("limit_except GET", ["deny all;"]),
      `proxy_pass http://127.0.0.1:${exporterPort};`,
    ]),
    ...block("location /", ["return 404;"]),
  ]);
}
