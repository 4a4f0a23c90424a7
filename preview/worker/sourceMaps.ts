import { dirname, sep } from "node:path";
import { install } from "source-map-support";

/** The host's own build: it must show as what it is, not as the program's. */
const hostFolder = dirname(__dirname) + sep;
const noMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/**
 * Makes stack traces, and so the SDK's source positions, show the program's own lines: for what the loader compiled, and for compiled
 * JavaScript that carries a map. Dependencies are left alone: reading their maps would cost more than the preview.
 */
export function installSourceMaps(mapOf: (file: string) => string | undefined): void {
  install({
    environment: "node",
    hookRequire: true,
    handleUncaughtExceptions: false,
    retrieveSourceMap: file => {
      if (file.includes(`${sep}node_modules${sep}`) || file.startsWith("node:") || file.startsWith(hostFolder)) {
        return { url: file, map: noMap };
      }
      const map = mapOf(file);
      return map === undefined ? null : { url: file, map };
    },
  });
}
