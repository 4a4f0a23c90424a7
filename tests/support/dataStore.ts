import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { Worker } from "../../components/app/worker";
import type { Linkable } from "../../components/network/link";
import type { Placement } from "../../components/network/secureNamespace";
import type { Scrapeable } from "../../components/observability/scrape";
import { at, type Deployment, deploy, type Inputs, placement } from "./deploy";

export const storePlacement: Placement = { ...placement, namespaceName: "flowmarine-data" };
export const storePassword = "planted-secret-4711";
const image = `registry.example/worker@sha256:${"a".repeat(64)}`;

interface Mounted {
  name: string;
  mountPath: string;
  readOnly: boolean;
  subPath?: string;
}

interface Container {
  name: string;
  volumeMounts: Mounted[];
  command: string[];
  env?: { name: string; value?: string }[];
  resources: { limits: Record<string, string> };
}

/** The pod's containers by name; the init container too. */
export function containersOf(deployed: Deployment, name: string): Record<string, Container> {
  const spec = at(deployed.get("StatefulSet", name).inputs, "spec.template.spec");
  const all = [...(at(spec, "initContainers") as Container[]), ...(at(spec, "containers") as Container[])];
  return Object.fromEntries(all.map(container => [container.name, container]));
}

/** The files of its ConfigMap. */
export const filesOf = (deployed: Deployment, name: string) =>
  deployed.get("ConfigMap", `${name}-config`).inputs["data"] as Record<string, string>;

export const plain = <T>(output: pulumi.Output<T>): Promise<T> => new Promise(resolve => output.apply(resolve));

type Register = (request: RegisterResourceRequest, callback: unknown) => unknown;

type Make = (opts: pulumi.ComponentResourceOptions, more?: { deletionProtection?: boolean }) => Linkable & Scrapeable;

/**
 * What every data store promises, whatever it stores.
 *
 * @param make makes one named `store`, in `storePlacement`, with `storePassword` and, where it can have one, a volume
 */
