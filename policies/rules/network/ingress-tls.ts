import { literal } from "../../admissionCel.js";
import type { Truth } from "../../labels.js";
import { type Problem, resourceRule, undetermined, violation } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";
import type { Field } from "../../value.js";

/** A host of a tls entry covers itself, or, as `*.example.com`, one label below. */
function isCovered(host: string, covered: ReadonlySet<string | undefined>): boolean {
  const dot = host.indexOf(".");
  return covered.has(host) || (dot > 0 && covered.has(`*${host.slice(dot)}`));
}

/** Whether an annotation names certificates that a cloud's load balancer holds. */
function isCertifiedElsewhere({ metadata }: KubernetesObject, annotations: readonly string[]): Truth {
  const given = annotations.map(name => metadata.at("annotations", name));
  if (given.some(({ text }) => text !== undefined && text !== "")) return true;
  return given.some(({ isUnknown }) => isUnknown) ? undefined : false;
}

function ingressProblems(object: KubernetesObject, annotations: readonly string[]): Problem[] {
  const { spec, metadata } = object;
  const truth = isCertifiedElsewhere(object, annotations);
  const found = truth === true ? [] : tlsProblems(spec);
  return found.length > 0 && truth === undefined ? [undetermined(metadata.at("annotations"))] : found;
}

function tlsProblems(spec: Field): Problem[] {
  const tls = spec.at("tls");
  const entries = tls.items();
  const unknown = entries.find(
    entry =>
      entry.isUnknown ||
      entry
        .at("hosts")
        .items()
        .some(({ isUnknown }) => isUnknown),
  );
  if (entries.length === 0) return [violation(tls, "must have a certificate: spec.tls")];
  const covered = new Set(entries.flatMap(entry => entry.at("hosts").items()).map(({ text }) => text));
  // An entry without hosts is the controller's own certificate, for any host.
  if (entries.some(entry => entry.at("hosts").items().length === 0)) return [];
  return spec
    .at("rules")
    .items()
    .flatMap(rule => {
      const host = rule.at("host").text;
      if (rule.at("host").isUnknown) return [undetermined(rule.at("host"))];
      if (host === undefined || isCovered(host, covered)) return [];
      return [
        unknown === undefined
          ? violation(rule.at("host"), `must have a certificate for ${rule.at("host").shown}`)
          : undetermined(unknown),
      ];
    });
}

export const ingressTls = resourceRule({
  id: "k8s-ingress-tls",
  title: "Every host of an Ingress has a certificate",
  why: "Without TLS, passwords and sessions cross the network in plain text.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
  remediation: "Add spec.tls with the hosts and the Secret of their certificate.",
  reads: ["spec.tls", "spec.rules[*].host", "metadata.annotations"],
  parameters: {
    certificateAnnotations: {
      type: "array",
      items: { type: "string" },
      // Where the controllers of clouds read certificates: https://cloud.google.com/kubernetes-engine/docs/how-to/managed-certs and
      // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/.
      default: [
        "alb.ingress.kubernetes.io/certificate-arn",
        "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "networking.gke.io/managed-certificates",
      ],
      description:
        "Annotations that name certificates which a load balancer holds: with one of them spec.tls is not needed.",
    },
  },

  applies: ({ object }) => object?.group === "networking.k8s.io" || object?.group === "extensions",
  check: (resource, { settings: { certificateAnnotations } }) =>
    [...resource.objectsOf("networking.k8s.io", "Ingress"), ...resource.objectsOf("extensions", "Ingress")].flatMap(
      object => ingressProblems(object, certificateAnnotations),
    ),

  admission: {
    of: "ingresses",
    problems: ({ settings: { certificateAnnotations } }) => {
      const isElsewhere = `object.metadata.?annotations.orValue({})
        .exists(name, name in ${literal(certificateAnnotations)} && object.metadata.annotations[name] != "")`;
      const covers = `host == rule.host
        || host.startsWith("*.") && rule.host.indexOf(".") > 0 && rule.host.substring(rule.host.indexOf(".")) == host.substring(1)`;
      const isCovered = `variables.tls.exists(entry, entry.?hosts.orValue([]).exists(host, ${covers}))`;
      // An entry without hosts is the controller's own certificate, for any host.
      const isAny = "variables.tls.exists(entry, entry.?hosts.orValue([]).size() == 0)";
      return `(${isElsewhere} ? [] : variables.tls.size() == 0 ? ["must have a certificate: spec.tls"] : ${isAny} ? [] :
        variables.rules.filter(rule, has(rule.host) && !${isCovered})
          .map(rule, "must have a certificate for " + rule.host))`;
    },
  },

  examples: {
    pass: {
      "a certificate for all of a domain": { "/ingress/properties/spec/tls/0/hosts": ["*.example.com"] },
      "one that the load balancer holds": {
        "/ingress/properties/metadata/annotations": { "networking.gke.io/managed-certificates": "web" },
        "/ingress/properties/spec/tls": undefined,
      },
    },
    fail: {
      "no certificate": { "/ingress/properties/spec/tls": undefined },
      "one for another host": { "/ingress/properties/spec/tls/0/hosts": ["blog.example.com"] },
    },
  },
});
