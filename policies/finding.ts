/** How bad it is when the rule does not hold. */
export type Severity = "critical" | "high" | "medium" | "low";

/** What happens on a violation. A rule's own level is production's; a config file lowers it for other environments. */
export type Level = "mandatory" | "advisory" | "disabled" | "remediate";

/** An owned, expiring permission for one object to break one rule. */
export interface Exception {
  /** Id of the rule that may be broken. */
  rule: string;
  /** Why, for the reader of a report. */
  reason: string;
  /** Who answers for it: a team or a person. */
  owner: string;
  /** Last day it holds, `YYYY-MM-DD`, UTC. */
  expires: string;
}

/** One step of an RFC 6902 JSON Patch against the resource's inputs. */
export interface PatchOperation {
  op: "add" | "remove" | "replace";
  path: string;
  value?: unknown;
}

/**
 * What a rule found on one resource. The pack fills in all but `component`, `argument` and `source`; the host adds those from the wire.
 *
 * A finding with `exception` is excused: it is reported and never blocks.
 */
export interface Finding {
  rule: string;
  /** "undetermined": the decisive value is not known at preview, so the rule neither passed nor failed. */
  verdict: "violation" | "undetermined";
  /** Set on what is undetermined where the pack is configured with `failOnUndetermined`: it counts like a violation of its level. */
  blocks?: true;
  severity: Severity;
  level: Level;
  /** For a person: component and argument first where known, then the object. Holds no property value that could be a secret. */
  message: string;
  urn: string;
  type: string;
  /** JSON pointer into the resource's inputs; "" for the whole resource. */
  path: string;
  component?: string;
  argument?: { name: string; line: number };
  source?: SourcePosition;
  /** A patch after which the rule passes, where there is a deterministic one. */
  fix?: PatchOperation[];
  exception?: Exception;
}

/** Where in the program a resource, or the component that made it, was declared. Line and column count from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
}

/**
 * A resource as a rule sees it. Property values are as on Pulumi's wire: plain JSON in which an unknown is the sentinel string
 * `04da6b54-80e4-46f7-96ec-b56ff0331ba9` and a secret is `{ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value }`.
 */
export interface JudgedResource {
  urn: string;
  type: string;
  name: string;
  properties: Record<string, unknown>;
  options?: { protect?: boolean; retainOnDelete?: boolean; aliases?: string[] };
  provider?: { urn: string; type: string; name: string; properties: Record<string, unknown> };
  /** URN of the parent; absent for the stack. */
  parent?: string;
  /** URNs this resource depends on. */
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}