export function itIsADataStore(make: Make, expected: { port: number; metricsPort: number }): void {
  const { port, metricsPort } = expected;

  it("is one pod with a fixed name, whose volume is apart from it, so that no change of the pod can replace the volume", async () => {
    const deployed = await deploy(opts => make(opts));
    const { inputs } = deployed.get("StatefulSet", "store");
    assert.equal(at(inputs, "metadata.name"), "store");
    assert.equal(at(inputs, "spec.replicas"), 1);
    assert.equal(at(inputs, "spec.volumeClaimTemplates"), undefined);
    assert.equal(at(deployed.get("PersistentVolumeClaim", "store-data").inputs, "metadata.name"), "store-data");
  });

  it("protects its volume unless told not to", async () => {
    const claim = async (more?: { deletionProtection: boolean }) =>
      (await deploy(opts => make(opts, more))).get("PersistentVolumeClaim", "store-data");
    assert.equal((await claim()).protect, true);
    assert.equal((await claim({ deletionProtection: false })).protect, false);
  });

  it("keeps the password in Secrets, marked secret, and nowhere else", async () => {
    const deployed = await deploy(opts => {
      new Worker("job", { namespace: placement, image, links: [make(opts)] }, opts);
    });
    const holders = deployed.resources.filter(r => JSON.stringify(r.inputs).includes(storePassword));
    assert.deepEqual(
      holders.map(r => r.type).filter(type => type !== "kubernetes:core/v1:Secret"),
      [],
    );
    assert.equal(holders.length, 2);
    for (const { wire } of holders) assert.doesNotMatch(withoutSecrets(wire), new RegExp(storePassword));
  });

  it("takes a new password without a restart: its Secret keeps its name, and the pod does not depend on its content", async () => {
    const deployed = await deploy(opts => make(opts));
    assert.equal(at(deployed.get("Secret", "store-password").inputs, "metadata.name"), "store-password");
    assert.doesNotMatch(JSON.stringify(deployed.get("StatefulSet", "store").inputs), /secretKeyRef|checksum/);
  });

  it("waits for that Secret without taking a property from it: what does may be replaced with it", async () => {
    const taken: string[] = [];
    const deployed = await deploy(opts => {
      const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
      const register = monitor.registerResource.bind(monitor);
      monitor.registerResource = (request, callback) => {
        if (request.getType() === "kubernetes:apps/v1:StatefulSet") {
          request.getPropertydependenciesMap().forEach(property => taken.push(...property.getUrnsList()));
        }
        return register(request, callback);
      };
      make(opts);
    });
    const secret = deployed.get("Secret", "store-password");
    assert.ok(deployed.get("StatefulSet", "store").dependsOn.includes(secret.urn));
    assert.ok(taken.length > 0);
    assert.ok(!taken.includes(secret.urn));
  });

  it("restarts on a new configuration: its ConfigMap gets a new name", async () => {
    const { inputs } = (await deploy(opts => make(opts))).get("ConfigMap", "store-config");
    assert.equal(at(inputs, "metadata.name"), undefined);
  });

  it("lets nobody in by itself, and a linked component through its one port", async () => {
    assert.deepEqual((await deploy(opts => make(opts))).all("NetworkPolicy"), []);
    const deployed = await deploy(opts => {
      new Worker("job", { namespace: placement, image, links: [make(opts)] }, opts);
    });
    const policy = deployed.get("NetworkPolicy", "job-into-store").inputs;
    assert.deepEqual(at(policy, "spec.ingress.0.ports"), [{ port, protocol: "TCP" }]);
    assert.equal(at(policy, "metadata.namespace"), "flowmarine-data");
    assert.deepEqual(
      at(policy, "spec.podSelector.matchLabels"),
      at(deployed.get("StatefulSet", "store").inputs, "spec.selector.matchLabels"),
    );
  });

  it("gives the socket, where no password is needed, and the application's password to server and steward only", async () => {
    const containers = containersOf(await deploy(opts => make(opts)), "store");
    const holders = (volume: string) =>
      Object.values(containers)
        .filter(({ volumeMounts }) => volumeMounts.some(mount => mount.name === volume))
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(holders("socket"), ["steward", "store"]);
    assert.deepEqual(holders("password"), ["steward", "store"]);
    assert.deepEqual(holders("data"), ["store"]);
  });

  it("shows the exporter its own credentials and no others", async () => {
    const { exporter } = containersOf(await deploy(opts => make(opts)), "store");
    const mounts = exporter!.volumeMounts.filter(mount => mount.name === "credentials");
    assert.deepEqual(
      mounts.map(({ subPath, readOnly }) => [subPath, readOnly]),
      [["exporter", true]],
    );
  });

  it("finds every file that its commands, probes and configuration name", async () => {
    const deployed = await deploy(opts => make(opts));
    const files = filesOf(deployed, "store");
    const named = new Set<string>();
    for (const text of [JSON.stringify(deployed.get("StatefulSet", "store").inputs), ...Object.values(files)]) {
      for (const [, file] of text.matchAll(/\/etc\/bulkhead\/([\w.-]+)/g)) named.add(file ?? "");
    }
    assert.ok(named.has("start.sh") && named.has("steward.sh") && named.has("probe.sh") && named.has("credentials.sh"));
    assert.deepEqual(
      [...named].filter(file => !(file in files)),
      [],
    );
  });

  it("has a certificate for its Service and for the exporter beside it", async () => {
    const names = at(
      (await deploy(opts => make(opts))).custom("Certificate", "store-tls").inputs,
      "spec.dnsNames",
    ) as string[];
    for (const name of ["store.flowmarine-data.svc", "localhost"]) assert.ok(names.includes(name), name);
  });

  it("is scraped over TLS at its exporter", async () => {
    const targets: { port: number; https: boolean }[] = [];
    const deployed = await deploy(opts => targets.push(...make(opts).scrapeTargets()));
    assert.deepEqual(
      targets.map(target => [target.port, target.https]),
      [[metricsPort, true]],
    );
    assert.equal(at(deployed.get("Service", "store-metrics").inputs, "spec.ports.0.port"), metricsPort);
  });
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What is left in plain text when secret values are taken out. */
function withoutSecrets(wire: Inputs): string {
  return JSON.stringify(wire, (_, value: unknown) =>
    typeof value === "object" && value !== null && (value as Record<string, unknown>)[signature] === secretSignature
      ? "[secret]"
      : value,
  );
}
