import { literal } from "./admissionCel.js";

/**
 * Who may change the policies may change their exceptions, and nobody else: the right to edit the ConfigMaps of a namespace, as every
 * developer may have it, is not enough. It has no parameters, so it also holds when they are gone.
 */
export function guardSpec({ name, namespace }: { name: string; namespace: string }): Record<string, unknown> {
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      matchPolicy: "Equivalent",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      objectSelector: {},
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE", "DELETE"],
          resources: ["configmaps"],
          scope: "*",
        },
      ],
    },
    matchConditions: [
      // By the object's own name: a request to delete all of them names none.
      {
        name: "the-exceptions",
        expression: `(request.operation == "DELETE" ? oldObject : object).metadata.name == ${literal(name)}`,
      },
    ],
    validations: [
      {
        expression: `authorizer.group("admissionregistration.k8s.io").resource("validatingadmissionpolicybindings")
          .check(request.operation == "DELETE" ? "delete" : "update").allowed()`,
        message: "exceptions from the policies may be changed only by those who may change the policies",
        reason: "Forbidden",
      },
    ],
  };
}
