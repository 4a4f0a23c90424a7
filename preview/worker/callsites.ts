import { isMapped, mappedFrame } from "./sourceMaps.js";

/** A frame as the SDK describes it; empty where it is of no interest. */
interface Callsite {
  file?: string;
  line?: number;
  column?: number;
}

const places = new Map<string, Callsite>();

/**
 * The SDK asks for the whole stack of each resource, and parses its text. Here frames stay what V8 gives, those of dependencies stay
 * empty, and each place of the program is looked up in its source map once.
 */
export function readCallsitesDirectly(require: NodeJS.Require): void {
  const { Resource } = require("@pulumi/pulumi/resource") as { Resource: { callsites: () => Callsite[] } };
  Resource.callsites = () => {
    const { stackTraceLimit } = Error;
    const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
    try {
      Error.stackTraceLimit = Number.POSITIVE_INFINITY;
      Error.prepareStackTrace = (_, frames) => frames.map(callsite);
      return new Error().stack as unknown as Callsite[];
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      Reflect.set(Error, "prepareStackTrace", prepareStackTrace);
    }
  };
}

function callsite(frame: NodeJS.CallSite): Callsite {
  const file = frame.getFileName();
  if (typeof file !== "string" || !isMapped(file)) return {};
  const key = `${file}:${frame.getLineNumber() ?? 0}:${frame.getColumnNumber() ?? 0}`;
  let place = places.get(key);
  if (place === undefined) {
    const mapped = mappedFrame(frame);
    const [source, line, column] = [mapped.getFileName(), mapped.getLineNumber(), mapped.getColumnNumber()];
    place = source && line && column ? { file: source, line, column } : {};
    places.set(key, place);
  }
  return place;
}
