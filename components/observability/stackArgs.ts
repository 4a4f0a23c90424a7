import { checkImages } from "../images/image";
import { checkList, checkObject, checkText, isRecord } from "../lib/check";
import type { Component } from "../lib/component";
import { checkPlacement } from "../network/secureNamespace";
import { checkOverrideShapes } from "./alerts/rules";
import { checkKept } from "./singleton";

/** The stack's arguments after their defaults, as plain JavaScript may have filled them. */
type Given = Readonly<Record<string, unknown>>;

/** Settings of parts, which say themselves what is wrong inside. */
const objects = ["metrics", "watchdog", "grafana", "kubeStateMetrics", "containerMetrics", "certManager"];
const lists = ["receivers", "muteTimes", "alertGroups", "probes"];

/** Images that are always needed, and those of the parts that are asked for. */
const imagesOf = (given: Given): string[] => [
  ...["prometheus", "alertmanager", "otelCollector", "nodeExporter"],
  ...(given["grafana"] === undefined ? [] : ["grafana"]),
  ...(given["kubeStateMetrics"] === undefined ? [] : ["kubeStateMetrics"]),
  ...(given["probes"] === undefined ? [] : ["blackboxExporter"]),
];

const hasTargets = (value: unknown): boolean =>
  isRecord(value) && typeof (value as { scrapeTargets?: unknown }).scrapeTargets === "function";

/** Refuses what no part of the stack could be made of. */
export function checkStackArgs(owner: Component, given: Given): void {
  checkPlacement(owner, given["namespace"]);
  checkPlacement(owner, given["nodeNamespace"], "nodeNamespace");
  owner.checked(() => {
    for (const field of objects) if (given[field] !== undefined) checkObject(field, given[field]);
    for (const field of lists) if (given[field] !== undefined) checkList(field, given[field]);
    checkImages("images", given["images"], imagesOf(given));
    checkNodeAccess(given["nodeAccess"]);
    checkOverrideShapes(given["alerts"]);
    checkText(
      "runbookUrl",
      given["runbookUrl"],
      "an address or path that ends in /, without spaces",
      /^[\x21-\x7e]*\/$/,
    );
    checkKept(given["storageClass"], given["deletionProtection"]);
  });
  for (const [index, group] of ((given["alertGroups"] as { language?: unknown }[] | undefined) ?? []).entries()) {
    if (group.language !== undefined && group.language !== "promql") {
      owner.refuse(`alertGroups[${index}].language must be promql: alerts on logs are the log store's`, group.language);
    }
  }
  const { collector, targets } = given;
  if (!hasTargets(collector) || !("loki" in (collector as object))) {
    owner.refuse("collector must be a TelemetryCollector, declared before this one", collector);
  }
  const { alertsTo } = (collector as { loki: { alertsTo?: string } }).loki;
  if (alertsTo !== undefined && alertsTo !== owner.name) {
    owner.refuse(
      "the collector's logs.alerts.stack must be this stack's name, or nobody hears of its alerts",
      alertsTo,
    );
  }
  if (!Array.isArray(targets)) owner.refuse("targets must be a list of components with metrics", targets);
  (targets as unknown[]).forEach((target, index) => {
    if (!hasTargets(target)) {
      owner.refuse(`targets[${index}] must be a component with metrics, declared before this one`, target);
    }
  });
}

/** The day itself is checked with the exceptions that are made of it. */
function checkNodeAccess(access: unknown): void {
  checkObject("nodeAccess", access);
  const { owner, expires } = access as Record<string, unknown>;
  checkText("nodeAccess.owner", owner, "a text that is not blank", /\S/);
  checkText("nodeAccess.expires", expires, "a day, YYYY-MM-DD", /^\d{4}-\d{2}-\d{2}$/);
}
