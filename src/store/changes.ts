import type { Kysely, Transaction } from 'kysely';
import { isExpired } from '../model/in-force.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import type { IntentAnswer } from '../workflow/ports.ts';
import { append } from './journal.ts';
import type { Tables } from './schema.ts';

export function changeMethods(db: Kysely<Tables>) {
  return {
    recordIntent: (rollout: string, outcome: Outcome): Promise<IntentAnswer> =>
      db.transaction().execute(async (transaction) => {
        const { intendedAt = '' } = outcome;
        const decided = await transaction
          .selectFrom('in_force')
          .select(['decision', 'approval', 'expires_at'])
          .where('rollout', '=', rollout)
          .where('key_arn', '=', outcome.keyArn)
          .executeTakeFirst();
        if (decided?.decision !== 'approve') return 'not-approved';
        if (isExpired(decided.expires_at, intendedAt)) return 'approval-expired';
        await saveChange(transaction, rollout, 'intended', outcome);
        const body = { approval: decided.approval, change: outcome };
        await append(transaction, rollout, { at: intendedAt, kind: 'intent', body });
        return 'recorded';
      }),

    recordOutcome: (rollout: string, outcome: Outcome): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        // An announced change of unknown effect stays announced until reading the key back settles it.
        const unsettled = outcome.outcome === 'pending' && outcome.intendedAt !== undefined;
        await saveChange(transaction, rollout, unsettled ? 'intended' : 'ended', outcome);
        const { finishedAt, checkedAt, intendedAt } = outcome;
        const at = finishedAt ?? checkedAt ?? intendedAt ?? '';
        await append(transaction, rollout, { at, kind: 'outcome', body: outcome });
      }),

    recordVerdict: (rollout: string, verdict: Verdict): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const row = { verdict: verdict.verdict, record: JSON.stringify(verdict) };
        await transaction
          .insertInto('verdicts')
          .values({ rollout, key_arn: verdict.keyArn, ...row })
          .onConflict((conflict) => conflict.columns(['rollout', 'key_arn']).doUpdateSet(row))
          .execute();
        await append(transaction, rollout, { at: verdict.readAt, kind: 'verdict', body: verdict });
      }),
  };
}

async function saveChange(
  transaction: Transaction<Tables>,
  rollout: string,
  state: 'intended' | 'ended',
  outcome: Outcome,
): Promise<void> {
  const row = {
    state,
    outcome: state === 'intended' ? ('pending' as const) : outcome.outcome,
    reason: outcome.reason ?? null,
    record: JSON.stringify(outcome),
  };
  await transaction
    .insertInto('changes')
    .values({ rollout, key_arn: outcome.keyArn, ...row })
    .onConflict((conflict) => conflict.columns(['rollout', 'key_arn']).doUpdateSet(row))
    .execute();
}
