import * as pulumi from "@pulumi/pulumi";
import { selectorOf } from "../lib/labels";
import type { Link } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { alertmanagerPort } from "./alertmanager";

export interface AlertmanagerAddress extends Pick<Link, "peer" | "ports"> {
  host: pulumi.Output<string>;
}

/** Where the Alertmanager of an `ObservabilityStack` of this name will be: for the log store, which is made before it. */
export function alertmanagerOf(stack: string, { namespaceName }: Placement): AlertmanagerAddress {
  const name = `${stack}-alerts`;
  return {
    host: pulumi.interpolate`${name}.${namespaceName}.svc`,
    peer: { namespace: namespaceName, podLabels: selectorOf("alertmanager", name) },
    ports: [alertmanagerPort],
  };
}
