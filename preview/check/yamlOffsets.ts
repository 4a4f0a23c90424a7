import { EVENT_ID, type Event, getScalarValue, parseEvents } from "js-yaml";
import type { Wanted } from "./pointers.js";

/** Finds the wanted places in YAML: of a field its key, of a list its item. What an alias or a merge brings in has no place of its own. */
export function findYamlOffsets(text: string, wanted: Wanted): void {
  const events = parseEvents(text, {});
  // The first event opens the document, the second its only node.
  wanted.offset = startOf(events[1], text) ?? 0;
  visit(events, text, 1, wanted);
}

function visit(events: readonly Event[], text: string, node: number, wanted: Wanted): void {
  if (wanted.children.size === 0) return;
  const parent = events[node];
  let child = node + 1;
  if (parent?.type === EVENT_ID.MAPPING) {
    while (child < events.length && events[child]?.type !== EVENT_ID.POP) {
      const key = events[child];
      const value = after(events, child);
      if (key?.type === EVENT_ID.SCALAR) found(wanted.children.get(getScalarValue(text, key)), key.valueStart, value);
      child = after(events, value);
    }
  }
  if (parent?.type === EVENT_ID.SEQUENCE) {
    for (let index = 0; child < events.length && events[child]?.type !== EVENT_ID.POP; index++) {
      found(wanted.children.get(String(index)), startOf(events[child], text), child);
      child = after(events, child);
    }
  }

  function found(place: Wanted | undefined, offset: number | undefined, value: number): void {
    if (place === undefined || offset === undefined) return;
    place.offset = offset;
    visit(events, text, value, place);
  }
}

/** The index after a node and everything in it. */
function after(events: readonly Event[], node: number): number {
  let depth = 0;
  let index = node;
  do {
    const type = events[index]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    index++;
  } while (depth > 0 && index < events.length);
  return index;
}

function startOf(event: Event | undefined, text: string): number | undefined {
  switch (event?.type) {
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.SCALAR:
      // An empty scalar has no text.
      return Math.min(Math.max(0, event.valueStart), text.length);
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return undefined;
  }
}
