import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { planDigest, planLines } from '../../src/assess/plan.ts';
import { type Finding, finding as findingSchema } from '../../src/model/finding.ts';
import type { PlanHeader } from '../../src/model/plan.ts';
import { CONTEXT, factsOf, multiRegion, ON, read, scopeOf, unread } from '../support/facts.ts';

const header: PlanHeader = { schema: 'keyturn/plan/v1', scope: CONTEXT.scope, RotationPeriodInDays: 365 };

function assemble(...facts: Parameters<typeof factsOf>): Finding {
  const finding = assembleFinding(factsOf(...facts), CONTEXT);
  if (!finding) throw new Error('an AWS managed key');
  return finding;
}
const digestOf = (...findings: Finding[]) => planDigest(header, findings);

describe("a plan's digest", () => {
  it('is the SHA-256 of its lines, the header first', async () => {
    const lines: string[] = [];
    for await (const line of planLines(header, [assemble()])) lines.push(line);
    expect(JSON.parse(lines[0] ?? '')).toEqual(header);
    expect(await digestOf(assemble())).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  });

  it('stays the same when only what is volatile differs', async () => {
    const enabled = assemble({}, read(ON));
    const later = {
      ...enabled,
      NextRotationDate: '2028-01-01T00:00:00.000Z',
      readAt: {},
      explanation: 'x',
      advice: 'y',
    };
    expect(await digestOf(later)).toBe(await digestOf(enabled));
    const denied = assemble({}, unread('access-denied', 'GetKeyRotationStatus', 'AccessDeniedException'));
    const reworded = {
      ...denied,
      gaps: denied.gaps.map((gap) => ({ ...gap, message: 'other', requestId: 'r' })),
    };
    expect(await digestOf(reworded)).toBe(await digestOf(denied));
  });

  it('changes with everything that an approver is shown', async () => {
    const finding = assemble();
    const before = await digestOf(finding);
    const changes: Partial<Finding>[] = [
      { Description: 'another' },
      { aliases: ['alias/x'] },
      { tags: { a: 'b' } },
      { KeyState: 'Disabled' },
      { kind: 'enabled' },
      { reason: 'disabled' },
      { RotationPeriodInDays: 90 },
      { policy: { administrators: [], delegatesToAccount: false, openTo: [] } },
      { proposed: { operation: 'EnableKeyRotation', RotationPeriodInDays: 90 } },
    ];
    for (const change of changes) expect(await digestOf({ ...finding, ...change })).not.toBe(before);
  });

  it('changes with scope and period', async () => {
    const finding = assemble();
    const before = await planDigest(header, [finding]);
    expect(await planDigest({ ...header, RotationPeriodInDays: 90 }, [finding])).not.toBe(before);
    expect(await planDigest({ ...header, scope: scopeOf('us-east-1') }, [finding])).not.toBe(before);
  });

  it('is refused over findings that are out of order or doubled', async () => {
    const [a, b] = [assemble({}, read(ON), 'a'), assemble({}, read(ON), 'b')];
    await expect(digestOf(b, a)).rejects.toThrow(RangeError);
    await expect(digestOf(a, a)).rejects.toThrow(RangeError);
  });

  it('is the same after the findings went through JSON and back, whatever their text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (Description) => {
        const finding = assemble({ Description: Description.toWellFormed() });
        const stored = findingSchema.parse(JSON.parse(JSON.stringify(finding)));
        expect(await digestOf(stored)).toBe(await digestOf(finding));
      }),
    );
  });
});

describe('an assembled finding', () => {
  it('fits the schema that it is stored with', () => {
    for (const facts of [
      factsOf(),
      factsOf({}, read(ON)),
      factsOf(multiRegion('REPLICA')),
      factsOf({}, unread('network')),
    ]) {
      const finding = assembleFinding(facts, CONTEXT);
      expect(findingSchema.parse(finding)).toEqual(finding);
    }
  });

  it('proposes a change for a candidate and for nothing else', () => {
    expect(assemble().proposed).toEqual({ operation: 'EnableKeyRotation', RotationPeriodInDays: 365 });
    expect(assemble({}, read(ON)).proposed).toBeUndefined();
    expect(assemble({ KeyState: 'Disabled' }).proposed).toBeUndefined();
  });

  it('shows the rotation of a disabled key as what it is, and an unreadable one as unreadable', () => {
    expect(assemble({ KeyState: 'Disabled' }, read(ON)).rotation).toBe('on');
    expect(assemble({ KeyState: 'Disabled' }, unread('access-denied')).rotation).toBe('unreadable');
    expect(assemble({ Origin: 'EXTERNAL' }, undefined).rotation).toBe('off');
  });

  it("says whether a replica's primary is in scope, and names it", () => {
    const inside = assemble(multiRegion('REPLICA'));
    const outside = assemble(multiRegion('REPLICA', 'ap-southeast-2'));
    expect([inside.primaryInScope, outside.primaryInScope]).toEqual([true, false]);
    expect(outside.explanation).toContain('ap-southeast-2');
  });

  it('has an explanation and an advice for every reason there is', () => {
    const reasons = findingSchema.shape.reason.unwrap().options;
    expect(reasons.length).toBeGreaterThan(25);
    for (const kind of [
      'access-denied',
      'not-found',
      'throttled',
      'server',
      'network',
      'malformed-answer',
    ] as const) {
      const { explanation, advice } = assemble({}, unread(kind, 'GetKeyRotationStatus'));
      expect(explanation.length).toBeGreaterThan(10);
      expect(advice.length).toBeGreaterThan(10);
    }
  });
});
