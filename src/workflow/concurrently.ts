/**
 * Runs `work` over the items, at most `limit` at a time, in their order; a stream is read no further than it is worked
 * on. The first rejection is passed on once the work already begun has ended: nothing goes on behind the caller's
 * back. An aborted signal does the same.
 */
export async function concurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failed = false;
  async function worker(): Promise<void> {
    try {
      for (;;) {
        const next = await queue.next();
        if (next.done || failed || signal?.aborted) return;
        await work(next.value);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: limit }, worker));
  const rejected = settled.find((each) => each.status === 'rejected');
  if (rejected) throw rejected.reason;
  signal?.throwIfAborted();
}
