import { type Case, each, kubernetes } from "./case.js";

const pod = "/web/properties/spec/template";
const first = `${pod}/spec/containers/0`;
const listed = (type: string, items: object[]) => ({ "/x": { type: `kubernetes:${type}`, properties: { items } } });

export const workloadCases: readonly Case[] = [
  ["k8s-default-sa", { [`${pod}/spec/serviceAccountName`]: "" }, true],
  ...each([{ kind: "Job" }, { kind: "CronJob" }], ({ kind }) => {
    const template = { spec: { containers: [{ name: "x" }] } };
    const spec = kind === "Job" ? { template } : { jobTemplate: { spec: { template } } };
    return ["k8s-probes", { "/x": kubernetes("batch/v1", kind, { spec }) }, false];
  }),
  ...each(["Never", "OnFailure"], restartPolicy => [
    "k8s-probes",
    { "/x": kubernetes("core/v1", "Pod", { spec: { restartPolicy, containers: [{}] } }) },
    false,
  ]),
  ["k8s-probes", { "/x": kubernetes("core/v1", "Pod", { spec: { containers: [{}] } }) }, true],
  ...each(["grpc", "tcpSocket", "exec"], way => ["k8s-probes", { [`${first}/livenessProbe`]: { [way]: {} } }, false]),
  ...each(["k8s-resources", "k8s-resource-bounds"], rule => [
    rule,
    { [`${pod}/spec/ephemeralContainers`]: [{ name: "debug" }] },
    false,
  ]),
  ["k8s-resources", { [`${first}/resources/limits/cpu`]: 0 }, true],
  ["k8s-resources", { [`${first}/resources/limits/cpu`]: 1 }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/memory`]: "128Mi" }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/memory`]: "129Mi" }, true],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "1" }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "1001m" }, true],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "much" }, false],
  ...each(["k8s-spread", "k8s-pdb"], rule => {
    const spec = { replicas: 2, template: { metadata: { labels: { app: "x" } }, spec: { containers: [] } } };
    return [rule, { "/x": kubernetes("apps/v1", "StatefulSet", { spec }) }, true];
  }),
  ...each(["k8s-spread", "k8s-pdb"], rule => {
    const spec = { template: { metadata: { labels: { app: "x" } }, spec: { containers: [] } } };
    return [rule, { "/x": kubernetes("apps/v1", "DaemonSet", { spec }) }, false];
  }),
  ...each([0, "0", "0%"], maxUnavailable => [
    "k8s-pdb",
    { "/budget/properties/spec/maxUnavailable": maxUnavailable },
    true,
  ]),
  ...each<[unknown, boolean]>(
    [
      [1, false],
      [2, true],
      ["50%", false],
      ["51%", true],
      ["many", false],
    ],
    ([minAvailable, isBroken]) => [
      "k8s-pdb",
      { "/budget/properties/spec/maxUnavailable": undefined, "/budget/properties/spec/minAvailable": minAvailable },
      isBroken,
    ],
  ),
  ["k8s-naked-pod", { "/x": kubernetes("core/v1", "PodPatch", { spec: { priority: 1 } }) }, false],
  ["k8s-naked-pod", { "/x": kubernetes("core/v1", "Pod", { spec: {} }) }, true],
  ["k8s-naked-pod", listed("core/v1:PodList", [{ spec: {} }]), true],
];
