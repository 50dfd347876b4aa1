import type { Kysely, Transaction } from 'kysely';
import type { EntryBody } from '../model/journal.ts';
import type { Place } from '../model/place.ts';
import { EVERY_REGION } from '../model/plan.ts';
import { type Rollout, rollout as rolloutSchema } from '../model/rollout.ts';
import { append } from './journal.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

export function rolloutMethods(db: Kysely<Tables>) {
  return {
    createRollout: (rollout: Rollout, places: readonly Place[]): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const row = { id: rollout.id, created_at: rollout.createdAt, assessed_at: null };
        await transaction
          .insertInto('rollouts')
          .values({ ...row, record: JSON.stringify(rollout) })
          .execute();
        await insertPlaces(transaction, rollout, places);
        await append(transaction, rollout.id, { at: rollout.createdAt, kind: 'assess-begun', body: rollout });
      }),

    recordReached: (
      rollout: Rollout,
      accounts: readonly string[],
      places: readonly Place[],
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { id } = rollout;
        for (const account of accounts) {
          await transaction
            .deleteFrom('places')
            .where('rollout', '=', id)
            .where('account', '=', account)
            .where('region', '=', EVERY_REGION)
            .execute();
        }
        await insertPlaces(transaction, rollout, places);
        await transaction
          .updateTable('rollouts')
          .set({ record: JSON.stringify(rollout) })
          .where('id', '=', id)
          .execute();
        const body = { rollout, accounts: [...accounts], places: [...places] };
        await append(transaction, id, { at, kind: 'accounts-reached', body });
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
      db.transaction().execute(async (transaction) => {
        const { record } = await transaction
          .selectFrom('rollouts')
          .select('record')
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        const assessed = {
          ...parseRecord(rolloutSchema, record),
          assessedAt: at,
          planDigest: digests.planDigest,
        };
        await transaction
          .updateTable('rollouts')
          .set({ assessed_at: at, record: JSON.stringify(assessed) })
          .where('id', '=', id)
          .execute();
        await append(transaction, id, { at, kind: 'assess-completed', body: digests });
      }),
  };
}

/** Places that are still to be assessed. */
async function insertPlaces(
  transaction: Transaction<Tables>,
  { id }: Rollout,
  places: readonly Place[],
): Promise<void> {
  for (const { account, region } of places) {
    await transaction
      .insertInto('places')
      .values({ rollout: id, account, region, listed: null, aws_managed: null, record: '{}' })
      .execute();
  }
}
