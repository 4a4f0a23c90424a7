import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runPreview } from "../../preview/dist/host.js";
import { ownContainer } from "./support/agent.js";
import { Pipeline } from "./support/pipeline.js";
import type { Container } from "./support/podLogs.js";

interface PodSpec {
  initContainers?: { name: string }[];
  containers: { name: string }[];
}

interface Properties {
  metadata?: { namespace?: string };
  data?: Record<string, unknown>;
  spec?: { template?: { spec: PodSpec }; jobTemplate?: { spec: { template: { spec: PodSpec } } } };
}

/** Pods' names by kind, as Kubernetes makes them of their workload's. */
const podOf: Readonly<Record<string, (workload: string) => string>> = {
  Deployment: workload => `${workload}-7d9c8b6f5x-x2k4z`,
  StatefulSet: workload => `${workload}-0`,
  DaemonSet: workload => `${workload}-x2k4z`,
  // Pulumi ends a Job's name in eight characters, a CronJob in its minute.
  Job: workload => `${workload}-1a2b3c4d-x2k4z`,
  CronJob: workload => `${workload}-29384756-x2k4z`,
};

interface Written extends Container {
  workload: string;
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Names that queries ask for in so many words; what a reader has to fill in is in capitals. */
const askedIn = (text: string): string[] =>
  [...text.matchAll(/service_name=\\?"([^"\\]+)\\?"/g)]
    .map(([, name = ""]) => name)
    .filter(name => !/^[A-Z]+$/.test(name));

const runbooks = join(__dirname, "../../docs/runbooks");
const pages = [runbooks, join(runbooks, "incidents")].flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith(".md"))
    .map(name => readFileSync(join(folder, name), "utf8")),
);

describe("the name of a program in the log store", () => {
  let pipeline: Pipeline;
  let containers: Written[];
  let rules: string;

  before(async function () {
    this.timeout(180_000);
    const { resources } = await runPreview({ programDir: ".", stack: "production", policyPacks: [] });
    const all = resources.map(({ urn, type, inputs }): { name: string; kind: string; properties: Properties } => ({
      name: nameOf(urn),
      kind: type.split(":").at(-1) ?? "",
      properties: inputs,
    }));
    containers = all.flatMap(({ name: workload, kind, properties: { metadata, spec } }) => {
      const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
      const named = podOf[kind];
      if (pod === undefined || named === undefined) return [];
      return [...(pod.initContainers ?? []), ...pod.containers].map(({ name: container }) => ({
        ...{ workload, container, pod: named(workload), namespace: metadata?.namespace ?? "" },
      }));
    });
    rules = all
      .filter(({ kind, name }) => kind === "ConfigMap" && name.startsWith("telemetry-loki"))
      .map(({ properties }) => Object.values(properties.data ?? {}).join("\n"))
      .join("\n");
    pipeline = await Pipeline.start(this);
  });
  after(() => (pipeline as Pipeline | undefined)?.remove());

  it("is that of its component, for each container of this system", async function () {
    this.timeout(120_000);
    const read = containers.filter(({ container }) => container !== ownContainer);
    assert.ok(read.length > 20, `${read.length} containers`);
    for (const each of read) pipeline.logs.write(each, ["here I am"]);
    // The API server is in a pod that the kubelet makes, named after its node.
    const apiServer = { namespace: "kube-system", pod: "kube-apiserver-node-1", container: "kube-apiserver" };
    pipeline.logs.write(apiServer, ["here I am"]);
    const lines = await pipeline.arrived(read.length + 1);
    const seen = lines.map(({ labels }) => [
      ...[labels["k8s_namespace_name"], labels["k8s_container_name"], labels["service_name"]],
    ]);
    const expected = [
      ...read.map(({ namespace, container, workload }) => [namespace, container, workload]),
      ["kube-system", "kube-apiserver", "kube-apiserver"],
    ];
    assert.deepEqual(seen.map(String).sort(), expected.map(String).sort());
  });

  it("is what rules and runbooks ask for", () => {
    const known = new Set([...containers.map(({ workload }) => workload), "kube-apiserver"]);
    const asked = [rules, ...pages].flatMap(askedIn);
    assert.ok(askedIn(rules).includes("edge"), "production's edge is watched for silence");
    assert.ok(asked.length > 10, `${asked.length} queries`);
    assert.deepEqual(
      asked.filter(name => !known.has(name)),
      [],
    );
  });
});
