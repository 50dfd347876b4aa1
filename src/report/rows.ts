/** Records to print: at hand, or streamed from the store. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

const BATCH = 256;

/** Gathers rows so that a chunk of text is worth a write, and no more than a batch is ever held. */
export async function* inBatches<T>(rows: Rows<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
