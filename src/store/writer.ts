import type { Kysely, Transaction } from 'kysely';
import type { Event } from '../model/journal.ts';
import type { Claims } from './claims.ts';
import type { FileWatch } from './disk.ts';
import { append } from './journal.ts';
import type { Tables } from './schema.ts';

/** The one way in which a store is written. */
export interface Writer {
  /**
   * Runs a transaction. What it wrote is durable in a file that still has its name when this returns.
   * @throws KeyturnError `store-failed` if the file was moved, deleted or replaced
   */
  write<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Appends to the journal inside the transaction that makes the entry true. @throws KeyturnError `refused-taken-over` */
  append(transaction: Transaction<Tables>, rollout: string, event: Event): Promise<void>;
}

export const openWriter = (db: Kysely<Tables>, claims: Claims, files: FileWatch): Writer => ({
  write: async (work) => {
    const written = await db.transaction().execute(work);
    files.requireNamed();
    return written;
  },
  append: async (transaction, rollout, event) => {
    await claims.require(transaction, rollout);
    await append(transaction, rollout, event);
  },
});
