import { describe, expect, it } from 'vitest';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { decideStep, reachOf } from '../../src/configure/step.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import { CONTEXT, factsOf, failureOf, multiRegion, ON, read, unread } from '../support/facts.ts';

function assemble(...facts: Parameters<typeof factsOf>): Finding {
  const finding = assembleFinding(factsOf(...facts), CONTEXT);
  if (!finding) throw new Error('an AWS managed key');
  return finding;
}
const approved = assemble();

describe('the step for an approved key', () => {
  it('is to enable it while it is the candidate that was approved', () => {
    expect(decideStep(approved, assemble())).toEqual({ kind: 'enable', drift: [] });
  });

  it('notes a changed description, and enables all the same', () => {
    expect(decideStep(approved, assemble({ Description: 'new' }))).toEqual({
      kind: 'enable',
      drift: ['Description'],
    });
  });

  it('leaves a key alone that somebody else has turned on', () => {
    expect(decideStep(approved, assemble({}, read(ON)))).toMatchObject({ kind: 'already-in-place' });
  });

  it.each([
    ['disabled meanwhile', { KeyState: 'Disabled' }, 'disabled'],
    ['scheduled for deletion meanwhile', { KeyState: 'PendingDeletion' }, 'pending-deletion'],
    ['made a replica by moving the primary', multiRegion('REPLICA'), 'replica'],
    ['of a type nobody foresaw', { KeySpec: 'SYMMETRIC_512' }, 'unknown-spec'],
  ])('is to skip a key that was %s', (_, change, reason) => {
    expect(decideStep(approved, assemble(change))).toMatchObject({ kind: 'skip', reason });
  });

  it('is to skip a key that is gone', () => {
    const gone = assembleFinding({ ...factsOf(), metadata: unread('not-found') }, CONTEXT);
    expect(gone && decideStep(approved, gone)).toMatchObject({ kind: 'skip', reason: 'disappeared' });
  });

  it.each([
    'access-denied',
    'throttled',
    'server',
    'network',
    'malformed-answer',
    'unsupported',
  ] satisfies FailureKind[])('is to fail where the fresh check itself fails: %s', (kind) => {
    const step = decideStep(approved, assemble({}, unread(kind, 'GetKeyRotationStatus')));
    expect(step).toMatchObject({ kind: 'fail', failure: { operation: 'GetKeyRotationStatus', kind } });
  });

  it('is to stop where the credentials are no longer accepted', () => {
    for (const kind of ['credentials', 'region-unavailable'] as const) {
      expect(decideStep(approved, assemble({}, unread(kind)))).toMatchObject({ kind: 'stop' });
    }
  });
});

it.each([
  ['DescribeKey', 'region-unavailable', 'place'],
  ['DescribeKey', 'credentials', 'account'],
  ['GetCallerIdentity', 'credentials', 'account'],
  ['AssumeRole', 'access-denied', 'account'],
  ['AssumeRole', 'region-unavailable', 'account'],
  ['AssumeRole', 'network', 'account'],
  ['AssumeRole', 'credentials', 'run'],
  ['EnableKeyRotation', 'access-denied', undefined],
  ['EnableKeyRotation', 'network', undefined],
] as const)('%s: %s reaches as far as the %s', (operation, kind, reach) => {
  expect(reachOf(failureOf(kind, operation))).toBe(reach);
});
