import type { SourcePosition } from "../finding.js";
import { findJsonOffsets } from "./jsonText.js";
import { offsetOf, wantedTree } from "./pointers.js";
import { positionAt, type SourceText } from "./text.js";
import { findYamlOffsets } from "./yamlOffsets.js";

/** Longer YAML documents would need more memory to look things up in than all the objects do; the file and its start are told then. */
const longestYaml = 8_000_000;

/**
 * Where JSON pointers lead in a document: the key that the last step names, or the item of a list. A pointer to something that is not there
 * (a missing field), or that only an alias or a merge brings in, leads to the closest place around it.
 */
export function locatePointers(source: SourceText, pointers: readonly string[]): Map<string, SourcePosition> {
  const wanted = wantedTree(pointers);
  if (source.isJson) findJsonOffsets(source.text, wanted);
  else if (source.text.length <= longestYaml) findYamlOffsets(source.text, wanted);
  const places = placesIn(
    source,
    pointers.map(pointer => offsetOf(wanted, pointer)),
  );
  return new Map(pointers.map((pointer, index) => [pointer, places[index] ?? positionAt(source, 0)]));
}

/** Line numbers of many offsets by going through the text once. */
function placesIn(source: SourceText, offsets: readonly number[]): SourcePosition[] {
  const places = new Array<SourcePosition>(offsets.length);
  let line = 0;
  let lineStart = 0;
  for (const index of offsets.map((_, position) => position).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0))) {
    const offset = offsets[index] ?? 0;
    for (
      let end = source.text.indexOf("\n", lineStart);
      end !== -1 && end < offset;
      end = source.text.indexOf("\n", lineStart)
    ) {
      line++;
      lineStart = end + 1;
    }
    const column = offset - lineStart + (line === 0 ? source.firstColumn : 1);
    places[index] = { file: source.file, line: source.firstLine + line, column };
  }
  return places;
}
