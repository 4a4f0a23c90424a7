/** Rule, parameters, edits of the compliant program, and whether the rule then finds something. */
type Effect = [rule: string, parameters: Record<string, unknown>, edits: Record<string, unknown>, isBroken: boolean];

const pod = "/web/properties/spec/template/spec";

/** How images are written, and whether they come from elsewhere than Docker's own images and one registry. */
const images: [reference: string, isElsewhere: boolean][] = [
  ["nginx", false],
  [`nginx@sha256:${"0".repeat(64)}`, false],
  ["library/nginx:1", false],
  ["docker.io/nginx:1", false],
  ["docker.io/library/nginx", false],
  [`index.docker.io/nginx@sha256:${"0".repeat(64)}`, false],
  ["registry-1.docker.io/library/nginx", false],
  ["DOCKER.io:443/nginx", false],
  ["Registry.example.com:443/shop/web:1", false],
  ["registry.example.com:4433/web", true],
  ["registry.example.com:443.evil.example/web", true],
  ["docker.io/shop/nginx", true],
  ["index.docker.io/shop/nginx:1", true],
  ["docker.io:5000/nginx", true],
  ["docker.io.example.com/nginx", true],
  ["example.com/docker.io/library/nginx", true],
  ["shop/nginx:1", true],
  ["localhost/nginx", true],
  ["localhost:5000/library/nginx", true],
  // No digest has a slash; what follows the @ is part of no name.
  ["nginx@x/y", false],
  ["docker.io/nginx@x/y", false],
  ["docker.io/a/b", true],
];

/** Places on a node, and whether a runtime's socket at /run/other/other.sock is there. */
const places: [path: string, isThere: boolean][] = [
  ["/", true],
  ["/var", true],
  ["/run", true],
  ["/var/run/other", true],
  ["//run/./other/", true],
  ["/run/other/other.sock", true],
  ["/var/run/other/other.sock/", true],
  ["/home/me/.run/other.sock", true],
  ["/var/lib", false],
  ["/run/otherwise", false],
  ["/run/other/other.sock.d", false],
  ["/run/other/x", false],
  ["/srv/another.sock", false],
  ["run/other/other.sock", false],
];

/** What leaves only one place to decide on the user. */
const ofEnough = { [`${pod}/securityContext/runAsUser`]: undefined };
const ofPod = (request: string, limit: string) => ({
  [`${pod}/resources`]: { requests: { cpu: request }, limits: { cpu: limit } },
});
const gpus = (amount: string) => ({
  [`${pod}/containers/0/resources/limits/nvidia.com~1gpu`]: amount,
  [`${pod}/initContainers/0/resources/limits/nvidia.com~1gpu`]: amount,
});

