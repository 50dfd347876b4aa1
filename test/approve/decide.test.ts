import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOn } from '../../src/approve/decide.ts';
import type { DecisionRequest } from '../../src/approve/request.ts';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { DECISIONS } from '../../src/model/approval.ts';
import { arnOf, CONTEXT, factsOf, ON, read } from '../support/facts.ts';

const findings = new Map(
  [
    factsOf({}, undefined, 'c1'),
    factsOf({}, read(ON), 'on'),
    factsOf({ KeyState: 'Disabled' }, undefined, 'off'),
  ]
    .map((facts) =>
      assembleFinding({ ...facts, rotation: facts.rotation ?? read({ KeyRotationEnabled: false }) }, CONTEXT),
    )
    .flatMap((finding) => (finding ? [[finding.keyArn, finding] as const] : [])),
);
const plan = { digest: 'd', RotationPeriodInDays: 180, findings, isShown: () => true };
const ask = (keyId: string, more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  where: `line ${keyId}`,
  keyArn: arnOf(keyId),
  decision: 'approve',
  ...more,
});

describe('decisions over a plan', () => {
  it('hold key, place and period, with the reason of the line or of the whole', () => {
    const decided = decideOn(plan, [ask('c1')], 'CIS 3.6');
    expect(decided).toMatchObject({
      kind: 'decided',
      decisions: [
        {
          keyArn: arnOf('c1'),
          keyId: 'c1',
          region: 'eu-central-1',
          RotationPeriodInDays: 180,
          reason: 'CIS 3.6',
        },
      ],
    });
  });

  it.each([
    ['a key that is on already', ask('on'), 'not a candidate: enabled'],
    ['an ineligible key', ask('off'), 'not a candidate: ineligible, disabled'],
    ['a key that is not in the plan', ask('nobody'), 'not in this plan'],
    ['a declined key that is no candidate', ask('off', { decision: 'decline' }), 'not a candidate'],
    ['another plan', ask('c1', { planDigest: 'e' }), 'another plan'],
  ])('are refused whole for %s', (_, wrong, said) => {
    const decided = decideOn(plan, [ask('c1', { where: 'first' }), { ...wrong, where: 'here' }]);
    expect(decided.kind).toBe('refused');
    if (decided.kind === 'refused') expect(decided.problems.join()).toContain(said);
  });

  it('are refused where a key is named twice, even to the same end', () => {
    const decided = decideOn(plan, [ask('c1'), ask('c1', { where: 'again' })]);
    expect(decided).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('named twice')] });
  });

  it('never approve a key that was not asked for, or is no candidate', () => {
    const anyRequest = fc.record({
      where: fc.string(),
      keyArn: fc.constantFrom(arnOf('c1'), arnOf('on'), arnOf('off'), arnOf('nobody')),
      decision: fc.constantFrom(...DECISIONS),
    });
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 5 }), (requests) => {
        const decided = decideOn(plan, requests);
        if (decided.kind === 'refused') return;
        for (const { keyArn, decision } of decided.decisions) {
          expect(findings.get(keyArn)?.finding).toBe('candidate');
          expect(requests).toContainEqual(expect.objectContaining({ keyArn, decision }));
        }
      }),
    );
  });
});
