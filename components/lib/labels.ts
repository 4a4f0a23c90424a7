import * as pulumi from "@pulumi/pulumi";

/** What identifies a component's pods. Selectors are immutable, so only what never changes is in one. */
export interface Selector {
  "app.kubernetes.io/name": string;
  "app.kubernetes.io/instance": string;
  [label: string]: string;
}

/**
 * A text as the value of a label: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends. Project and stack
 * names may be longer and end in any of these.
 */
export function labelValue(text: string): string {
  return text
    .replace(/[^-A-Za-z0-9_.]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
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
    "app.kubernetes.io/part-of": labelValue(pulumi.getProject()),
    "app.kubernetes.io/managed-by": "bulkhead",
    "bulkhead.dev/stack": labelValue(pulumi.getStack()),
  };
}
