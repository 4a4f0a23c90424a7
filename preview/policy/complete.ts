import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import type { Finding } from "../finding.js";
import type { Masker } from "../mask.js";

/**
 * Findings with component and source filled in and secrets masked, in an order that does not depend on when the program registered what.
 * The source is the line in the program that declared the resource or its outermost component: the line its author can change.
 */
export function completeFindings(deployment: Deployment, findings: Finding[], mask: Masker): Finding[] {
  return findings.map(finding => complete(deployment, finding, mask)).sort(byPlace);
}

function complete(deployment: Deployment, finding: Finding, mask: Masker): Finding {
  const resource = deployment.resources.get(finding.urn);
  const component = finding.component ?? componentOf(deployment, resource);
  const source = finding.source ?? resource?.programSource ?? resource?.source;
  return {
    ...finding,
    message: mask(finding.message),
    ...(component === undefined ? {} : { component }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Name and type of the nearest component: `api (bulkhead:app:WebService)`. */
function componentOf(deployment: Deployment, resource: EngineResource | undefined): string | undefined {
  for (let at = resource; at !== undefined && at.urn !== deployment.rootUrn; at = deployment.resources.get(at.parent)) {
    if (!at.custom) return `${at.name} (${at.type})`;
  }
  return undefined;
}

function byPlace(a: Finding, b: Finding): number {
  return compare(a.urn, b.urn) || compare(a.rule, b.rule) || compare(a.path, b.path) || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
