import assert from "node:assert/strict";
import { probeSpecs } from "../../components/lib/probes";

const probes = { readiness: { http: "/healthz", port: 8443 }, liveness: { tcp: 8443 } };

describe("probes", () => {
  it("ask over HTTPS unless told otherwise", () => {
    assert.deepEqual(probeSpecs(probes).readinessProbe, {
      httpGet: { path: "/healthz", port: 8443, scheme: "HTTPS" },
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
    const plain = probeSpecs({ ...probes, readiness: { http: "/healthz", port: 8080, https: false } });
    assert.deepEqual(plain.readinessProbe, {
      httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" },
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
  });

  it("give a program two minutes to start, by the liveness check", () => {
    assert.deepEqual(probeSpecs(probes).startupProbe, {
      tcpSocket: { port: 8443 },
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 60,
    });
  });

  it("are absent where there are none, as for a Job", () => {
    assert.deepEqual(probeSpecs(undefined), {});
  });

  it("refuse a path, a port, a command or a number that the kubelet cannot use", () => {
    const cases: [object, RegExp][] = [
      [{ http: "healthz", port: 8443 }, /probe path must be a path that starts with \/.*"healthz"/],
      [{ http: "/", port: 0 }, /probe port must be a whole number in 1 to 65535, got 0/],
      [{ tcp: Number.NaN }, /probe port .* got NaN/],
      [{ exec: [] }, /probe exec must be a list of texts, not empty/],
      [{ tcp: 1, periodSeconds: 0 }, /probe periodSeconds must be a whole number in 1 to 86400, got 0/],
    ];
    for (const [readiness, message] of cases) {
      assert.throws(() => probeSpecs({ ...probes, readiness: readiness as never }), message);
    }
  });
});
