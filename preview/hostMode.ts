import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { PreviewError } from "./errors.js";
import type { Pack } from "./policy/pack.js";
import type { PreviewResult } from "./result.js";

type Mode = PreviewResult["mode"];

/**
 * One process, where program and packs share one SDK, unless asked otherwise.
 *
 * @throws PreviewError (usage) where one process is asked for and impossible
 */
export function chooseMode(
  programDir: string,
  packs: Pack[],
  asked: Mode | undefined,
): { mode: Mode; note: string | undefined } {
  if (asked === "separate") return { mode: asked, note: undefined };
  const own = sdkOf(resolve(programDir));
  const stranger = packs.find(pack => pack.findings === undefined && sdkOf(pack.folder) !== own);
  if (stranger === undefined) return { mode: "one-process", note: undefined };
  const reason = `program and policy pack ${stranger.name} use different copies of @pulumi/pulumi`;
  if (asked === "one-process") {
    throw new PreviewError("usage", `one-process mode is impossible: ${reason}`, {
      hint: "Install both in one workspace.",
    });
  }
  return { mode: "separate", note: `previewed in separate processes: ${reason}` };
}

/** Folder of the SDK that a folder's modules would load. */
function sdkOf(folder: string): string | undefined {
  try {
    return realpathSync(createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/package.json"));
  } catch {
    return undefined;
  }
}
