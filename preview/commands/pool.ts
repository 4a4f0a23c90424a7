/** Runs a task for every item, at most `width` at a time; results in the items' order. The first rejection stops what has not begun. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await task(items[index] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  // Every worker ends before the rejection is passed on: nothing may still run after it.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(Math.max(1, width), items.length) }, worker));
  const rejected = ended.find(outcome => outcome.status === "rejected");
  if (rejected) throw rejected.reason;
  return results;
}
