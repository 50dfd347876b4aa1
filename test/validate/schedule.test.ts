import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyRotation, Reading } from '../../src/model/key-facts.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { judgeChange } from '../../src/validate/verdict.ts';
import { ACCOUNT, arnOf, REGION, read, SYMMETRIC, unread } from '../support/facts.ts';

const DAY_MS = 86_400_000;
const CHANGED = Date.parse('2026-11-22T10:00:00.000Z');
const iso = (days: number) => new Date(CHANGED + Math.round(days * DAY_MS)).toISOString();

const outcomeOf = (RotationPeriodInDays: number): Outcome => ({
  keyArn: arnOf('k'),
  keyId: 'k',
  account: ACCOUNT,
  region: REGION,
  status: 'applied',
  RotationPeriodInDays,
  attempts: 1,
  drift: [],
  finishedAt: iso(0),
});
const automatic = (days: number): KeyRotation => ({ RotationType: 'AUTOMATIC', RotationDate: iso(days) });
const onDemand = (days: number): KeyRotation => ({ RotationType: 'ON_DEMAND', RotationDate: iso(days) });

interface Seen {
  readonly period?: number;
  /** Days after the change. */
  readonly now: number;
  readonly next: number;
  readonly rotations?: readonly KeyRotation[] | 'denied';
  readonly state?: string;
}

function judge({ period = 365, now, next, rotations, state = 'Enabled' }: Seen) {
  const at = iso(now);
  const listed: Reading<readonly KeyRotation[]> | undefined =
    rotations === 'denied'
      ? { ...unread('access-denied', 'ListKeyRotations'), at }
      : rotations && { ...read(rotations), at };
  const status = { KeyRotationEnabled: true, RotationPeriodInDays: period, NextRotationDate: iso(next) };
  return judgeChange(outcomeOf(period), {
    metadata: read({ ...SYMMETRIC, KeyState: state }),
    rotation: { ...read(status), at },
    ...(listed && { rotations: listed }),
  });
}

describe('the date of the next rotation', () => {
  it.each([
    ['a year later', { now: 366, next: 730, rotations: [automatic(365)] }],
    ['three years later', { now: 1100, next: 1460, rotations: [365, 730, 1095].map(automatic) }],
    ['after one on demand', { now: 200, next: 365, rotations: [onDemand(100)] }],
    ['with an earlier schedule', { now: 370, next: 730, rotations: [automatic(-90), automatic(365)] }],
    ['on the day', { now: 365.01, next: 365, rotations: [] }],
    ['moved before it is listed', { now: 365.01, next: 730, rotations: [] }],
    ['listed before it has moved', { now: 365.01, next: 365, rotations: [automatic(365)] }],
    ['made up for when the key was enabled', { now: 450, next: 765, rotations: [automatic(400)] }],
    ['rotations denied', { now: 1100, next: 1460, rotations: 'denied' }],
  ] satisfies [string, Seen][])('%s is as expected', (_, seen) => {
    expect(judge(seen)).toMatchObject({ kind: 'confirmed', differences: [] });
  });

  it.each([
    ['overdue', { now: 368, next: 365, rotations: [] }],
    ['overdue, rotations denied', { now: 368, next: 365, rotations: 'denied' }],
    ['overdue after the first', { now: 740, next: 730, rotations: [automatic(365)] }],
    ['moved without a rotation', { now: 500, next: 730, rotations: [] }],
    ['moved early', { now: 10, next: 730 }],
    ['moved by enabling it again', { now: 400, next: 465, rotations: [] }],
    ['the same, rotations denied', { now: 400, next: 465, rotations: 'denied' }],
    ['two periods ahead, rotations denied', { now: 400, next: 1095, rotations: 'denied' }],
    ['moved by one on demand', { now: 465, next: 800, rotations: [automatic(365), onDemand(435)] }],
  ] satisfies [string, Seen][])('%s is a discrepancy', (_, seen) => {
    const { kind, differences } = judge(seen);
    expect([kind, differences.map(({ fact }) => fact)]).toEqual(['discrepant', ['NextRotationDate']]);
  });

  it('says what the rotation should have been, and what was not read', () => {
    expect(judge({ now: 400, next: 365, rotations: [] }).differences).toEqual([
      {
        fact: 'NextRotationDate',
        expected: 'a rotation on 2027-11-22 ± 2 days and a date after it',
        actual: '2027-11-22T10:00:00.000Z',
      },
    ]);
    expect(judge({ now: 400, next: 500, rotations: 'denied' }).differences[0]?.expected).toBe(
      '2028-11-21 ± 2 days (past rotations could not be read)',
    );
  });

  it('means nothing while the key is disabled', () => {
    const { differences } = judge({ now: 500, next: 365, rotations: [], state: 'Disabled' });
    expect(differences.map(({ fact }) => fact)).toEqual(['KeyState']);
  });

  it('is recorded with what it was counted from', () => {
    const readAt = iso(1100);
    expect(judge({ now: 1100, next: 1460, rotations: [365, 730, 1095].map(automatic) }).rotations).toEqual({
      kind: 'read',
      automatic: 3,
      lastAt: iso(1095),
      readAt,
    });
    expect(judge({ now: 1100, next: 1460, rotations: 'denied' }).rotations).toMatchObject({
      kind: 'unreadable',
      error: { operation: 'ListKeyRotations', kind: 'access-denied' },
      readAt,
    });
    expect(judge({ now: 1, next: 365 })).not.toHaveProperty('rotations');
  });
});

