import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { TlsFiles } from "../../../components/observability/webConfig.js";

/** A server of the test, by the name in its certificate. */
export interface Endpoint {
  port: number;
  tls: TlsFiles;
}

interface Sent {
  method?: string;
  body?: string;
  type?: string;
}

/** A request over verified TLS 1.3 to loopback; its answer as JSON, or as it is. */
export function getJson(
  { port, tls }: Endpoint,
  path: string,
  as: "json" | "text" = "json",
  { method = "GET", body = "", type = "application/json" }: Sent = {},
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, path, method, agent: false, timeout: 30_000 },
        ...{ ca: readFileSync(tls.ca), servername: "localhost", minVersion: "TLSv1.3" },
        headers: {
          "content-type": type,
          "content-length": Buffer.byteLength(body),
          // Structured metadata apart from labels.
          "x-loki-response-encoding-flags": "categorize-labels",
        },
      },
      response => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          try {
            resolve({ status, body: as === "json" && status === 200 ? JSON.parse(text) : text });
          } catch (error) {
            reject(new Error(`${String(error)}: ${text.slice(0, 500)}`));
          }
        });
      },
    );
    sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
    sent.end(body);
  });
}
