import { Collector } from "./collector.js";
import { Pipeline } from "./pipeline.js";

/** For the suite that calls it: what containers write and what apps send, both to one store. There from its first test to its last. */
export function logged(): { pipeline: Pipeline; collector: Collector } {
  const parts: { pipeline?: Pipeline; collector?: Collector } = {};
  before(async function () {
    this.timeout(180_000);
    parts.pipeline = await Pipeline.start(this);
    parts.collector = await Collector.start(this, parts.pipeline.folder, parts.pipeline.store);
  });
  after(async () => {
    await parts.collector?.stop();
    await parts.pipeline?.remove();
  });
  return parts as { pipeline: Pipeline; collector: Collector };
}
