import type { Kysely, Transaction } from 'kysely';
import type { JournalEntry } from '../model/rollout.ts';
import { pages } from './pages.ts';
import type { Tables } from './schema.ts';

export interface Entry {
  readonly at: string;
  readonly kind: string;
  readonly keyArn?: string;
  readonly body: unknown;
}

/** Appends to the journal inside the transaction that makes the entry true. */
export async function append(db: Transaction<Tables>, rollout: string, entry: Entry): Promise<void> {
  const last = await db
    .selectFrom('journal')
    .select((e) => e.fn.max('seq').as('seq'))
    .where('rollout', '=', rollout)
    .executeTakeFirst();
  await db
    .insertInto('journal')
    .values({
      rollout,
      seq: Number(last?.seq ?? 0) + 1,
      at: entry.at,
      kind: entry.kind,
      key_arn: entry.keyArn ?? null,
      body: JSON.stringify(entry.body),
    })
    .execute();
}

export async function* readJournal(db: Kysely<Tables>, rollout: string): AsyncGenerator<JournalEntry> {
  const rows = pages((after: number | undefined, size) =>
    db
      .selectFrom('journal')
      .selectAll()
      .where('rollout', '=', rollout)
      .where('seq', '>', after ?? 0)
      .orderBy('seq')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.seq, row }))),
  );
  for await (const { seq, at, kind, key_arn, body } of rows) {
    yield { seq, at, kind, ...(key_arn !== null && { keyArn: key_arn }), body: JSON.parse(body) };
  }
}
