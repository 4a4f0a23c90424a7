import type * as k8s from "@pulumi/kubernetes";
import { checkPort, checkTexts, checkUrlPath, checkWhole } from "./check";
import { compact, withDefaults } from "./compact";

type Check =
  /** A GET that must answer 200 to 399. The kubelet does not verify the certificate. @default https true */
  { http: string; port: number; https?: boolean } | { tcp: number } | { exec: readonly string[] };

/** How the kubelet finds out about a container. */
export type Probe = Check & {
  /** @default 10 */
  periodSeconds?: number;
  /** @default 3 */
  timeoutSeconds?: number;
  /** Failures in a row before it counts. @default 3 */
  failures?: number;
};

/** A long-running container has readiness and liveness; liveness is the cheaper check, so that a slow dependency restarts nothing. */
export interface Probes {
  readiness: Probe;
  liveness: Probe;
  /** Holds the other two back while the program starts. @default the liveness check, every 2 s for 2 min */
  startup?: Probe;
}

export const probeDefaults = { periodSeconds: 10, timeoutSeconds: 3, failures: 3 };
const startupDefaults = { periodSeconds: 2, failures: 60 };

function check(probe: Probe): void {
  if ("http" in probe) checkUrlPath("probe path", probe.http);
  if ("http" in probe || "tcp" in probe) checkPort("probe port", "http" in probe ? probe.port : probe.tcp);
  if ("exec" in probe) checkTexts("probe exec", probe.exec, { atLeast: 1 });
  const { periodSeconds, timeoutSeconds, failures } = withDefaults(probeDefaults, probe);
  for (const [field, value] of Object.entries({ periodSeconds, timeoutSeconds, failures })) {
    checkWhole(`probe ${field}`, value, 1, 86_400);
  }
}

function handlerOf(probe: Check): k8s.types.input.core.v1.Probe {
  if ("http" in probe) {
    return { httpGet: { path: probe.http, port: probe.port, scheme: (probe.https ?? true) ? "HTTPS" : "HTTP" } };
  }
  if ("tcp" in probe) return { tcpSocket: { port: probe.tcp } };
  return { exec: { command: [...probe.exec] } };
}

function probeSpec(probe: Probe): k8s.types.input.core.v1.Probe {
  check(probe);
  const { periodSeconds, timeoutSeconds, failures } = withDefaults(probeDefaults, probe);
  return { ...handlerOf(probe), periodSeconds, timeoutSeconds, failureThreshold: failures };
}

/** The three probes as Kubernetes takes them; none for a container that has none (a Job's, an init container's). */
export function probeSpecs(
  probes?: Probes,
): Pick<k8s.types.input.core.v1.Container, "readinessProbe" | "livenessProbe" | "startupProbe"> {
  if (probes === undefined) return {};
  const startup = probes.startup ?? { ...probes.liveness, ...startupDefaults };
  return compact({
    readinessProbe: probeSpec(probes.readiness),
    livenessProbe: probeSpec(probes.liveness),
    startupProbe: probeSpec(startup),
  });
}