/** What each parameter does, shown by a program that it makes the rule judge otherwise. */
export const effects: readonly Effect[] = [
  // A reference in full allows itself, and no other that begins with it.
  ["k8s-image-registry", { allowed: ["registry.example.com/web:1"] }, {}, true],
  [
    "k8s-image-provenance",
    { allowed: ["nginx@*", "registry.example.com/*"] },
    { "/web/properties/spec/template/spec/containers/0/image": `nginx@sha256:${"0".repeat(64)}` },
    false,
  ],
  ["k8s-psa-label", { allowed: ["baseline", "restricted"] }, {}, false],
  [
    "k8s-service-exposure",
    { forbidden: ["NodePort"] },
    { "/service/properties/spec/externalIPs": ["203.0.113.7"] },
    false,
  ],
  [
    "rbac-anonymous",
    { forbidAuthenticated: true },
    { "/binding/properties/subjects/0": { kind: "User", name: "system:anonymous" } },
    true,
  ],
  [
    "k8s-ingress-host",
    { forbidden: ["wildcard"] },
    {
      "/ingress/properties/spec/rules": undefined,
      "/ingress/properties/spec/defaultBackend": { service: { name: "web", port: { name: "http" } } },
    },
    false,
  ],
  [
    "k8s-ingress-host",
    { forbidden: ["missing", "wildcard"] },
    {
      "/rival": {
        type: "kubernetes:networking.k8s.io/v1:Ingress",
        properties: {
          metadata: { name: "rival", namespace: "shop" },
          spec: { rules: [{ host: "www.example.com", http: { paths: [{ path: "/" }] } }] },
        },
      },
    },
    false,
  ],
  ["k8s-ingress-host", { forbidden: ["missing"] }, { "/ingress/properties/spec/rules/0/host": "*.example.com" }, false],
  ["k8s-ingress-host", { forbidden: ["wildcard"] }, { "/ingress/properties/spec/rules/0/host": undefined }, false],
  ["k8s-ingress-host", { forbidden: ["missing"] }, { "/ingress/properties/spec/rules/0/host": "" }, true],
  ["k8s-ingress-host", { forbidden: ["wildcard"] }, { "/ingress/properties/spec/rules/0/host": "*.org" }, true],
  ["k8s-privileged", { explicit: true }, {}, true],
  ["k8s-proc-mount", { explicit: true }, {}, true],
  ["k8s-pdb", { explicitEviction: true }, {}, true],
  [
    "k8s-pdb",
    { explicitEviction: true },
    { "/budget/properties/spec/unhealthyPodEvictionPolicy": "AlwaysAllow" },
    false,
  ],
  [
    "k8s-runtime-socket",
    { sockets: ["/run/other/other.sock"] },
    { "/web/properties/spec/template/spec/volumes/1": { name: "v", hostPath: { path: "/run/docker.sock" } } },
    false,
  ],
  [
    "k8s-runtime-socket",
    { sockets: ["/var/run/other/other.sock"] },
    { "/web/properties/spec/template/spec/volumes/1": { name: "v", hostPath: { path: "/run/other" } } },
    true,
  ],
  [
    "k8s-runtime-socket",
    { sockets: [] },
    { "/web/properties/spec/template/spec/volumes/1": { name: "v", hostPath: { path: "/" } } },
    false,
  ],
  ["k8s-dangling", { references: ["backends"] }, { "/service/properties/spec/selector": { app: "wbe" } }, false],
  ["k8s-dangling", { references: ["services"] }, { "/service/properties/spec/selector": { app: "wbe" } }, true],
  ["k8s-run-as-user", { minimum: 20_000 }, {}, true],
  ...[`${pod}/securityContext/runAsUser`, `${pod}/containers/0/securityContext/runAsUser`].flatMap(
    (place): Effect[] => [
      ["k8s-run-as-user", { minimum: 20_000 }, { ...ofEnough, [place]: 20_000 }, false],
      ["k8s-run-as-user", { minimum: 20_000 }, { ...ofEnough, [place]: 19_999 }, true],
    ],
  ),
  ["k8s-resources", { required: ["limits.nvidia.com/gpu"] }, {}, true],
  ["k8s-resources", { required: ["limits.nvidia.com/gpu"] }, gpus("2"), false],
  ["k8s-resources", { required: ["limits.nvidia.com/gpu"] }, gpus("0"), true],
  [
    "k8s-resources",
    { required: ["limits.nvidia.com/gpu"] },
    { [`${pod}/resources`]: { limits: { "nvidia.com/gpu": 1 } } },
    false,
  ],
  [
    "k8s-resources",
    { required: ["limits.nvidia.com/gpu"] },
    { [`${pod}/resources`]: { limits: { "nvidia.com/gpu": 0 } } },
    true,
  ],
  ["k8s-probes", { required: ["startupProbe"] }, {}, true],
  ...["exec", "httpGet", "tcpSocket", "grpc"].map(
    (way): Effect => [
      "k8s-probes",
      { required: ["startupProbe"] },
      { [`${pod}/containers/0/startupProbe`]: { [way]: {} } },
      false,
    ],
  ),
  ["k8s-probes", { required: ["startupProbe"] }, { [`${pod}/containers/0/startupProbe`]: { periodSeconds: 1 } }, true],
  ["k8s-labels", { required: ["app.kubernetes.io/part-of"] }, {}, true],
  [
    "k8s-labels",
    { required: ["app.kubernetes.io/part-of"] },
    { "/web/properties/spec/template/metadata/labels/app.kubernetes.io~1part-of": "shop" },
    false,
  ],
  [
    "k8s-capabilities",
    { dropAll: false },
    { "/web/properties/spec/template/spec/containers/0/securityContext/capabilities": {} },
    false,
  ],
  ["k8s-image-provenance", { allowed: ["docker.io/library/postgres:17@sha256:*"] }, {}, true],
  ["k8s-image-registry", { allowed: ["other.example.com/"] }, {}, true],
  ["k8s-image-registry", { allowed: ["registry.example.com/"] }, {}, false],
  [
    "k8s-image-registry",
    { allowed: ["docker.io/library/*"] },
    { "/web/properties/spec/template/spec/containers/0/image": `nginx:1@sha256:${"0".repeat(64)}` },
    true,
  ],
  ["k8s-image-registry", { forbidden: ["registry.example.com/"] }, {}, true],
  ...images.map(
    ([reference, isElsewhere]): Effect => [
      "k8s-image-registry",
      { allowed: ["docker.io/library/", "registry.example.com/"] },
      { [`${pod}/containers/0/image`]: reference },
      isElsewhere,
    ],
  ),
  ...places.map(
    ([path, isThere]): Effect => [
      "k8s-runtime-socket",
      { sockets: ["/run/other/other.sock"] },
      { [`${pod}/volumes/1`]: { name: "v", hostPath: { path } } },
      isThere,
    ],
  ),
  [
    "k8s-resource-bounds",
    { cpuRatio: 1, memoryRatio: 1 },
    { "/web/properties/spec/template/spec/containers/0/resources/limits/memory": "65Mi" },
    true,
  ],
  [
    "k8s-resource-bounds",
    { cpuRatio: 1, memoryRatio: 1 },
    { [`${pod}/containers/0/resources/limits/cpu`]: "150m" },
    true,
  ],
  ["k8s-resource-bounds", { cpuRatio: 1, memoryRatio: 1 }, {}, false],
  ...([1, 3] as const).flatMap((cpuRatio): Effect[] => [
    ["k8s-resource-bounds", { cpuRatio }, ofPod("100m", `${cpuRatio * 100}m`), false],
    ["k8s-resource-bounds", { cpuRatio }, ofPod("100m", `${cpuRatio * 100 + 50}m`), true],
  ]),
  [
    "k8s-resource-bounds",
    { cpuRatio: 3 },
    { "/web/properties/spec/template/spec/containers/0/resources/limits/cpu": "301m" },
    true,
  ],
  [
    "k8s-secret-env-ref",
    { sources: ["envFrom"] },
    {
      "/web/properties/spec/template/spec/containers/0/env": [
        { name: "A", valueFrom: { secretKeyRef: { name: "a", key: "b" } } },
      ],
    },
    false,
  ],
  ["k8s-service-exposure", { forbidden: ["NodePort"] }, { "/service/properties/spec/type": "LoadBalancer" }, false],
  [
    "k8s-service-exposure",
    { exposedComponents: ["mail"] },
    {
      "/service/properties/spec/type": "LoadBalancer",
      "/service/properties/metadata/labels": { "app.kubernetes.io/component": "mail" },
    },
    false,
  ],
  [
    "k8s-service-exposure",
    { allowedAddresses: ["203.0.113.7"] },
    { "/service/properties/spec/externalIPs": ["203.0.113.7"] },
    false,
  ],
  [
    "k8s-service-exposure",
    { allowedAddresses: ["203.0.113.7"] },
    { "/service/properties/spec/externalIPs": ["203.0.113.7", "203.0.113.8"] },
    true,
  ],
  ["k8s-netpol-missing", { directions: ["Ingress"] }, { "/deny/properties/spec/policyTypes": ["Ingress"] }, false],
  ["k8s-psa-label", { allowed: ["baseline"] }, {}, true],
  [
    "k8s-dangling",
    { operatorLabels: ["example.com/"] },
    { "/service/properties/spec/selector": { "example.com/made": "yes" } },
    false,
  ],
  ...[["example.com/certificate"], []].map(
    (certificateAnnotations): Effect => [
      "k8s-ingress-tls",
      { certificateAnnotations },
      {
        "/ingress/properties/metadata/annotations": { "example.com/certificate": "web" },
        "/ingress/properties/spec/tls": undefined,
      },
      certificateAnnotations.length === 0,
    ],
  ),
  ["rbac-wildcard", { lists: ["verbs"] }, { "/role/properties/rules/0/resources": ["*"] }, false],
  [
    "rbac-anonymous",
    { forbidAuthenticated: true },
    { "/binding/properties/subjects/0": { kind: "Group", name: "system:authenticated" } },
    true,
  ],
  [
    "rbac-anonymous",
    { allowedRoles: ["web"] },
    { "/binding/properties/subjects/0": { kind: "Group", name: "system:anonymous" } },
    false,
  ],
];
