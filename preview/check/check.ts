import { performance } from "node:perf_hooks";
import { PreviewError } from "../errors.js";
import type { Finding } from "../finding.js";
import { judgeAll, loadFindings } from "../policy/findingsEntry.js";
import type { Pack } from "../policy/pack.js";
import type { PreviewResult } from "../result.js";
import { decode, type InputFile } from "./files.js";
import { type KubernetesObject, objectsOf, startOf } from "./objects.js";
import { parseDocuments } from "./parse.js";
import { locatePointers } from "./positions.js";
import { judgedResources, secretsIn } from "./resources.js";
import type { SourceText } from "./text.js";

/**
 * Judges Kubernetes objects in files by packs, as a preview judges a program. Everything is read before anything is judged.
 *
 * @throws PreviewError naming file, line and column of what cannot be read
 */
export function checkFiles(inputs: readonly InputFile[], packs: readonly Pack[]): PreviewResult {
  const started = performance.now();
  const { objects, ignored } = readObjects(inputs);
  const read = performance.now();

  const resources = judgedResources(objects);
  const entries = packs.map(pack => ({ pack, entry: loadFindings(pack) }));
  const loaded = performance.now();
  const findings = entries.flatMap(({ pack, entry }) => judgeAll(pack, entry, resources));
  const judged = performance.now();

  const byUrn = new Map(resources.map(({ urn }, index) => [urn, objects[index]]));
  addPositions(findings, byUrn);
  return {
    project: "",
    stack: "check",
    organization: "",
    mode: "one-process",
    resources: resources.map(({ urn, type, name }, index) => {
      const object = objects[index];
      return { ...plainResource, urn, type, name, ...(object?.pointer === "" && { source: startOf(object.source) }) };
    }),
    outputs: {},
    findings,
    rules: entries.flatMap(({ entry }) => entry.rules),
    coverage: {
      unhandledInvokes: [],
      unexpandedComponents: [],
      missingStackReferences: [],
      unhandledReads: [],
      ignored,
    },
    logs: [],
    toBeSet: [],
    secrets: secretsIn(objects),
    timings: {
      load: loaded - read,
      import: read - started,
      program: 0,
      policy: judged - loaded,
      total: performance.now() - started,
    },
  };
}

const plainResource = {
  custom: true,
  remote: false,
  inputs: {},
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  retainOnDelete: false,
  aliases: [],
};

function readObjects(inputs: readonly InputFile[]): { objects: KubernetesObject[]; ignored: string[] } {
  const objects: KubernetesObject[] = [];
  const ignored: string[] = [];
  for (const input of inputs) {
    for (const document of parseDocuments(input.name, decode(input))) {
      const found = objectsOf(document);
      for (const object of found.objects) objects.push(object);
      for (const { source, reason } of found.strangers) {
        const place = startOf(source);
        const text = `${place.file}:${place.line}:${place.column}: ${reason}`;
        // In a folder there are other files too, a chart's values; a file that was named must be what it is taken for.
        if (input.given) throw new PreviewError("usage", text, { source: place });
        ignored.push(text);
      }
    }
  }
  if (objects.length === 0) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw new PreviewError("usage", `there is no Kubernetes object in ${names}`);
  }
  return { objects, ignored };
}

/** Each document is looked through once, however many objects and findings it holds. */
function addPositions(findings: readonly Finding[], byUrn: ReadonlyMap<string, KubernetesObject | undefined>): void {
  const wanted = new Map<SourceText, Set<string>>();
  for (const { urn, path } of findings) {
    const object = byUrn.get(urn);
    if (!object) continue;
    const pointers = wanted.get(object.source) ?? new Set();
    wanted.set(object.source, pointers.add(object.pointer + path));
  }
  const found = new Map([...wanted].map(([source, pointers]) => [source, locatePointers(source, [...pointers])]));
  // Filled in where they stand: tens of thousands of copies would be most of the memory that is needed.
  for (const finding of findings) {
    const object = byUrn.get(finding.urn);
    const source = object && found.get(object.source)?.get(object.pointer + finding.path);
    if (source !== undefined) finding.source = source;
  }
}
