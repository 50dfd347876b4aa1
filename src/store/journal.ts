import type { Kysely, Transaction } from 'kysely';
import {
  comesAfter,
  type Event,
  type JournalHead,
  journalLine,
  lineHash,
  NO_ENTRIES,
} from '../model/journal.ts';
import type { JournalRow } from '../workflow/ports.ts';
import { pages } from './pages.ts';
import { refusedRecord } from './record.ts';
import type { Tables } from './schema.ts';

/** Appends to the journal inside the transaction that makes the entry true. */
export async function append(db: Transaction<Tables>, rollout: string, event: Event): Promise<void> {
  const head = await readHead(db, rollout);
  const line = journalLine(rollout, head, event);
  await db
    .insertInto('journal')
    .values({ rollout, seq: head.entries + 1, line, hash: lineHash(line) })
    .execute();
}

export async function readHead(db: Kysely<Tables>, rollout: string): Promise<JournalHead> {
  const last = await db
    .selectFrom('journal')
    .select(['seq as entries', 'hash'])
    .where('rollout', '=', rollout)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? NO_ENTRIES;
}

/** Lines that are held at once: each can hold as much text as AWS sends. */
const PAGE = 100;

/** The lines of a journal, each checked against the one before. @throws KeyturnError `refused-record` */
export async function* readJournal(db: Kysely<Tables>, rollout: string): AsyncGenerator<string> {
  let head = NO_ENTRIES;
  for await (const { seq, line, hash } of readJournalRows(db, rollout)) {
    if (!comesAfter(rollout, head, line) || lineHash(line) !== hash)
      throw refusedRecord(`entry ${seq} of the journal does not follow from the one before`);
    head = { entries: seq, hash };
    yield line;
  }
}

/** The same without a check. */
export function readJournalRows(db: Kysely<Tables>, rollout: string): AsyncGenerator<JournalRow> {
  return pages(
    (after: number | undefined, size) =>
      db
        .selectFrom('journal')
        .select(['seq', 'line', 'hash'])
        .where('rollout', '=', rollout)
        .where('seq', '>', after ?? 0)
        .orderBy('seq')
        .limit(size)
        .execute()
        .then((page) => page.map((row) => ({ cursor: row.seq, row }))),
    PAGE,
  );
}
