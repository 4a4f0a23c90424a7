import { type Case, each, kubernetes } from "./case.js";

const pod = "/web/properties/spec/template";
const init = `${pod}/spec/initContainers/0`;
const ask = { grpc: { port: 1 } };
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
  // An init container that restarts always runs beside the others.
  ...each<[unknown, boolean]>(
    [
      ["Always", true],
      ["OnFailure", false],
      [null, false],
    ],
    ([restartPolicy, isBroken]) => ["k8s-probes", { [`${init}/restartPolicy`]: restartPolicy }, isBroken],
  ),
  ["k8s-probes", { [init]: { name: "s", restartPolicy: "Always", readinessProbe: ask, livenessProbe: ask } }, false],
  ["k8s-probes", { [`${pod}/spec/ephemeralContainers`]: [{ name: "d", restartPolicy: "Always" }] }, false],
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
  // Nothing is no limit to Kubernetes.
  ...each<[unknown, boolean]>(
    [
      ["0", true],
      [0, true],
      ["0Gi", true],
      [null, true],
      ["1Mi", false],
      [1, false],
    ],
    ([sizeLimit, isBroken]) => [
      "k8s-resource-bounds",
      { [`${pod}/spec/volumes/1`]: { name: "v", emptyDir: { medium: "Memory", sizeLimit } } },
      isBroken,
    ],
  ),
  ["k8s-resource-bounds", { [`${first}/resources/limits/ephemeral-storage`]: "0" }, true],
  ...each<[object, boolean]>(
    [
      [{ requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "10", memory: "2Gi" } }, false],
      [{ requests: { cpu: "1" }, limits: { cpu: "10001m" } }, true],
      [{ requests: { memory: "1Gi" }, limits: { memory: "2049Mi" } }, true],
      [{ limits: { cpu: "10" } }, false],
    ],
    ([resources, isBroken]) => ["k8s-resource-bounds", { [`${pod}/spec/resources`]: resources }, isBroken],
  ),
  ...each<[object | undefined, Record<string, unknown>, boolean]>(
    [
      [{ name: "windows" }, {}, false],
      [{ name: "linux" }, {}, true],
      [undefined, {}, true],
      [{ name: "windows" }, { podSecurityVersion: "v1.24" }, true],
    ],
    ([os, pack, isBroken]) => [
      "k8s-read-only-rootfs",
      { [`${pod}/spec/os`]: os, [`${first}/securityContext/readOnlyRootFilesystem`]: false },
      isBroken,
      pack,
    ],
  ),
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
