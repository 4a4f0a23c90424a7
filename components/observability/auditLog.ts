/**
 * Kubernetes' audit log: what the API server is told to write, and what the collector makes of it. The agent reads it from the API server's
 * own log: start that with `--audit-policy-file=…` and `--audit-log-path=-`, which is its standard output.
 */

/** Container whose lines are believed to be an audit log. Anybody else could write such lines. */
const apiServer = "kube-apiserver";

/** Attribute by where an event has it. */
const attributes: Readonly<Record<string, string>> = {
  "k8s.audit.stage": '["stage"]',
  "k8s.audit.verb": '["verb"]',
  "k8s.audit.user": '["user"]["username"]',
  "k8s.audit.resource": '["objectRef"]["resource"]',
  "k8s.audit.subresource": '["objectRef"]["subresource"]',
  "k8s.audit.namespace": '["objectRef"]["namespace"]',
  "k8s.audit.name": '["objectRef"]["name"]',
  "k8s.audit.code": '["responseStatus"]["code"]',
  "client.address": '["sourceIPs"][0]',
};

/** Statements of OTTL; a line that is an event is in the cache. */
export function auditStatements(): string[] {
  const isEvent =
    `resource.attributes["service.name"] == "${apiServer}" and resource.attributes["service.namespace"] == "kube-system"` +
    ' and log.cache["kind"] == "Event" and IsMatch(log.cache["apiVersion"], "^audit\\\\.k8s\\\\.io/")';
  const named = 'log.attributes["event.name"] == "k8s.audit"';
  return [
    `set(log.attributes["event.name"], "k8s.audit") where ${isEvent}`,
    // An event's own "level" is how much it tells, not how bad it is.
    `delete_key(log.cache, "level") where ${named}`,
    ...Object.entries(attributes).map(
      ([attribute, path]) =>
        `set(log.attributes["${attribute}"], String(log.cache${path})) where ${named} and log.cache${path} != nil`,
    ),
    `set(log.cache["status"], log.cache["responseStatus"]["code"]) where ${named}`,
  ];
}

/** Whether a record may name persons: who did it is what an audit log is for. */
export const mayNamePersons = `resource.attributes["service.name"] == "${apiServer}"`;

/** What the system's own parts do all day; it fills a log and tells nothing. */
const systemReads = ["get", "list", "watch"];

/**
 * `audit.k8s.io/v1` Policy: who read Secrets, opened shells, changed access or was refused, and every change; never what was in a request or
 * an answer, because Secrets travel there.
 */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    { level: "None", resources: [{ group: "", resources: ["events"] }, { group: "events.k8s.io" }] },
    { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi/*", "/metrics"] },
    // The kubelets read the Secrets of their pods all day: that is their work, and the node authorizer keeps them to it.
    {
      level: "None",
      userGroups: ["system:nodes"],
      verbs: systemReads,
      resources: [{ group: "", resources: ["secrets", "configmaps", "pods", "nodes", "services"] }],
    },
    // So do these, to keep their caches.
    {
      level: "None",
      users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"],
      verbs: systemReads,
    },
    { level: "Metadata" },
  ],
};
