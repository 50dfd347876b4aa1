import { planDigest } from '../assess/plan.ts';
import { KeyturnError } from '../messages/error.ts';
import type { OutcomeTotals } from '../model/outcome.ts';
import type { AssessedRollout, Rollout } from '../model/rollout.ts';
import { planHeaderOf } from './assess.ts';
import { totalOutcomes } from './outcomes.ts';
import type { Store } from './ports.ts';

/** The rollout that was named, or the newest whose assessment is complete. @throws KeyturnError `input-rollout` */
export async function chooseRollout(store: Store, named: string | undefined): Promise<AssessedRollout> {
  const rollouts = await store.listRollouts();
  if (named === undefined) {
    const newest = rollouts.find(isAssessed);
    if (newest) return newest;
    throw new KeyturnError(
      'input-rollout',
      'There is no complete assessment yet.',
      'Begin with: keyturn assess',
    );
  }
  const found = rollouts.find(({ id }) => id === named);
  if (found && isAssessed(found)) return found;
  throw found
    ? new KeyturnError(
        'input-rollout',
        `The assessment of rollout ${named} was not completed.`,
        'Assess again with: keyturn assess',
      )
    : new KeyturnError(
        'input-rollout',
        `There is no rollout ${named}.`,
        'See which there are with: keyturn rollouts',
      );
}

/**
 * Like `chooseRollout`, for what leads to changes: where several rollouts are open, the person has to say which.
 * @throws KeyturnError `refused-ambiguous-rollout`
 */
export async function chooseRolloutToChange(
  store: Store,
  named: string | undefined,
): Promise<AssessedRollout> {
  const rollout = await chooseRollout(store, named);
  if (named !== undefined) return rollout;
  const open: AssessedRollout[] = [];
  for (const each of (await store.listRollouts()).filter(isAssessed)) {
    const outcomes = totalOutcomes(await store.approvedCounts(each.id));
    if (await isOpen(store, each, outcomes)) open.push(each);
  }
  if (open.length < 2) return rollout;
  throw new KeyturnError(
    'refused-ambiguous-rollout',
    `Several rollouts are open: ${open.map(({ id }) => id).join(', ')}.`,
    'Say which one with --rollout ID; keyturn rollouts shows them.',
  );
}

/** The rollout whose assessment was interrupted: the one that is named, or the newest. @throws KeyturnError `input-rollout` */
export async function findInterrupted(store: Store, named: string | undefined): Promise<Rollout> {
  const rollouts = await store.listRollouts();
  const found = rollouts.find((each) => !isAssessed(each) && (named === undefined || each.id === named));
  if (found) return found;
  throw new KeyturnError(
    'input-rollout',
    named === undefined
      ? 'No assessment was interrupted.'
      : `There is no rollout ${named} whose assessment was interrupted.`,
    'Begin a new one with: keyturn assess',
  );
}

/** The rollout that was named, at whatever stage it is, or the newest whose assessment is complete. */
export async function chooseRolloutToShow(store: Store, named: string | undefined): Promise<Rollout> {
  const found = named === undefined ? undefined : await store.findRollout(named);
  return found ?? chooseRollout(store, named);
}

/** Whether something is left to do: candidates that nobody decided on, or approved keys that are not on yet. */
export async function isOpen(
  store: Store,
  rollout: AssessedRollout,
  outcomes: OutcomeTotals,
): Promise<boolean> {
  const left = outcomes.skipped + outcomes.failed + outcomes.pending;
  const on = outcomes.enabled + outcomes['already-enabled'];
  if (left + on > 0) return left > 0;
  if (await store.isDecided(rollout.id)) return false;
  return (await store.placeCounts(rollout.id)).some(({ candidate }) => candidate > 0);
}

/**
 * Recomputes the plan's digest from what is stored.
 * @throws KeyturnError `refused-stale-plan` where the stored findings are not the ones that were assessed
 */
export async function checkPlan(store: Store, rollout: AssessedRollout): Promise<void> {
  const digest = await planDigest(planHeaderOf(rollout), store.findings(rollout.id));
  if (digest === rollout.planDigest) return;
  throw new KeyturnError(
    'refused-stale-plan',
    `The findings in the store are not the plan of rollout ${rollout.id}: their digest is ${digest}, not ${rollout.planDigest}.`,
    'Do not trust this store; assess again with: keyturn assess',
  );
}

export function isAssessed(rollout: Rollout): rollout is AssessedRollout {
  return rollout.assessedAt !== undefined && rollout.planDigest !== undefined;
}
