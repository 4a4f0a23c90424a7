import { type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject, ResourceSubject, StackSubject } from "../../subject.js";
import type { Field } from "../../value.js";

interface Placed {
  resource: ResourceSubject;
  object: KubernetesObject;
}

function hostProblem(host: Field, resource: ResourceSubject): StackProblem[] {
  if (host.isUnknown) return [{ ...undetermined(host), resource }];
  const { text = "" } = host;
  if (text === "") return [{ ...violation(host, "must name the host it serves"), resource }];
  return text.includes("*")
    ? [{ ...violation(host, `must not serve ${host.shown}, which is any host`), resource }]
    : [];
}

/** Host, path and class of a rule: two objects that claim the same are in each other's way. */
function claimsOf({ object }: Placed): { claim: string; host: Field }[] {
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
          claim: JSON.stringify([object.spec.at("ingressClassName").text, host.text, path.at("path").text ?? "/"]),
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
  reads: ["spec.rules[*].host", "spec.rules[*].http.paths[*].path"],

  check: stack => {
    const ingresses = ingressesOf(stack);
    const hosts = ingresses.flatMap(({ resource, object }) =>
      object.spec
        .at("rules")
        .items()
        .flatMap(rule => hostProblem(rule.at("host"), resource)),
    );
    return [...hosts, ...conflicts(ingresses)];
  },

  admission: {
    of: "ingresses",
    problems: () => `variables.rules.filter(rule, rule.?host.orValue("") == "" || rule.host.contains("*"))
      .map(rule, "must name each host that it serves, in full")`,
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
