import { literal } from "../../admissionCel.js";
import { remove } from "../../patch.js";
import { resourceRule, violation } from "../../rule.js";

/** Annotations of both nginx controllers that put text into nginx.conf. */
const snippet = /^(nginx\.ingress\.kubernetes\.io\/[a-z-]{0,64}snippet|nginx\.(org|com)\/[a-z-]{0,64}snippets?)$/;

export const ingressSnippets = resourceRule({
  id: "k8s-ingress-snippets",
  title: "No Ingress writes into nginx.conf",
  why: "A snippet runs with the controller's rights: it reads every certificate and every Secret of the cluster (CVE-2021-25742).",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/ingress/",
  remediation: "Use the annotation made for the purpose, or configure the controller.",
  reads: ["metadata.annotations"],

  applies: ({ object }) => object?.group === "networking.k8s.io" || object?.group === "extensions",
  check: resource =>
    resource.objects
      .filter(({ kind }) => kind === "Ingress")
      .flatMap(({ metadata }) =>
        metadata
          .at("annotations")
          .members()
          .filter(({ name }) => snippet.test(name))
          .map(entry => violation(entry, `must not have the annotation ${entry.name}`, () => remove(entry))),
      ),

  admission: {
    of: "ingresses",
    problems: () => `object.metadata.?annotations.orValue({}).filter(name, name.matches(${literal(snippet.source)}))
      .map(name, "must not have the annotation " + name)`,
  },

  examples: {
    pass: {
      "another annotation": {
        "/ingress/properties/metadata/annotations": { "nginx.ingress.kubernetes.io/ssl-redirect": "true" },
      },
    },
    fail: {
      "a snippet": {
        "/ingress/properties/metadata/annotations": {
          "nginx.ingress.kubernetes.io/configuration-snippet": "lua_package_path x;",
        },
      },
    },
  },
});
