import type { TrustedKey } from '../../evidence/trust.ts';
import { decideNextStep, type NextStep } from '../../model/next-step.ts';
import type { OutcomeTotals } from '../../model/outcome.ts';
import { phaseReached, type RolloutPhase } from '../../model/phase.ts';
import { nameOfPlace } from '../../model/place.ts';
import { addCounts, EVERY_REGION, type PlaceCounts, type Scope } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { VerdictTotals } from '../../model/verdict.ts';
import type { Store } from '../ports.ts';
import { isAssessed, isOpen } from './choose-rollout.ts';
import { readWorkLeft, totalOutcomes, totalVerdicts, workLeft } from './outcomes.ts';
import { visibleFindings } from './visible-findings.ts';

/** Where a rollout stands, and the step that leads on. */
export interface RolloutStatus {
  readonly rollout: string;
  readonly createdAt: string;
  readonly scope: Scope;
  readonly phase: RolloutPhase;
  /** Something is left to decide or to do. */
  readonly open: boolean;
  readonly planDigest?: string;
  readonly listed: number;
  readonly candidate: number;
  readonly notSeen: NotSeen;
  readonly outcomes: OutcomeTotals;
  readonly verdicts: VerdictTotals;
  /** Keys that are due, and whose approval has expired. */
  readonly expired: number;
  /** Keys that are due, and whose approval no trusted approver signed; only if signatures are required. */
  readonly unsigned?: number;
  readonly next: NextStep;
}

/** What an assessment asked for and could not see. */
export interface NotSeen {
  /** Accounts that could not be reached. */
  readonly accounts: number;
  /** Places of other accounts that could not be listed. */
  readonly places: number;
  /** Places whose keys were read and whose listing is not certain. */
  readonly uncertain: number;
}

/** @param approvers whose signatures configure will require; undefined if none is */
export async function statusOf(
  store: Store,
  rollout: Rollout,
  now: Date,
  approvers?: readonly TrustedKey[],
): Promise<RolloutStatus> {
  const places = await store.placeCounts(rollout.id);
  const approved = await store.approvedCounts(rollout.id);
  const outcomes = totalOutcomes(approved);
  const verdicts = totalVerdicts(approved);
  const isSignedOnly = approvers !== undefined && isAssessed(rollout);
  const left = isSignedOnly ? await readWorkLeft(store, rollout, now, approvers) : workLeft(approved, now);
  const { listed, candidate } = addCounts(places);
  const { confirmed, discrepant, unreadable } = verdicts;
  const phase = phaseReached({
    planDigest: rollout.planDigest,
    decided: await store.isDecided(rollout.id),
    outcomes,
    judged: confirmed + discrepant + unreadable,
  });
  const canApprove = candidate > 0 && (await isAnyShown(store, rollout));
  return {
    rollout: rollout.id,
    createdAt: rollout.createdAt,
    scope: rollout.scope,
    phase,
    open: isAssessed(rollout) && (await isOpen(store, rollout, outcomes)),
    ...(rollout.planDigest !== undefined && { planDigest: rollout.planDigest }),
    listed,
    candidate,
    notSeen: await countNotSeen(store, rollout, places),
    outcomes,
    verdicts,
    expired: left.approve - left.unsigned,
    ...(isSignedOnly && { unsigned: left.unsigned }),
    next: decideNextStep({ phase, canApprove, outcomes, left }),
  };
}

/** Whether there is a candidate that the rollout's filter shows. */
async function isAnyShown(store: Store, rollout: Rollout): Promise<boolean> {
  if (rollout.scope.filter === undefined || !isAssessed(rollout)) return true;
  for await (const _ of visibleFindings(store, rollout, 'candidate')) return true;
  return false;
}

/** Counts what could not be seen, as the assessment recorded it. */
export async function countNotSeen(
  store: Store,
  { id }: Pick<Rollout, 'id'>,
  seen: readonly PlaceCounts[],
): Promise<NotSeen> {
  const listed = new Set(seen.map(nameOfPlace));
  const unreachable = await store.unreachablePlaces(id);
  const accounts = unreachable.filter(({ region }) => region === EVERY_REGION).length;
  const uncertain = unreachable.filter((place) => listed.has(nameOfPlace(place))).length;
  return { accounts, places: unreachable.length - accounts - uncertain, uncertain };
}
