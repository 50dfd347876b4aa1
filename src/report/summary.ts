import { DECISIONS } from '../model/approval.ts';
import { OUTCOMES } from '../model/outcome.ts';
import { phaseReached } from '../model/phase.ts';
import { addCounts } from '../model/plan.ts';
import { VERDICTS } from '../model/verdict.ts';
import { findMismatches } from './equations.ts';
import type { RolloutRecord } from './record.ts';
import type { Rows } from './rows.ts';
import type {
  ApprovalSummary,
  DecisionCounts,
  OutcomeCounts,
  RolloutSummary,
  RolloutTimes,
  ValidationCounts,
} from './summary-model.ts';
import { assembleSurvey, type Survey } from './survey.ts';
import { verdictsInForce } from './verdicts.ts';

export type { RolloutSummary } from './summary-model.ts';

/** Counts one rollout; the findings and the decisions are each read once. */
export async function assembleSummary(record: RolloutRecord): Promise<RolloutSummary> {
  return summarize(record, await assembleSurvey(record.findings()));
}

/** The summary where the findings have been surveyed already. */
export async function summarize(record: RolloutRecord, survey: Survey): Promise<RolloutSummary> {
  const { rollout, places, unreachable } = record;
  const decisions = await countDecisions(record.decisions());
  const totals = addCounts(places);
  const outcomes = tally(OUTCOMES, record.outcomes, ({ outcome }) => outcome);
  const validation = countValidation(record, outcomes);
  return {
    schema: 'keyturn/summary/v1',
    rollout: rollout.id,
    phase: phaseReached({
      planDigest: rollout.planDigest,
      decided: record.approvals.length > 0,
      outcomes,
      judged: verdictsInForce(record).length,
    }),
    keyturnVersion: rollout.keyturnVersion,
    callerArn: rollout.callerArn,
    scope: rollout.scope,
    regionsLeftOut: rollout.regionsLeftOut ?? null,
    RotationPeriodInDays: rollout.RotationPeriodInDays,
    times: timesOf(record, survey),
    planDigest: rollout.planDigest ?? null,
    totals,
    reconciled: places.every((place) => place.reconciled),
    ...reasonsOf(survey),
    replicasWithPrimaryOutsideScope: { count: survey.orphanReplicas, regionsToAdd: survey.regionsToAdd },
    places,
    unreachable,
    decisions,
    approvedBy: summarizeApprovals(record),
    outcomes,
    validation,
    mismatches: findMismatches({ record, survey, totals, decisions, outcomes, validation }),
  };
}

function reasonsOf({ reasons, rotationAmongStateIneligible: rotation }: Survey) {
  const { on, off, unreadable, 'not-read': notRead } = rotation;
  return {
    ineligible: reasons.flatMap(({ reason, basis, count }) => (basis ? [{ reason, basis, count }] : [])),
    unknown: reasons.flatMap(({ reason, basis, count }) => (basis ? [] : [{ reason, count }])),
    rotationAmongStateIneligible: { on, off, unreadable, notRead },
  };
}

/** How many items fall under each word, every word named. */
function tally<W extends string, T>(words: readonly W[], items: readonly T[], wordOf: (item: T) => W) {
  const counts = Object.fromEntries(words.map((word) => [word, 0])) as Record<W, number>;
  for (const item of items) counts[wordOf(item)] += 1;
  return counts;
}

async function countDecisions(decisions: Rows<{ decision: string }>): Promise<DecisionCounts> {
  const counts = { approve: 0, decline: 0, defer: 0, undecided: 0 } as Record<string, number>;
  for await (const { decision } of decisions) counts[decision] = (counts[decision] ?? 0) + 1;
  const { approve = 0, decline = 0, defer = 0, undecided = 0 } = counts;
  return { approved: approve, declined: decline, deferred: defer, undecided };
}

function summarizeApprovals({ approvals }: RolloutRecord): ApprovalSummary[] {
  return approvals.map(({ approval, at, submittedBy, source, reason, planDigest, decisions }) => {
    const { approve, decline, defer } = tally(DECISIONS, decisions, ({ decision }) => decision);
    const { callerArn, account, osUser, host } = submittedBy;
    return {
      approval,
      at,
      callerArn,
      account,
      osUser,
      host,
      source,
      ...(reason !== undefined && { reason }),
      planDigest,
      approved: approve,
      declined: decline,
      deferred: defer,
    };
  });
}

function countValidation(record: RolloutRecord, counts: OutcomeCounts): ValidationCounts | null {
  if (record.verdicts.length === 0) return null;
  const verdicts = verdictsInForce(record);
  const validated = new Set(verdicts.map(({ keyArn }) => keyArn));
  const { enabled: _, ...notChanged } = counts;
  return {
    requested: record.outcomes.length,
    ...tally(VERDICTS, verdicts, ({ verdict }) => verdict),
    notYetValidated: record.outcomes.filter((o) => o.outcome === 'enabled' && !validated.has(o.keyArn))
      .length,
    notChanged,
  };
}

function timesOf({ rollout, approvals, outcomes, verdicts }: RolloutRecord, survey: Survey): RolloutTimes {
  const read = range(survey.factTimes.flatMap(({ first, last }) => [first, last]));
  const approved = range(approvals.map(({ at }) => at));
  const changed = range(outcomes.flatMap(({ finishedAt }) => finishedAt ?? []));
  const validated = range(verdicts.map(({ readAt }) => readAt));
  return {
    createdAt: rollout.createdAt,
    assessedAt: rollout.assessedAt ?? null,
    firstReadAt: read.first,
    lastReadAt: read.last,
    firstApprovedAt: approved.first,
    lastApprovedAt: approved.last,
    firstChangedAt: changed.first,
    lastChangedAt: changed.last,
    firstValidatedAt: validated.first,
    lastValidatedAt: validated.last,
  };
}

function range(times: readonly string[]): { first: string | null; last: string | null } {
  const sorted = times.toSorted();
  return { first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}
