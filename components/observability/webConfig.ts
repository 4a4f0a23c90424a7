import { tlsFiles } from "../network/certificate";

/** Where a server's certificate, its key and its authority are; tests put their own in place. */
export type TlsFiles = typeof tlsFiles;

/**
 * Web configuration of Prometheus, Alertmanager and their exporters: TLS 1.3 only. They read the certificate anew at every handshake, so that
 * renewal needs nothing.
 */
export function webConfig(files: TlsFiles = tlsFiles): object {
  return { tls_server_config: { cert_file: files.certificate, key_file: files.key, min_version: "TLS13" } };
}

/** How a Go program of the Prometheus family verifies whom it calls. */
export function clientTls(serverName: string, files: TlsFiles = tlsFiles): object {
  return { ca_file: files.ca, server_name: serverName, min_version: "TLS13" };
}
