import { describe, expect, it } from 'vitest';
import { assembleSummary } from '../../src/report/summary.ts';
import { partsOf, recordOf, rolloutAt, type Stage } from './fixture.ts';

const parts = partsOf('validated');

describe('the summary of a rollout', () => {
  it.each(['assessing', 'assessed', 'approved', 'configured', 'validated'] satisfies Stage[])(
    'knows that a rollout is %s',
    async (stage) => {
      const summary = await assembleSummary(rolloutAt(stage));
      expect(summary).toMatchObject({ phase: stage, mismatches: [] });
      expect(summary.validation === null).toBe(stage !== 'validated');
    },
  );

  it('counts every key once', async () => {
    const { totals, decisions, outcomes, reconciled } = await assembleSummary(rolloutAt('validated'));
    expect(totals).toEqual({
      listed: 48,
      candidate: 24,
      enabled: 6,
      ineligible: 7,
      unknown: 3,
      awsManaged: 8,
    });
    expect(decisions).toEqual({ approved: 20, declined: 2, deferred: 1, undecided: 1 });
    expect(outcomes).toEqual({
      applied: 14,
      'already-in-place': 2,
      skipped: 1,
      failed: 3,
      pending: 0,
      unsettled: 0,
    });
    expect(reconciled).toBe(true);
  });

  it('gives reasons with how often they stand, and keeps type apart from state', async () => {
    const { ineligible, unknown, rotationAmongStateIneligible } = await assembleSummary(
      rolloutAt('assessed'),
    );
    expect(ineligible).toContainEqual({ reason: 'asymmetric', basis: 'type', count: 3 });
    expect(ineligible).toContainEqual({ reason: 'disabled', basis: 'state', count: 1 });
    expect(unknown).toEqual([{ reason: 'access-denied', count: 3 }]);
    expect(rotationAmongStateIneligible).toEqual({ on: 1, off: 0, unreadable: 0, notRead: 1 });
  });

  it('names the Regions to add for replicas whose primary is outside the scope', async () => {
    const { replicasWithPrimaryOutsideScope } = await assembleSummary(rolloutAt('assessed'));
    expect(replicasWithPrimaryOutsideScope).toEqual({ count: 1, regionsToAdd: ['us-east-1'] });
  });

  it('accounts for every requested key in the validation', async () => {
    const { validation } = await assembleSummary(rolloutAt('validated'));
    expect(validation).toEqual({
      requested: 20,
      confirmed: 12,
      discrepant: 1,
      unreadable: 1,
      notYetValidated: 0,
      notChanged: { 'already-in-place': 2, skipped: 1, failed: 3, pending: 0, unsettled: 0 },
    });
  });

  it('counts changed keys without a verdict as not yet validated', async () => {
    const record = recordOf({ ...parts, verdicts: parts.verdicts.slice(0, 10) });
    expect(await assembleSummary(record)).toMatchObject({
      phase: 'configured',
      mismatches: [],
      validation: { notYetValidated: 4 },
    });
  });

  it('does not count a verdict on a change that has become something else', async () => {
    const outcomes = parts.outcomes.map((o, n) => (n === 0 ? { ...o, status: 'failed' as const } : o));
    const { validation, mismatches } = await assembleSummary(recordOf({ ...parts, outcomes }));
    expect(validation).toMatchObject({ confirmed: 11, notChanged: { failed: 4 } });
    expect(mismatches).toEqual([]);
  });

  it('shows the equations that do not add up', async () => {
    const [first, ...places] = parts.places;
    if (!first) throw new Error('the fixture has places');
    const wrong = { ...first, listed: first.listed + 1, reconciled: false };
    const { mismatches, reconciled } = await assembleSummary(
      recordOf({ ...parts, places: [wrong, ...places], outcomes: parts.outcomes.slice(1) }),
    );
    expect(reconciled).toBe(false);
    expect(mismatches.map(({ left, right }) => left - right)).toEqual([1, 1]);
  });

  it('is null, not wrong, on what has not been reached', async () => {
    expect(await assembleSummary(rolloutAt('assessing'))).toMatchObject({
      planDigest: null,
      validation: null,
      times: { assessedAt: null, firstApprovedAt: null, lastChangedAt: null },
      approvedBy: [],
    });
  });
});
