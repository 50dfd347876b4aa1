import { approverOf } from '../model/in-force.ts';
import { phaseReached } from '../model/phase.ts';
import { addCounts } from '../model/plan.ts';
import { assembleChangeSurvey, type ChangeSurvey, type TimeRange } from './change-survey.ts';
import { findMismatches } from './equations.ts';
import type { RolloutRecord } from './record.ts';
import type { Rows } from './rows.ts';
import type {
  ApprovalSummary,
  DecisionCounts,
  RolloutSummary,
  RolloutTimes,
  ValidationCounts,
} from './summary-model.ts';
import { assembleSurvey, type Survey, yardstickOf } from './survey.ts';

export type { RolloutSummary } from './summary-model.ts';

/** Counts one rollout; whatever there is one of for each key is read once. */
export async function assembleSummary(record: RolloutRecord): Promise<RolloutSummary> {
  return summarize(
    record,
    await assembleSurvey(record.findings(), yardstickOf(record.rollout)),
    await assembleChangeSurvey(record),
  );
}

/** The summary where findings and changes have been surveyed already. */
export async function summarize(
  record: RolloutRecord,
  survey: Survey,
  changes: ChangeSurvey,
): Promise<RolloutSummary> {
  const { rollout, places, unreachable } = record;
  const decisions = await countDecisions(record.decisions());
  const totals = addCounts(places);
  const { outcomes } = changes;
  const validation = countValidation(changes);
  return {
    schema: 'keyturn/summary/v1',
    rollout: rollout.id,
    phase: phaseReached({
      planDigest: rollout.planDigest,
      decided: record.approvals.length > 0,
      outcomes,
      judged: sum(changes.verdicts),
    }),
    keyturnVersion: rollout.keyturnVersion,
    callerArn: rollout.callerArn,
    scope: rollout.scope,
    regionsLeftOut: rollout.regionsLeftOut ?? null,
    RotationPeriodInDays: rollout.RotationPeriodInDays,
    times: timesOf(record, survey, changes),
    planDigest: rollout.planDigest ?? null,
    totals,
    reconciled: places.every((place) => place.reconciled),
    ...reasonsOf(survey),
    replicasWithPrimaryOutsideScope: { count: survey.orphanReplicas, regionsToAdd: survey.regionsToAdd },
    keyPolicyRefusals: survey.refusals,
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

async function countDecisions(decisions: Rows<{ choice: string }>): Promise<DecisionCounts> {
  const counts = { approve: 0, decline: 0, defer: 0, undecided: 0 } as Record<string, number>;
  for await (const { choice } of decisions) counts[choice] = (counts[choice] ?? 0) + 1;
  const { approve = 0, decline = 0, defer = 0, undecided = 0 } = counts;
  return { approved: approve, declined: decline, deferred: defer, undecided };
}

function summarizeApprovals({ approvals }: RolloutRecord): ApprovalSummary[] {
  return approvals.map(({ id, at, counts, ...header }) => {
    const { approve, decline, defer } = counts;
    const { submittedBy, expiresAt, imported, source, reason, planDigest } = header;
    const { osUser, host } = submittedBy;
    return {
      id,
      at,
      expiresAt,
      approver: approverOf(header),
      ...('callerArn' in submittedBy && { callerArn: submittedBy.callerArn, account: submittedBy.account }),
      osUser,
      host,
      ...(imported && { importedBy: imported.by.callerArn, importedAt: imported.at }),
      source,
      ...(reason !== undefined && { reason }),
      planDigest,
      approved: approve,
      declined: decline,
      deferred: defer,
    };
  });
}

function countValidation({ outcomes, verdicts, notYetValidated }: ChangeSurvey): ValidationCounts | null {
  if (sum(verdicts) === 0) return null;
  const { applied: _, ...notChanged } = outcomes;
  return { requested: sum(outcomes), ...verdicts, notYetValidated, notChanged };
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, keys) => total + keys, 0);

function timesOf(
  { rollout, approvals }: RolloutRecord,
  survey: Survey,
  { changed, validated }: ChangeSurvey,
): RolloutTimes {
  const read = range(survey.factTimes.flatMap(({ first, last }) => [first, last]));
  const approved = range(approvals.map(({ at }) => at));
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

function range(times: readonly string[]): TimeRange {
  const sorted = times.toSorted();
  return { first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}
