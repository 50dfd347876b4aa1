/** Rows that are held at once, where the query does not say otherwise. */
const PAGE_SIZE = 1000;

/** Walks a query by its key, a page at a time, so that memory stays flat and no page holds a lock on the next. */
export async function* pages<Row, Cursor>(
  fetch: (after: Cursor | undefined, size: number) => Promise<readonly { cursor: Cursor; row: Row }[]>,
  size = PAGE_SIZE,
): AsyncGenerator<Row> {
  let after: Cursor | undefined;
  for (;;) {
    const page = await fetch(after, size);
    for (const { row } of page) yield row;
    if (page.length < size) return;
    after = page.at(-1)?.cursor;
  }
}
