/**
 * Web configuration of the Prometheus project's exporters: metrics leave the pod over TLS. The files are read anew for every handshake,
 * so a renewed certificate needs nothing. JSON, which is YAML too.
 */
export function exporterWebConfig(tlsFolder: string): string {
  const tls_server_config = {
    cert_file: `${tlsFolder}/tls.crt`,
    key_file: `${tlsFolder}/tls.key`,
    min_version: "TLS13",
  };
  return `${JSON.stringify({ tls_server_config })}\n`;
}
