import { type Kysely, sql } from 'kysely';
import { KeyturnError } from '../messages/error.ts';
import type { Tables } from './schema.ts';

/**
 * Who may write about a rollout, as a row of the database itself: each taking moves its epoch. The file that the
 * operating system locks can be deleted; then two processes may think that they hold the lock, and only the last of them
 * has the epoch.
 */
export interface Claims {
  /** @returns who held it before and did not release it */
  take(rollout: string, holder: string): Promise<string | undefined>;
  release(rollout: string): Promise<void>;
  /**
   * To be called in the transaction that writes. A rollout that this process never claimed is not its to lose.
   * @throws KeyturnError `refused-taken-over` if another process has claimed it since
   */
  require(db: Kysely<Tables>, rollout: string): Promise<void>;
}

export function openClaims(db: Kysely<Tables>): Claims {
  /** The epoch of each rollout that is claimed here. */
  const held = new Map<string, number>();
  return {
    take: (rollout, holder) =>
      db.transaction().execute(async (transaction) => {
        const left = await readClaim(transaction, rollout);
        const epoch = (left?.epoch ?? 0) + 1;
        await sql`insert or replace into claims (rollout, holder, epoch)
          values (${rollout}, ${holder}, ${epoch})`.execute(transaction);
        held.set(rollout, epoch);
        return left?.holder ?? undefined;
      }),
    release: async (rollout) => {
      const epoch = held.get(rollout) ?? 0;
      held.delete(rollout);
      await sql`update claims set holder = null where rollout = ${rollout} and epoch = ${epoch}`.execute(db);
    },
    require: async (transaction, rollout) => {
      const epoch = held.get(rollout);
      if (epoch === undefined) return;
      if ((await readClaim(transaction, rollout))?.epoch !== epoch) throw takenOver();
    },
  };
}

const readClaim = (db: Kysely<Tables>, rollout: string) =>
  db.selectFrom('claims').select(['holder', 'epoch']).where('rollout', '=', rollout).executeTakeFirst();

/** Another process is at work on the same rollout, although this one had the lock. */
export const takenOver = (): KeyturnError =>
  new KeyturnError(
    'refused-taken-over',
    'Another Keyturn process has taken over this rollout. This one stops and calls nothing more.',
    'See where the rollout stands with: keyturn status. Do not delete the .lock files of a store.',
  );
