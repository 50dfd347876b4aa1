const PAGE_SIZE = 1000;

/** Walks a query by its key, a page at a time, so that memory stays flat and no page holds a lock on the next. */
export async function* pages<Row, Cursor>(
  fetch: (after: Cursor | undefined, size: number) => Promise<readonly { cursor: Cursor; row: Row }[]>,
): AsyncGenerator<Row> {
  let after: Cursor | undefined;
  for (;;) {
    const page = await fetch(after, PAGE_SIZE);
    for (const { row } of page) yield row;
    if (page.length < PAGE_SIZE) return;
    after = page.at(-1)?.cursor;
  }
}
