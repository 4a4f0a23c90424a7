import { dirname, sep } from "node:path";
import { install, wrapCallSite } from "source-map-support";

/** The host's own build: it must show as what it is, not as the program's. */
const hostFolder = dirname(__dirname) + sep;
const noMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

const own = new Map<string, boolean>();

/** Whether a file may have a map worth reading: dependencies' maps would cost more than the whole preview. */
export function isMapped(file: string): boolean {
  let mapped = own.get(file);
  if (mapped === undefined) {
    mapped = !file.includes(`${sep}node_modules${sep}`) && !file.startsWith("node:") && !file.startsWith(hostFolder);
    own.set(file, mapped);
  }
  return mapped;
}

/**
 * Makes stack traces, and so the SDK's source positions, show the program's own lines: for what the loader compiled, and for compiled
 * JavaScript that carries a map.
 */
export function installSourceMaps(mapOf: (file: string) => string | undefined): void {
  install({
    environment: "node",
    hookRequire: true,
    handleUncaughtExceptions: false,
    retrieveSourceMap: file => {
      if (!isMapped(file)) return { url: file, map: noMap };
      const map = mapOf(file);
      return map === undefined ? null : { url: file, map };
    },
  });
  // The package's own formatter copies every frame; most frames need no map.
  Error.prepareStackTrace = (error, frames) => {
    return `${error.name}: ${error.message}${frames.map(frame => `\n    at ${render(frame)}`).join("")}`;
  };
}

type PackageFrame = Parameters<typeof wrapCallSite>[0];
/** Both Node's frames and the package's print themselves as a line of a stack; neither's type says so. */
interface Printable {
  toString(): string;
}

/** A frame of a mapped file, where its author wrote it. */
export function mappedFrame(frame: NodeJS.CallSite): NodeJS.CallSite {
  return wrapCallSite(frame as unknown as PackageFrame) as unknown as NodeJS.CallSite;
}

function render(frame: NodeJS.CallSite): string {
  const file = frame.getFileName();
  const mapped: Printable = typeof file === "string" && isMapped(file) ? mappedFrame(frame) : frame;
  return mapped.toString();
}
