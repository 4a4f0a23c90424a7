import { filePath, oneOf, record } from "./check";
import type { Lines } from "./syntax";

/** The oldest TLS version served. */
export type TlsVersion = "1.3" | "1.2";

/** A certificate chain and its key, as files in the container. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** Forward secret AEAD suites: Mozilla's "intermediate" list less the DHE ones, which would need parameters of their own. */
const tls12Ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * What all TLS servers share, at http level. Mozilla's "modern" profile, or with 1.2 its "intermediate" one.
 *
 * Curves are the library's own list: from OpenSSL 3.5 on it leads with X25519MLKEM768, as the profile asks; naming that group would keep
 * nginx from starting on an older library. Tickets stay off, because nginx would not rotate their key.
 */
export function tlsLines(leastVersion: TlsVersion): Lines {
  oneOf("tls.leastVersion", leastVersion, ["1.3", "1.2"]);
  return [
    leastVersion === "1.2" ? "ssl_protocols TLSv1.2 TLSv1.3;" : "ssl_protocols TLSv1.3;",
    ...(leastVersion === "1.2" ? [`ssl_ciphers ${tls12Ciphers};`] : []),
    "ssl_prefer_server_ciphers off;",
    "ssl_ecdh_curve auto;",
    "ssl_session_cache shared:edge_tls:10m;",
    "ssl_session_timeout 1d;",
    "ssl_session_tickets off;",
  ];
}

/** A server's certificate, at server level. */
export function certificateLines(argument: string, files: CertificateFiles): Lines {
  const { certificate, key } = record(argument, files);
  return [
    `ssl_certificate ${filePath(`${argument}.certificate`, certificate)};`,
    `ssl_certificate_key ${filePath(`${argument}.key`, key)};`,
  ];
}
