import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkBoolean, checkText } from "../lib/check";
import type { Component } from "../lib/component";
import type { ContainerArgs } from "../lib/hardenedPod";
import type { Volume } from "../lib/volumes";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import type { Peer } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { type ScrapeTarget, scrapeTarget } from "./scrape";

/** Where a part finds its configuration: all files of its ConfigMap in one folder. */
export const configFolder = "/etc/bulkhead";

/** What a part keeps over a restart. */
export interface Storage {
  path: string;
  giB: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volume. */
  protect: boolean;
}

export interface SingletonArgs {
  namespace: Placement;
  /** Files in `configFolder`, by name. A change makes a new ConfigMap, and so a restart. */
  files: Record<string, pulumi.Input<string>>;
  /** Paths of the files below `configFolder`. @default their names */
  fileItems?: Record<string, string>;
  /** The program; its configuration, certificate and storage are mounted for it. */
  container: Omit<ContainerArgs, "name" | "ports">;
  /** Ports it listens on, by name, and its Service with it. */
  ports: Record<string, number>;
  /** Port of its metrics, over TLS, which another container may serve. @default the first of `ports` */
  metricsPort?: number;
  /** Init containers, in order; one with `sidecar` runs on. @default none */
  before?: readonly ContainerArgs[];
  /** Containers beside the program. @default none */
  beside?: readonly ContainerArgs[];
  /** Names in the certificate beside those of the Service. @default none */
  dnsNames?: readonly string[];
  /** @default "/metrics" */
  metricsPath?: string;
  /** @default false */
  honorLabels?: boolean;
  /** @default nothing is kept */
  storage?: Storage;
  /** Beside configuration, certificate and storage. @default none */
  volumes?: readonly Volume[];
  /** @default 30 */
  terminationGracePeriodSeconds?: number;
  /** Annotations of its account. @default none */
  accountAnnotations?: Record<string, string>;
  /** What must be there first. @default the certificate */
  dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * What components say of their volumes: refuses what would be found out at deployment only, or would leave one unprotected.
 *
 * @throws RangeError naming the field
 */
export function checkKept(storageClass: unknown, deletionProtection: unknown): void {
  checkBoolean("deletionProtection", deletionProtection);
  if (storageClass === undefined) return;
  // Kubernetes takes the empty one to mean a volume that somebody has made by hand.
  const rule = "empty or a storage class: lower-case letters, digits, inner hyphens and dots, at most 253 characters";
  checkText("storageClass", storageClass, rule, /^(?!.{254})(?:[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)?$/);
}

/** A part as others see it. */
export interface Singleton {
  peer: Peer;
  /** Name of its Service. */
  host: pulumi.Output<string>;
  tlsSecretName: string;
  target: ScrapeTarget;
  resource: k8s.apps.v1.StatefulSet;
}

/**
 * One pod, always the same: a StatefulSet, so that two never write to one volume, with its volume apart from it (a change to a claim template
 * would replace it). All parts of the stack that serve an API are made of this.
 */
export function singleton(owner: Component, args: SingletonArgs): Singleton {
  const { namespace, files, container, ports, storage, volumes = [] } = args;
  if (storage !== undefined) owner.checked(() => checkKept(storage.storageClass, storage.protect));
  const metadata = { namespace: namespace.namespaceName };
  const peer: Peer = { namespace: namespace.namespaceName, podLabels: owner.selector };
  const metricsPort = args.metricsPort ?? Object.values(ports)[0];
  if (metricsPort === undefined) throw new Error(`${owner.title}: a part has a port`);

  const { accountAnnotations: annotations } = args;
  const account = owner.child(k8s.core.v1.ServiceAccount, "", {
    metadata: { ...metadata, ...(annotations === undefined ? {} : { annotations }) },
    automountServiceAccountToken: false,
  });
  const tls = certificate(owner, {
    placement: namespace,
    dnsNames: [...serviceNames(owner.name, namespace.namespaceName), ...(args.dnsNames ?? [])],
  });
  const config = owner.child(k8s.core.v1.ConfigMap, "config", { metadata, data: files }, { autonamed: true });
  const service = owner.child(k8s.core.v1.Service, "", {
    metadata,
    spec: {
      selector: owner.selector,
      ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: port })),
    },
  });
  const target = scrapeTarget(owner, {
    peer,
    port: metricsPort,
    https: true,
    ...(args.metricsPath === undefined ? {} : { path: args.metricsPath }),
    ...(args.honorLabels === undefined ? {} : { honorLabels: args.honorLabels }),
  });
  const claim =
    storage &&
    owner.child(
      k8s.core.v1.PersistentVolumeClaim,
      "data",
      {
        metadata,
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: `${storage.giB}Gi` } },
          ...(storage.storageClass === undefined ? {} : { storageClassName: storage.storageClass }),
        },
      },
      { protect: storage.protect },
    );

  const mounts = [
    { volume: "config", path: configFolder },
    tlsMount,
    ...(storage === undefined ? [] : [{ volume: "data", path: storage.path, readOnly: false }]),
    ...(container.mounts ?? []),
  ];
  const resource = owner.child(
    k8s.apps.v1.StatefulSet,
    "",
    {
      metadata,
      spec: {
        replicas: 1,
        serviceName: `${owner.name}-metrics`,
        selector: { matchLabels: owner.selector },
        template: {
          metadata: owner.podMetadata(),
          spec: owner.pod({
            serviceAccountName: account.metadata.name,
            ...(args.before === undefined ? {} : { initContainers: args.before }),
            containers: [{ ...container, name: owner.name, ports, mounts }, ...(args.beside ?? [])],
            volumes: [
              {
                name: "config",
                configMap: config.metadata.name,
                ...(args.fileItems === undefined ? {} : { items: args.fileItems }),
              },
              tlsVolume(tls.secretName),
              ...(claim === undefined ? [] : [{ name: "data", claim: claim.metadata.name }]),
              ...volumes,
            ],
            ...(args.terminationGracePeriodSeconds === undefined
              ? {}
              : { terminationGracePeriodSeconds: args.terminationGracePeriodSeconds }),
          }),
        },
      },
    },
    { dependsOn: [tls.resource, ...(args.dependsOn ?? [])] },
  );
  return {
    peer,
    host: pulumi.interpolate`${service.metadata.name}.${service.metadata.namespace}.svc`,
    tlsSecretName: tls.secretName,
    target,
    resource,
  };
}

/** A configuration as a file. JSON is YAML, and needs no quoting rules. */
export const asFile = (config: unknown): string => `${JSON.stringify(config, undefined, 2)}\n`;
