import { describe, expect, it } from 'vitest';
import type { KeyMetadata, RotationStatus } from '../../src/model/key-facts.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { judgeChange, judgeReplica } from '../../src/validate/verdict.ts';
import { ACCOUNT, arnOf, OFF, ON, REGION, read, SYMMETRIC, unread } from '../support/facts.ts';

const outcome: Outcome = {
  keyArn: arnOf('k'),
  keyId: 'k',
  account: ACCOUNT,
  region: REGION,
  status: 'applied',
  RotationPeriodInDays: 365,
  attempts: 1,
  drift: [],
  finishedAt: '2026-11-22T10:00:00.000Z',
};
const judge = (status: RotationStatus, metadata: Partial<KeyMetadata> = {}) =>
  judgeChange(outcome, { metadata: read({ ...SYMMETRIC, ...metadata }), rotation: read(status) });

describe('the verdict on a change', () => {
  it('is confirmed where state, rotation, period and next date are as the change left them', () => {
    expect(judge(ON)).toMatchObject({ kind: 'confirmed', differences: [], RotationPeriodInDays: 365 });
  });

  it.each([
    ['2027-11-20T10:00:01.000Z', 'confirmed'],
    ['2027-11-24T09:59:59.000Z', 'confirmed'],
    ['2027-11-20T09:59:59.000Z', 'discrepant'],
    ['2027-11-24T10:00:01.000Z', 'discrepant'],
    ['2026-11-22T10:00:00.000Z', 'discrepant'],
  ])('with the next rotation on %s, is %s: two days either way', (NextRotationDate, verdict) => {
    expect(judge({ ...ON, NextRotationDate }).kind).toBe(verdict);
  });

  it.each([
    ['rotation off', OFF, {}, 'KeyRotationEnabled'],
    ['another period', { ...ON, RotationPeriodInDays: 90 }, {}, 'RotationPeriodInDays'],
    [
      'no period',
      { KeyRotationEnabled: true, NextRotationDate: ON.NextRotationDate },
      {},
      'RotationPeriodInDays',
    ],
    ['no next date', { KeyRotationEnabled: true, RotationPeriodInDays: 365 }, {}, 'NextRotationDate'],
    ['the key disabled', ON, { KeyState: 'Disabled' }, 'KeyState'],
    ['the key about to be deleted', OFF, { KeyState: 'PendingDeletion' }, 'KeyState'],
  ] satisfies [string, RotationStatus, Partial<KeyMetadata>, string][])(
    'is discrepant with %s, and says what differs',
    (_, status, metadata, fact) => {
      const judgement = judge(status, metadata);
      expect(judgement.kind).toBe('discrepant');
      expect(judgement.differences.map((each) => each.fact)).toContain(fact);
    },
  );

  it('is unreadable, not discrepant, where a read failed', () => {
    const denied = judgeChange(outcome, { metadata: read(SYMMETRIC), rotation: unread('access-denied') });
    expect(denied).toMatchObject({ kind: 'unreadable', reason: 'access-denied', differences: [] });
    const gone = judgeChange(outcome, { metadata: unread('not-found') });
    expect(gone).toMatchObject({ kind: 'unreadable', reason: 'disappeared' });
  });

  it('is discrepant where the key is no longer of a type that has rotation', () => {
    expect(judgeChange(outcome, { metadata: read(SYMMETRIC) }).kind).toBe('discrepant');
  });
});

describe('a replica', () => {
  const replica = { keyArn: arnOf('k', 'us-east-1'), region: 'us-east-1' };

  it('is pending, not discrepant, until it mirrors its primary', () => {
    expect(judgeReplica(outcome, replica, read(OFF)).kind).toBe('pending');
    expect(judgeReplica(outcome, replica, read({ ...ON, RotationPeriodInDays: 90 })).kind).toBe('pending');
    expect(judgeReplica(outcome, replica, read(ON)).kind).toBe('confirmed');
  });

  it('is unreadable where its Region does not answer', () => {
    expect(judgeReplica(outcome, replica, unread('access-denied')).kind).toBe('unreadable');
  });
});
