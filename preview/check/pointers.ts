/** Wanted places in a document, as a tree: one pass over the document finds them all. */
export interface Wanted {
  children: Map<string, Wanted>;
  /** Offset in the text, once found. */
  offset?: number;
}

export function wantedTree(pointers: readonly string[]): Wanted {
  const root: Wanted = { children: new Map() };
  for (const pointer of pointers) {
    let node = root;
    for (const step of stepsOf(pointer)) {
      const child: Wanted = node.children.get(step) ?? { children: new Map() };
      node.children.set(step, child);
      node = child;
    }
  }
  return root;
}

/** Offset of a pointer, or of the closest place around it that exists. */
export function offsetOf(root: Wanted, pointer: string): number {
  let offset = root.offset ?? 0;
  let node: Wanted | undefined = root;
  for (const step of stepsOf(pointer)) {
    node = node.children.get(step);
    if (node === undefined) break;
    offset = node.offset ?? offset;
  }
  return offset;
}

function stepsOf(pointer: string): string[] {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map(step => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
