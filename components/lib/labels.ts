import * as pulumi from "@pulumi/pulumi";

/** What identifies a component's pods. Selectors are immutable, so only what never changes is in one. */
export interface Selector {
  "app.kubernetes.io/name": string;
  "app.kubernetes.io/instance": string;
  [label: string]: string;
}

/**
 * @param app the program that runs, such as `postgresql`
 * @param instance the component's name, unique in the stack
 */
export function selectorOf(app: string, instance: string): Selector {
  return { "app.kubernetes.io/name": app, "app.kubernetes.io/instance": instance };
}

/** The labels every object of a component carries. `role` is what it is for: `api`, `database`, `cache`. */
export function labelsOf(app: string, instance: string, role: string): Selector {
  return {
    ...selectorOf(app, instance),
    "app.kubernetes.io/component": role,
    "app.kubernetes.io/part-of": pulumi.getProject(),
    "app.kubernetes.io/managed-by": "bulkhead",
    "bulkhead.dev/stack": pulumi.getStack(),
  };
}
