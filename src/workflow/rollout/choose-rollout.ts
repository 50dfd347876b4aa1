import { planDigest } from '../../assess/plan.ts';
import { KeyturnError } from '../../messages/error.ts';
import { countNotOn, type OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout, Rollout } from '../../model/rollout.ts';
import type { Store } from '../ports.ts';
import { totalOutcomes } from './outcomes.ts';
import { planHeaderOf } from './plan-header.ts';

/** The rollout that was named, or the newest whose assessment is complete. @throws KeyturnError `input-rollout` */
export async function chooseRollout(store: Store, named: string | undefined): Promise<AssessedRollout> {
  const rollouts = await store.listRollouts();
  const found = named === undefined ? rollouts.find(isAssessed) : findNamed(rollouts, named);
  if (found && isAssessed(found)) return found;
  throw notAssessed(found ?? rollouts[0]);
}

/** @param interrupted a rollout whose assessment is not complete; undefined if the store has no rollout */
function notAssessed(interrupted: Rollout | undefined): KeyturnError {
  return interrupted
    ? new KeyturnError(
        'input-rollout',
        `The assessment of rollout ${interrupted.id} was not completed.`,
        'Resume it with: keyturn assess --resume',
      )
    : new KeyturnError('input-rollout', 'There is no assessment yet.', 'Begin with: keyturn assess');
}

/**
 * The rollout with this id, or the only one whose id begins so.
 * @throws KeyturnError `input-rollout` if there is none, or several
 */
function findNamed(rollouts: readonly Rollout[], named: string): Rollout {
  const exact = rollouts.find(({ id }) => id === named);
  const begun = named === '' ? [] : rollouts.filter(({ id }) => id.startsWith(named));
  const [only, another] = exact ? [exact] : begun;
  if (only && !another) return only;
  throw another
    ? new KeyturnError(
        'input-rollout',
        `${begun.length} rollouts begin with ${named}: ${nameSome(begun)}.`,
        'Write more of the id.',
      )
    : new KeyturnError(
        'input-rollout',
        `There is no rollout ${named}.`,
        'List the rollouts with: keyturn rollouts',
      );
}

const MAX_NAMED = 10;

function nameSome(rollouts: readonly Rollout[]): string {
  const named = rollouts.slice(0, MAX_NAMED).map(({ id }) => id);
  const more = rollouts.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
    `${open.length} rollouts are open: ${nameSome(open)}. Each has an approved key that is not on, or no decision yet.`,
    'Name the one that you mean with --rollout ID. Compare them with: keyturn rollouts',
  );
}

/** The rollout whose assessment was interrupted: the one that is named, or the newest. @throws KeyturnError `input-rollout` */
export async function findInterrupted(store: Store, named: string | undefined): Promise<Rollout> {
  const rollouts = await store.listRollouts();
  const found = named === undefined ? rollouts.find((each) => !isAssessed(each)) : findNamed(rollouts, named);
  if (found && !isAssessed(found)) return found;
  throw new KeyturnError(
    'input-rollout',
    found
      ? `The assessment of rollout ${found.id} is complete: it cannot be resumed, and its plan is fixed.`
      : 'No assessment was interrupted.',
    'To read the accounts and places that could not be seen, begin a new rollout with: keyturn assess',
  );
}

/** The rollout that was named, at whatever stage it is, or the newest whose assessment is complete. */
export async function chooseRolloutToShow(store: Store, named: string | undefined): Promise<Rollout> {
  return named === undefined ? chooseRollout(store, named) : findNamed(await store.listRollouts(), named);
}

/** The same; if no assessment is complete, the newest that was begun. */
export async function chooseRolloutAtAnyStage(store: Store, named: string | undefined): Promise<Rollout> {
  const rollouts = await store.listRollouts();
  const [newest] = rollouts;
  return named === undefined && newest && !rollouts.some(isAssessed)
    ? newest
    : chooseRolloutToShow(store, named);
}

/** The newest rollout, if it was begun after this one and its assessment is not complete. */
export async function findNewerIncomplete(store: Store, { id }: Rollout): Promise<Rollout | undefined> {
  const [newest] = await store.listRollouts();
  return newest && newest.id !== id && !isAssessed(newest) ? newest : undefined;
}

/** Whether something is left to do: candidates that nobody decided on, or approved keys that are not on yet. */
export async function isOpen(
  store: Store,
  rollout: AssessedRollout,
  outcomes: OutcomeTotals,
): Promise<boolean> {
  const left = countNotOn(outcomes);
  const on = outcomes.applied + outcomes['already-in-place'];
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
