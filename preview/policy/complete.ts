import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import type { Finding, SourcePosition } from "../finding.js";
import type { Masker } from "../mask.js";
import { type Argument, argumentFor, argumentsAt } from "./callArguments.js";

/**
 * Findings with component, its argument and source filled in and secrets masked, in an order that does not depend on when the program
 * registered what. The source is the line in the program that declared the resource or its outermost component: the line its author can
 * change.
 */
export function completeFindings(deployment: Deployment, findings: Finding[], mask: Masker): Finding[] {
  const calls = new Calls(deployment.settings.programDir);
  return findings.map(finding => complete(deployment, finding, calls, mask)).sort(byPlace);
}

function complete(deployment: Deployment, finding: Finding, calls: Calls, mask: Masker): Finding {
  const resource = deployment.resources.get(finding.urn);
  const { nearest, isOutermost } = componentOf(deployment, resource);
  const component = finding.component ?? (nearest && `${kindOf(nearest.type)} "${nearest.name}"`);
  const source = finding.source ?? resource?.programSource ?? resource?.source;
  // Only the outermost component's arguments stand at the line in the program.
  const argument = isOutermost ? argumentFor(finding.path, calls.at(resource?.programSource)) : undefined;
  const subject = component === undefined || finding.message.startsWith(component) ? "" : `${component}: `;
  return {
    ...finding,
    message: mask(`${argument === undefined ? subject : `${component}, ${argument.name}: `}${finding.message}`),
    ...(component === undefined ? {} : { component }),
    ...(argument === undefined ? {} : { argument: { name: argument.name, line: argument.line } }),
    ...(source === undefined ? {} : { source }),
  };
}

/** `WebService` of `bulkhead:app:WebService` */
function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** The nearest component, and whether no other is around it. */
function componentOf(
  deployment: Deployment,
  resource: EngineResource | undefined,
): { nearest: EngineResource | undefined; isOutermost: boolean } {
  const around: EngineResource[] = [];
  for (let at = resource; at !== undefined && at.urn !== deployment.rootUrn; at = deployment.resources.get(at.parent)) {
    if (!at.custom) around.push(at);
  }
  return { nearest: around[0], isOutermost: around.length === 1 };
}

/** Arguments by the place of their call, each file read once. */
class Calls {
  private readonly texts = new Map<string, string>();
  private readonly known = new Map<string, Argument[]>();

  constructor(private readonly programDir: string) {}

  at(position: SourcePosition | undefined): Argument[] {
    if (position === undefined) return [];
    const { file, line, column } = position;
    const key = `${file}:${line}:${column}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = argumentsAt(this.textOf(file), line, column);
    this.known.set(key, found);
    return found;
  }

  private textOf(file: string): string {
    const known = this.texts.get(file);
    if (known !== undefined) return known;
    let text = "";
    try {
      text = readFileSync(resolve(this.programDir, file), "utf8");
    } catch {
      // A source map may name a file that is not there.
    }
    this.texts.set(file, text);
    return text;
  }
}

function byPlace(a: Finding, b: Finding): number {
  return compare(a.urn, b.urn) || compare(a.rule, b.rule) || compare(a.path, b.path) || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
