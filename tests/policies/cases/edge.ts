import { type Case, each, kubernetes } from "./case.js";

const ingress = (spec: object, apiVersion = "networking.k8s.io/v1") => ({
  "/x": kubernetes(apiVersion, "Ingress", { spec }),
});

const backend = { service: { name: "web", port: { name: "http" } } };
const rule = (host: unknown) => ({ host, http: { paths: [{ path: "/x", backend }] } });

const certificates: [tls: unknown, host: string, isBroken: boolean][] = [
  [[{ hosts: [], secretName: "any" }], "www.example.com", false],
  [[{ secretName: "any" }], "www.example.com", false],
  [[{ hosts: null }], "www.example.com", false],
  [[], "www.example.com", true],
  [null, "www.example.com", true],
  [[{ hosts: ["*.example.com"] }], "www.example.com", false],
  [[{ hosts: ["*.example.com"] }], "a.www.example.com", true],
  [[{ hosts: ["*.example.com"] }], "example.com", true],
  [[{ hosts: ["*.localhost"] }], "localhost", true],
  [[{ hosts: ["*.example.com"] }], "a.example.com", false],
  [[{ hosts: ["www.example.com"] }, { hosts: ["api.example.com"] }], "api.example.com", false],
];

/** An Ingress that claims a path of the program's own. */
const rival = (annotations: object, spec: object = {}, path: object = {}) => ({
  "/x": kubernetes("networking.k8s.io/v1", "Ingress", {
    metadata: { name: "x", namespace: "shop", annotations },
    spec: { rules: [{ host: "www.example.com", http: { paths: [{ path: "/", backend, ...path }] } }], ...spec },
  }),
});
const rivals: [edits: Case[1], isBroken: boolean][] = [
  [rival({}), true],
  [rival({ "nginx.ingress.kubernetes.io/canary": "true" }), false],
  [rival({ "nginx.ingress.kubernetes.io/canary": "false" }), true],
  [rival({ "kubernetes.io/ingress.class": "other" }), false],
  [
    {
      ...rival({ "kubernetes.io/ingress.class": "nginx" }),
      "/ingress/properties/spec/ingressClassName": "nginx",
    },
    true,
  ],
  // The field says it, whatever the annotation says.
  [
    {
      ...rival({ "kubernetes.io/ingress.class": "other" }, { ingressClassName: "nginx" }),
      "/ingress/properties/spec/ingressClassName": "nginx",
    },
    true,
  ],
  [rival({}, {}, { pathType: "Exact" }), false],
  [rival({}, {}, { pathType: "ImplementationSpecific" }), true],
];

/** Annotations by which a load balancer is told its certificates, and whether one is still missing. */
const elsewhere: [annotations: unknown, isBroken: boolean][] = [
  [{ "networking.gke.io/managed-certificates": "web" }, false],
  [{ "ingress.gcp.kubernetes.io/pre-shared-cert": "web" }, false],
  [{ "alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a" }, false],
  [{ "appgw.ingress.kubernetes.io/appgw-ssl-certificate": "web" }, false],
  [{ "networking.gke.io/managed-certificates": "" }, true],
  [{ "cert-manager.io/cluster-issuer": "web" }, true],
  [null, true],
];

export const edgeCases: readonly Case[] = [
  ["k8s-ingress-host", ingress({ defaultBackend: backend }), true],
  ["k8s-ingress-host", ingress({ backend: { serviceName: "web", servicePort: 80 } }, "extensions/v1beta1"), true],
  ["k8s-ingress-host", ingress({ defaultBackend: backend, rules: [rule("a.example.com")] }), false],
  ["k8s-ingress-host", ingress({ defaultBackend: null, rules: [rule("a.example.com")] }), false],
  ["k8s-ingress-host", ingress({ rules: [rule(null)] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("a.*.example.com")] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("www.example.com")] }), false],
  [
    "k8s-ingress-host",
    ingress({
      ingressClassName: "other",
      rules: [{ host: "www.example.com", http: { paths: [{ path: "/", backend }] } }],
    }),
    false,
  ],
  ["k8s-ingress-host", ingress({ rules: [{ host: "www.example.com", http: { paths: [{ backend }] } }] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("a.example.com"), rule("a.example.com")] }), false],
  ...rivals.map(([rival, isBroken]): Case => ["k8s-ingress-host", rival, isBroken]),
  ...elsewhere.map(
    ([annotations, isBroken]): Case => [
      "k8s-ingress-tls",
      { "/ingress/properties/metadata/annotations": annotations, "/ingress/properties/spec/tls": undefined },
      isBroken,
    ],
  ),
  ...certificates.map(
    ([tls, host, isBroken]): Case => [
      "k8s-ingress-tls",
      { "/ingress/properties/spec/tls": tls, "/ingress/properties/spec/rules/0/host": host },
      isBroken,
    ],
  ),
  ["k8s-ingress-tls", ingress({ tls: [{ hosts: ["x.org"] }], rules: [{ http: { paths: [] } }] }), false],
  ["k8s-service-exposure", { "/service/properties/spec/type": "ExternalName" }, false],
  [
    "k8s-service-exposure",
    {
      "/service/properties/spec/type": "LoadBalancer",
      "/service/properties/metadata/labels": { "app.kubernetes.io/component": "api" },
    },
    true,
  ],
  ["k8s-service-exposure", { "/service/properties/spec/externalIPs": null }, false],
  [
    "k8s-service-exposure",
    { "/service/properties/spec/type": "NodePort", "/service/properties/metadata/labels": null },
    true,
  ],
  [
    "k8s-ingress-snippets",
    {
      "/x": kubernetes("extensions/v1beta1", "Ingress", {
        metadata: { annotations: { "nginx.org/server-snippets": "x" } },
      }),
    },
    true,
  ],
  ...each<[string, boolean]>(
    [
      ["*.example.com", false],
      ["*.www.example.com", true],
      ["www.example.com.evil.org", true],
      ["example.com", true],
    ],
    ([host, isBroken]) => [
      "k8s-ingress-tls",
      { "/ingress/properties/spec/tls/0/hosts": [host, "other.example.org"] },
      isBroken,
    ],
  ),
  ["k8s-ingress-tls", { "/ingress/properties/spec/tls": [{ hosts: ["x.org"] }, { secretName: "any" }] }, false],
];
