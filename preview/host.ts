import { PreviewError } from "./errors.js";
import type { PreviewOptions } from "./options.js";
import type { PreviewResult } from "./result.js";

/**
 * Evaluates one stack of a Pulumi program and judges it by policy packs, with no engine, login, state, plugin or cluster.
 *
 * @throws PreviewError, and nothing else except the abort reason of `options.signal`
 */
export async function runPreview(options: PreviewOptions): Promise<PreviewResult> {
  await Promise.resolve();
  throw new PreviewError("internal", `preview of ${options.stack} in ${options.programDir}: the host is not built yet`);
}