/** How KMS schedules (kms-facts §4, §13.10), a rotation at a time; all in days after the change. */
function schedule(period: number, now: number, late: number, pauses: readonly [from: number, to: number][]) {
  const rotations: number[] = [];
  for (let next = period; ; ) {
    const due = next;
    const pause = pauses.find(([from, to]) => from <= due && due < to);
    const at = pause ? pause[1] : due + late;
    if (at > now) return { rotations, next };
    rotations.push(at);
    next = at + period;
  }
}

describe('a schedule over years', () => {
  const years = fc.double({ min: 0, max: 2600, noNaN: true });
  const life = fc.record({
    period: fc.integer({ min: 90, max: 2560 }),
    now: years,
    late: fc.double({ min: 0, max: 0.04, noNaN: true }),
    demanded: fc.array(fc.double({ min: -300, max: 2600, noNaN: true }), { maxLength: 4 }),
    earlier: fc.array(fc.double({ min: -2000, max: -0.1, noNaN: true }), { maxLength: 3 }),
  });
  type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;
  const listed = ({ now, demanded, earlier }: Life, rotations: readonly number[]) => [
    ...rotations.map(automatic),
    ...earlier.map(automatic),
    ...demanded.filter((at) => at <= now).map(onDemand),
  ];

  it('is confirmed at any time, whatever was rotated on demand or before, and while the key was disabled', () => {
    const pause = fc.tuple(years, fc.double({ min: 1, max: 400, noNaN: true }));
    fc.assert(
      fc.property(life, fc.option(pause), (each, paused) => {
        const pauses: [number, number][] = paused ? [[paused[0], paused[0] + paused[1]]] : [];
        fc.pre(pauses.every(([from, to]) => each.now < from || each.now >= to));
        const { rotations, next } = schedule(each.period, each.now, each.late, pauses);
        expect(judge({ ...each, next, rotations: listed(each, rotations) }).differences).toEqual([]);
      }),
    );
  });

  it('is confirmed without the rotations being read', () => {
    fc.assert(
      fc.property(life, (each) => {
        const { next } = schedule(each.period, each.now, each.late, []);
        expect(judge({ ...each, next, rotations: 'denied' }).differences).toEqual([]);
      }),
    );
  });

  it('is discrepant when the date was moved, by days or by periods, read or not', () => {
    const move = fc.oneof(
      fc.double({ min: 0.06, max: 0.94, noNaN: true }),
      fc.constantFrom(-2, 2, 3),
      fc.double({ min: -0.94, max: -0.06, noNaN: true }),
    );
    fc.assert(
      fc.property(life, move, fc.boolean(), (each, periods, isRead) => {
        const { rotations, next } = schedule(each.period, each.now, each.late, []);
        const moved = next + periods * each.period;
        const seen = isRead ? listed(each, rotations) : ('denied' as const);
        expect(judge({ ...each, next: moved, rotations: seen }).kind).toBe('discrepant');
      }),
    );
  });

  it('is discrepant when a rotation did not happen', () => {
    fc.assert(
      fc.property(life, fc.double({ min: 2.1, max: 80, noNaN: true }), fc.boolean(), (each, over, isRead) => {
        const { rotations, next } = schedule(each.period, each.now, each.late, []);
        const seen = isRead ? listed(each, rotations) : ('denied' as const);
        expect(judge({ ...each, now: next + over, next, rotations: seen }).kind).toBe('discrepant');
      }),
    );
  });
});
