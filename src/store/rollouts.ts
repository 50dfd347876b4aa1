import type { Kysely } from 'kysely';
import type { EntryBody } from '../model/journal.ts';
import type { Place } from '../model/place.ts';
import { EVERY_REGION } from '../model/plan.ts';
import { type Rollout, rollout as rolloutSchema } from '../model/rollout.ts';
import { parseRecord } from './record.ts';
import { assessedRow, pendingPlaceRow, rolloutRow } from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Tables } from './schema.ts';
import type { Writer } from './writer.ts';

export function rolloutMethods(db: Kysely<Tables>, { write, append }: Writer) {
  return {
    createRollout: (rollout: Rollout, places: readonly Place[]): Promise<void> =>
      write(async (transaction) => {
        await saveRollout(transaction, rollout);
        await savePending(transaction, rollout.id, places);
        await append(transaction, rollout.id, { at: rollout.createdAt, kind: 'assess-begun', body: rollout });
      }),

    recordReached: (
      rollout: Rollout,
      accounts: readonly string[],
      places: readonly Place[],
      at: string,
    ): Promise<void> =>
      write(async (transaction) => {
        await saveReached(transaction, rollout, accounts, places);
        const body = { rollout, accounts: [...accounts], places: [...places] };
        await append(transaction, rollout.id, { at, kind: 'accounts-reached', body });
      }),

    findRollout: async (id: string): Promise<Rollout | undefined> => {
      const row = await db.selectFrom('rollouts').select('record').where('id', '=', id).executeTakeFirst();
      return row && parseRecord(rolloutSchema, row.record);
    },

    listRollouts: async (): Promise<Rollout[]> => {
      const rows = await db
        .selectFrom('rollouts')
        .select('record')
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(({ record }) => parseRecord(rolloutSchema, record));
    },

    completeAssessment: (id: string, at: string, digests: EntryBody<'assess-completed'>): Promise<void> =>
      write(async (transaction) => {
        await saveAssessed(transaction, id, at, digests.planDigest);
        await append(transaction, id, { at, kind: 'assess-completed', body: digests });
      }),
  };
}

/** Stores the row of a rollout that begins. */
export const saveRollout = (db: Kysely<Tables>, rollout: Rollout): Promise<void> =>
  saveRows(db, 'rollouts', [rolloutRow(rollout)]);

/** Puts the places of accounts where the accounts stood, and keeps the rollout as given. */
export async function saveReached(
  db: Kysely<Tables>,
  rollout: Rollout,
  accounts: readonly string[],
  places: readonly Place[],
): Promise<void> {
  for (const account of accounts) {
    await db
      .deleteFrom('places')
      .where('rollout', '=', rollout.id)
      .where('account', '=', account)
      .where('region', '=', EVERY_REGION)
      .execute();
  }
  await savePending(db, rollout.id, places);
  await saveRows(db, 'rollouts', [rolloutRow(rollout)], ['id']);
}

/** Stores that an assessment is complete. */
export async function saveAssessed(
  db: Kysely<Tables>,
  id: string,
  assessedAt: string,
  planDigest: string,
): Promise<void> {
  const { record } = await db
    .selectFrom('rollouts')
    .select('record')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await saveRows(db, 'rollouts', [assessedRow(record, assessedAt, planDigest)], ['id']);
}

/** Stores places that are still to be assessed. */
const savePending = (db: Kysely<Tables>, rollout: string, places: readonly Place[]): Promise<void> =>
  saveRows(
    db,
    'places',
    places.map((place) => pendingPlaceRow(rollout, place)),
  );
