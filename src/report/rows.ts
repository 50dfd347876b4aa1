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

export async function* mapRows<T, R>(rows: Rows<T>, change: (row: T) => R): AsyncGenerator<R> {
  for await (const row of rows) yield change(row);
}

interface Keyed {
  readonly keyArn: string;
}

/** Joins two streams that are both in the order of ARNs, holding one row of each: every left row, with its right one. */
export async function* joinByKey<Left extends Keyed, Right extends Keyed>(
  left: AsyncIterable<Left>,
  right: AsyncIterable<Right>,
): AsyncGenerator<[Left, Right | undefined]> {
  const rest = right[Symbol.asyncIterator]();
  try {
    let next = await rest.next();
    for await (const row of left) {
      while (!next.done && next.value.keyArn < row.keyArn) next = await rest.next();
      const isSame = !next.done && next.value.keyArn === row.keyArn;
      yield [row, isSame ? next.value : undefined];
    }
  } finally {
    await rest.return?.();
  }
}
