import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOn } from '../../src/approve/decide.ts';
import { readDecisionsFile } from '../../src/approve/decisions-file.ts';
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
  location: `line ${keyId}`,
  keyArn: arnOf(keyId),
  choice: 'approve',
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
    ['a declined key that is no candidate', ask('off', { choice: 'decline' }), 'not a candidate'],
    ['another plan', ask('c1', { planDigest: 'e' }), 'another plan'],
  ])('are refused whole for %s', (_, wrong, said) => {
    const decided = decideOn(plan, [ask('c1', { location: 'first' }), { ...wrong, location: 'here' }]);
    expect(decided.kind).toBe('refused');
    if (decided.kind === 'refused') expect(decided.problems.join()).toContain(said);
  });

  it.each([
    ['another period', '{"RotationPeriodInDays": 90}', 'says a period of "90", and the plan 180 days'],
    ['another period, as a listed finding has it', '{"proposed": {"RotationPeriodInDays": 90}}', '"90"'],
    ['another period by another name', '{"period": "90 days"}', '"90 days"'],
    ['two periods', '{"period": 180, "rotationPeriodInDays": 90}', '"90"'],
    ['a period in words', '{"period": "quarterly"}', '"quarterly"'],
    ['another operation', '{"proposed": {"operation": "DisableKeyRotation"}}', 'says operation'],
    ['another account', '{"account": "999988887777"}', 'says account "999988887777"'],
    ['another Region', '{"region": "us-east-1"}', 'says region "us-east-1"'],
    ['another key', '{"keyId": "c2"}', 'says keyId "c2"'],
    [
      'the period of the plan',
      '{"proposed": {"RotationPeriodInDays": 180}, "period": "180 days"}',
      undefined,
    ],
    [
      'its own account, as a spreadsheet leaves it',
      '{"account": "1.11122E+11", "region": "eu-central-1"}',
      undefined,
    ],
  ])('that say %s', (_, more, said) => {
    const item = { keyArn: arnOf('c1'), decision: 'approve', reason: 'PCI', ...JSON.parse(more) };
    const csv = Object.entries({ ...item, ...item.proposed, proposed: '', planDigest: 'd' });
    const header = csv.map(([name]) => name).join(',');
    const files = [
      JSON.stringify([item]),
      `---\n${JSON.stringify([item])}`,
      `${header}\n${csv.map(([, value]) => value).join(',')}`,
    ];
    for (const file of files) {
      const { requests, problems } = readDecisionsFile(file);
      expect(problems).toEqual([]);
      const decided = decideOn(plan, requests);
      if (said === undefined) expect(decided.kind).toBe('decided');
      else expect(decided).toMatchObject({ kind: 'refused', problems: [expect.stringContaining(said)] });
    }
  });

  it('that say another period for all of them are refused, each by name', () => {
    const decisions = [{ keyArn: arnOf('c1'), decision: 'approve' }];
    for (const file of [
      JSON.stringify({ rotationPeriodInDays: 90, decisions }),
      `rotationPeriodInDays: 90\ndecisions: ${JSON.stringify(decisions)}`,
    ]) {
      const decided = decideOn(plan, readDecisionsFile(file).requests);
      expect(decided).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('"90"')] });
    }
  });

  it('are refused where a key is named twice, even to the same end', () => {
    const decided = decideOn(plan, [ask('c1'), ask('c1', { location: 'again' })]);
    expect(decided).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('named twice')] });
  });

  it('never approve a key that was not asked for, or is no candidate', () => {
    const anyRequest = fc.record({
      location: fc.string(),
      keyArn: fc.constantFrom(arnOf('c1'), arnOf('on'), arnOf('off'), arnOf('nobody')),
      choice: fc.constantFrom(...DECISIONS),
    });
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 5 }), (requests) => {
        const decided = decideOn(plan, requests);
        if (decided.kind === 'refused') return;
        for (const { keyArn, choice } of decided.decisions) {
          expect(findings.get(keyArn)?.kind).toBe('candidate');
          expect(requests).toContainEqual(expect.objectContaining({ keyArn, choice }));
        }
      }),
    );
  });
});
