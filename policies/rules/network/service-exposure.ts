import { literal, problemWhen } from "../../admissionCel.js";
import { flag, resourceRule } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";

/** The parts that are meant to be reached from outside say so by the label of their component. */
function isMeantTo({ metadata }: KubernetesObject, components: readonly string[]): boolean {
  const component = metadata.at("labels", "app.kubernetes.io/component").text;
  return component !== undefined && components.includes(component);
}

export const serviceExposure = resourceRule({
  id: "k8s-service-exposure",
  title: "Only the edge is reachable from outside the cluster",
  why: "A load balancer, a node port or an external address passes by the edge: no TLS, no rate limit, no log of it.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
  remediation: "Use type ClusterIP, and route to it at the edge.",
  reads: ["spec.type", "spec.externalIPs", 'metadata.labels["app.kubernetes.io/component"]'],
  parameters: {
    forbidden: {
      type: "array",
      items: { type: "string", pattern: "^(LoadBalancer|NodePort|externalIPs)$" },
      default: ["LoadBalancer", "NodePort", "externalIPs"],
      description: "Ways out of the cluster that a Service may not take.",
    },
    exposedComponents: {
      type: "array",
      items: { type: "string" },
      default: ["edge"],
      description: "Values of the label app.kubernetes.io/component whose Services may be public.",
    },
    allowedAddresses: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "External addresses that any Service may have.",
    },
  },

  applies: ({ object }) => object?.group === "core",
  check: (resource, { settings: { forbidden, exposedComponents, allowedAddresses } }) =>
    resource
      .objectsOf("core", "Service")
      .filter(object => !isMeantTo(object, exposedComponents))
      .flatMap(({ spec }) => [
        ...flag(
          spec.at("type"),
          type => typeof type === "string" && type !== "externalIPs" && forbidden.includes(type),
          `must not be of type ${spec.at("type").shown}`,
        ),
        ...(forbidden.includes("externalIPs") ? spec.at("externalIPs").items() : []).flatMap(address =>
          flag(
            address,
            value => !allowedAddresses.some(one => one === value),
            `must not have the external address ${address.shown}`,
          ),
        ),
      ]),

  admission: {
    of: "services",
    problems: ({ settings: { forbidden, exposedComponents, allowedAddresses } }) => {
      const component = 'object.metadata.?labels[?"app.kubernetes.io/component"]';
      const isMeantTo = `${component}.hasValue() && ${component}.value() in ${literal(exposedComponents)}`;
      const types = literal(forbidden.filter(way => way !== "externalIPs"));
      const problems = [
        problemWhen(
          `object.spec.?type.optMap(type, type in ${types}).orValue(false)`,
          "must be reachable inside the cluster only",
        ),
        ...(forbidden.includes("externalIPs")
          ? [
              `object.spec.?externalIPs.orValue([])${allowedAddresses.length === 0 ? "" : `.filter(address, !(address in ${literal(allowedAddresses)}))`}
                .map(address, "must not have the external address " + address)`,
            ]
          : []),
      ];
      return `(${isMeantTo} ? [] : ${problems.join(" + ")})`;
    },
  },

  examples: {
    pass: {
      "the edge itself": {
        "/service/properties/spec/type": "LoadBalancer",
        "/service/properties/metadata/labels": { "app.kubernetes.io/component": "edge" },
      },
    },
    fail: {
      "a load balancer": { "/service/properties/spec/type": "LoadBalancer" },
      "a port of every node": { "/service/properties/spec/type": "NodePort" },
      "an external address": { "/service/properties/spec/externalIPs": ["203.0.113.7"] },
    },
  },
});
