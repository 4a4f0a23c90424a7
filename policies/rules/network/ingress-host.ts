import { none, problemWhen } from "../../admissionCel.js";
import { flag, type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject, ResourceSubject, StackSubject } from "../../subject.js";
import type { Field } from "../../value.js";

interface Placed {
  resource: ResourceSubject;
  object: KubernetesObject;
}

function hostProblem(host: Field, resource: ResourceSubject, forbidden: readonly string[]): StackProblem[] {
  if (host.isUnknown) return [{ ...undetermined(host), resource }];
  const { text = "" } = host;
  if (text === "")
    return forbidden.includes("missing") ? [{ ...violation(host, "must name the host it serves"), resource }] : [];
  return text.includes("*") && forbidden.includes("wildcard")
    ? [{ ...violation(host, `must not serve ${host.shown}, which is any host`), resource }]
    : [];
}

/** An Ingress without rules sends every request, for whatever host, to its default backend. */
function catchAllProblems({ resource, object: { spec } }: Placed): StackProblem[] {
  if (spec.at("rules").items().length > 0) return [];
  return ["defaultBackend", "backend"]
    .map(name => spec.at(name))
    .filter(backend => !backend.isAbsent)
    .slice(0, 1)
    .flatMap(backend => flag(backend, () => true, "must name the hosts it serves: it has no rules"))
    .map(problem => ({ ...problem, resource }));
}

/** The class by its field or, as before Kubernetes 1.18, by an annotation. */
function classOf({ spec, metadata }: KubernetesObject): string | undefined {
  return spec.at("ingressClassName").text ?? metadata.at("annotations", "kubernetes.io/ingress.class").text;
}

/** A canary of nginx's controller takes, on purpose, some of the requests that another Ingress is for. */
function isCanary({ metadata }: KubernetesObject): boolean {
  return metadata.at("annotations", "nginx.ingress.kubernetes.io/canary").value === "true";
}

/** Host, path and class of a rule: two objects that claim the same are in each other's way. An exact path comes before any other. */
function claimsOf({ object }: Placed): { claim: string; host: Field }[] {
  if (isCanary(object)) return [];
  const className = classOf(object);
  return object.spec
    .at("rules")
    .items()
    .flatMap(rule => {
      const host = rule.at("host");
      if (host.text === undefined || host.text === "") return [];
      return rule
        .at("http", "paths")
        .items()
        .map(path => ({
          claim: JSON.stringify([
            className,
            host.text,
            path.at("path").text ?? "/",
            path.at("pathType").value === "Exact",
          ]),
          host,
        }));
    });
}

function conflicts(ingresses: readonly Placed[]): StackProblem[] {
  const owners = new Map<string, Placed>();
  return ingresses.flatMap(placed =>
    claimsOf(placed).flatMap(({ claim, host }) => {
      const owner = owners.get(claim);
      if (owner === undefined) owners.set(claim, placed);
      if (owner === undefined || owner.object === placed.object) return [];
      const message = `must not serve a path of ${host.shown} that ${owner.resource.label} serves, too`;
      return [{ ...violation(host, message), resource: placed.resource }];
    }),
  );
}

function ingressesOf(stack: StackSubject): Placed[] {
  return [...stack.objectsOf("networking.k8s.io", "Ingress"), ...stack.objectsOf("extensions", "Ingress")];
}

export const ingressHost = stackRule({
  id: "k8s-ingress-host",
  title: "Each Ingress serves hosts of its own, by name",
  why: "A wildcard or a missing host takes requests meant for others; of two that claim one path, nobody knows which wins.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards",
  remediation: "Name each host in full, and serve each of its paths from one Ingress.",
  reads: [
    "spec.rules[*].host",
    "spec.defaultBackend",
    "spec.rules[*].http.paths[*].{path,pathType}",
    "spec.ingressClassName",
    "metadata.annotations",
  ],

  parameters: {
    forbidden: {
      type: "array",
      items: { type: "string", pattern: "^(missing|wildcard|shared)$" },
      default: ["missing", "wildcard", "shared"],
      description:
        "What an Ingress may not have: a rule without a host, a host with a wildcard, a path that another serves.",
    },
  },

  check: (stack, { settings: { forbidden } }) => {
    const ingresses = ingressesOf(stack);
    const hosts = ingresses.flatMap(({ resource, object }) =>
      object.spec
        .at("rules")
        .items()
        .flatMap(rule => hostProblem(rule.at("host"), resource, forbidden)),
    );
    return [
      ...hosts,
      ...(forbidden.includes("missing") ? ingresses.flatMap(catchAllProblems) : []),
      ...(forbidden.includes("shared") ? conflicts(ingresses) : []),
    ];
  },

  admission: {
    of: "ingresses",
    problems: ({ settings: { forbidden } }) => {
      const isMissing = 'rule.?host.orValue("") == ""';
      const isWildcard = 'rule.?host.optMap(host, host.contains("*")).orValue(false)';
      const isBad = [
        ...(forbidden.includes("missing") ? [isMissing] : []),
        ...(forbidden.includes("wildcard") ? [isWildcard] : []),
      ].join(" || ");
      const hosts =
        isBad === ""
          ? none
          : `variables.rules.filter(rule, ${isBad}).map(rule, "must name each host that it serves, in full")`;
      const isForAll = "variables.rules.size() == 0 && has(object.spec.defaultBackend)";
      return forbidden.includes("missing")
        ? `${hosts} + ${problemWhen(isForAll, "must name the hosts that it serves: it has no rules")}`
        : hosts;
    },
    except: "whether another Ingress serves the same path needs the whole stack",
  },

  examples: {
    pass: {},
    fail: {
      "any host": { "/ingress/properties/spec/rules/0/host": undefined },
      "all of a domain": {
        "/ingress/properties/spec/rules/0/host": "*.example.com",
        "/ingress/properties/spec/tls/0/hosts": ["*.example.com"],
      },
      "whatever nobody else serves": {
        "/ingress/properties/spec/rules": undefined,
        "/ingress/properties/spec/defaultBackend": { service: { name: "web", port: { name: "http" } } },
      },
      "a path that another one serves": {
        "/rival": {
          type: "kubernetes:networking.k8s.io/v1:Ingress",
          properties: {
            metadata: { name: "rival", namespace: "shop" },
            spec: {
              tls: [{ hosts: ["www.example.com"], secretName: "web" }],
              rules: [
                {
                  host: "www.example.com",
                  http: {
                    paths: [
                      { path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { name: "http" } } } },
                    ],
                  },
                },
              ],
            },
          },
        },
      },
    },
  },
});
