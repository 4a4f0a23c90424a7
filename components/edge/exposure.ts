import * as k8s from "@pulumi/kubernetes";
import type { Component } from "../lib/component";
import { type Peer, tcp } from "../network/link";

/** How the edge is reached from outside: a cloud's load balancer, a port of every node, or only from inside (a tunnel, a test). */
export type Exposure = "LoadBalancer" | "NodePort" | "ClusterIP";

export const exposures: readonly Exposure[] = ["LoadBalancer", "NodePort", "ClusterIP"];

interface ExposureArgs {
  edge: Peer;
  exposure: Exposure;
  httpPort: number;
  httpsPort: number;
  /** Who may come: the trusted proxies, or with none everybody. */
  ranges: readonly string[];
}

/** The Service in front of the edge, and the NetworkPolicy that lets clients in. */
export function expose(
  owner: Component,
  args: ExposureArgs,
  transform?: (args: k8s.core.v1.ServiceArgs) => k8s.core.v1.ServiceArgs,
): k8s.core.v1.Service {
  const { edge, exposure, httpPort, httpsPort, ranges } = args;
  const metadata = { namespace: edge.namespace };
  owner.child(k8s.networking.v1.NetworkPolicy, "from-clients", {
    metadata,
    spec: {
      podSelector: { matchLabels: edge.podLabels },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: (ranges.length === 0 ? ["0.0.0.0/0", "::/0"] : ranges).map(cidr => ({ ipBlock: { cidr } })),
          ports: tcp([httpPort, httpsPort]),
        },
      ],
    },
  });
  const outside = exposure !== "ClusterIP";
  return owner.child(
    k8s.core.v1.Service,
    "",
    {
      metadata,
      spec: {
        type: exposure,
        selector: owner.selector,
        ports: [
          { name: "http", port: 80, targetPort: httpPort },
          { name: "https", port: 443, targetPort: httpsPort },
        ],
        // Otherwise a node in between puts its own address in the client's place, and all clients share one limit.
        ...(outside ? { externalTrafficPolicy: "Local" } : {}),
        ...(exposure === "LoadBalancer" && ranges.length > 0 ? { loadBalancerSourceRanges: [...ranges] } : {}),
      },
    },
    { transform },
  );
}
