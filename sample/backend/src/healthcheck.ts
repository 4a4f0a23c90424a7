import { readFileSync } from "node:fs";
import { get } from "node:https";
import * as settings from "./settings.js";

/**
 * For `HEALTHCHECK` of Docker, which has no probes of its own (Kubernetes asks `/api/health` itself). Exit codes as Docker defines them:
 * 0 healthy, 1 not.
 */
const timeoutMillis = 3000;

const { certFile } = settings.tls();
const request = get(
  {
    ...{ host: "127.0.0.1", port: settings.service().port, path: "/api/health", timeout: timeoutMillis },
    // It is our own certificate: the very one that is served must be it, whatever name is in it.
    ca: readFileSync(certFile),
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
  },
  response => {
    response.resume();
    process.exit(response.statusCode === 200 ? 0 : 1);
  },
);
request.on("timeout", () => request.destroy());
request.on("error", () => process.exit(1));
