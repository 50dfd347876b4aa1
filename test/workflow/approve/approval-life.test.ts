import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECISIONS, type DecisionKind } from '../../../src/model/approval.ts';
import { isOpen } from '../../../src/workflow/rollout/choose-rollout.ts';
import { readOutcomes, totalOutcomes } from '../../../src/workflow/rollout/outcomes.ts';
import { statusOf } from '../../../src/workflow/rollout/status.ts';
import { arnOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';
const DAY = 86_400_000;
const [a, b] = [arnOf('a'), arnOf('b')];

async function withTwoKeys() {
  const journey = await beginJourney((aws) => {
    for (const id of ['a', 'b']) aws.add(id, EU);
  });
  const rollout = await journey.assess();
  return {
    ...journey,
    rollout,
    calls: () =>
      journey.aws.calls.filter((call) => call.startsWith('Enable')).map((call) => call.split(' ')[1]),
    decisionOn: async (keyArn: string) =>
      (await gather(journey.store.decisions(rollout.id))).find((each) => each.keyArn === keyArn),
    outcomes: () => gather(readOutcomes(journey.store, rollout.id)),
    status: () => statusOf(journey.store, rollout, journey.clock.now()),
  };
}

describe('an approval that has expired', () => {
  it('covers no change; once approved anew, configure takes the key up again', async () => {
    const { rollout, decideAs, configure, clock, calls, outcomes, status, store, dryRun } =
      await withTwoKeys();
    await decideAs('alice', rollout, 'approve', DAY, a, b);
    await clock.sleep(DAY);
    expect(await status()).toMatchObject({ next: 'approve', expired: 2, open: true });
    expect((await dryRun(rollout)).map(({ step }) => step)).toMatchObject([
      { kind: 'skip', reason: 'approval-expired' },
      { kind: 'skip', reason: 'approval-expired' },
    ]);
    expect(await configure(rollout)).toMatchObject({ skipped: 2, applied: 0 });
    expect(await outcomes()).toMatchObject([{ reason: 'approval-expired', attempts: 0 }, {}]);
    expect(await status()).toMatchObject({ next: 'approve', expired: 2, open: true });
    await decideAs('alice', rollout, 'approve', DAY, a, b);
    expect(await status()).toMatchObject({ next: 'configure', expired: 0 });
    expect(await configure(rollout)).toMatchObject({ skipped: 0, applied: 2 });
    expect(calls()).toEqual([a, b]);
    expect(await isOpen(store, rollout, totalOutcomes(await store.approvedCounts(rollout.id)))).toBe(false);
  });

  it('leaves what was done under it as it is, and ends in the middle of a run', async () => {
    const { rollout, decideAs, configure, clock, aws, outcomes, status } = await withTwoKeys();
    await decideAs('alice', rollout, 'approve', DAY, a, b);
    aws.onCall = (operation) => {
      if (operation === 'EnableKeyRotation') void clock.sleep(DAY);
    };
    expect(await configure(rollout, { limit: 1 })).toMatchObject({ applied: 1, pending: 1 });
    expect(await configure(rollout)).toMatchObject({ applied: 1, skipped: 1 });
    expect((await outcomes()).map(({ status }) => status)).toEqual(['applied', 'skipped']);
    expect(await status()).toMatchObject({ next: 'approve', expired: 1 });
  });

  it('of one approver leaves that of another in force', async () => {
    const { rollout, decideAs, configure, clock, calls, decisionOn } = await withTwoKeys();
    await decideAs('alice', rollout, 'approve', 3 * DAY, a);
    await decideAs('bob', rollout, 'approve', DAY, a);
    await clock.sleep(2 * DAY);
    expect(await decisionOn(a)).toMatchObject({ choice: 'approve', approver: 'aws:alice' });
    await configure(rollout);
    expect(calls()).toEqual([a]);
  });

  it('is not prolonged by an older one of the same approver', async () => {
    const { rollout, decideAs, configure, clock, calls } = await withTwoKeys();
    await decideAs('alice', rollout, 'approve', 3 * DAY, a);
    await decideAs('alice', rollout, 'approve', DAY, a);
    await clock.sleep(2 * DAY);
    await configure(rollout);
    expect(calls()).toEqual([]);
  });

  it('still has an announced change settled, and not made again', async () => {
    const { rollout, decideAs, configure, clock, aws, outcomes, status } = await withTwoKeys();
    const key = aws.keys.get(a);
    if (!key) throw new Error('no key');
    key.fates = ['lost before acting'];
    await decideAs('alice', rollout, 'approve', DAY, a);
    aws.onCall = (operation) => {
      if (operation === 'EnableKeyRotation') aws.unreadable.set(`GetKeyRotationStatus ${a}`, 'server');
    };
    expect(await configure(rollout)).toMatchObject({ unsettled: 1 });
    aws.unreadable.clear();
    await clock.sleep(DAY);
    expect(await status()).toMatchObject({ next: 'configure', expired: 0 });
    expect(await configure(rollout)).toMatchObject({ skipped: 1 });
    expect(await outcomes()).toMatchObject([{ reason: 'approval-expired', attempts: 1 }]);
    expect(key.enableCalls).toBe(1);
  });
});

describe('a decline', () => {
  it('blocks a key whoever approves it, until its own approver withdraws it', async () => {
    const { rollout, decideAs, configure, calls, decisionOn } = await withTwoKeys();
    await decideAs('alice', rollout, 'decline', DAY, a);
    expect(await decideAs('bob', rollout, 'approve', DAY, a, b)).toMatchObject({
      approved: 1,
      declined: 1,
      blocked: 1,
    });
    await decideAs('carol', rollout, 'decline', DAY, a);
    expect(await decisionOn(a)).toMatchObject({
      choice: 'decline',
      approver: 'aws:carol',
      declinedBy: ['aws:alice', 'aws:carol'],
    });
    await decideAs('carol', rollout, 'defer', DAY, a);
    await configure(rollout);
    expect(calls()).toEqual([b]);
    await decideAs('alice', rollout, 'defer', DAY, a);
    expect(await decisionOn(a)).toMatchObject({ choice: 'approve', approver: 'aws:bob' });
    await configure(rollout);
    expect(calls()).toEqual([b, a]);
  });

  it('does not expire', async () => {
    const { rollout, decideAs, clock, configure } = await withTwoKeys();
    await decideAs('alice', rollout, 'decline', DAY, a);
    await clock.sleep(2 * DAY);
    await decideAs('bob', rollout, 'approve', DAY, a);
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-nothing-approved' });
  });
});

/** What the rules come to, said as simply as they can be. */
interface Said {
  readonly who: string;
  readonly decision: DecisionKind;
  readonly until: number;
}

function mayChange(said: readonly Said[], now: number): boolean {
  const last = [...new Map(said.map((each) => [each.who, each])).values()];
  const declined = last.some(({ decision }) => decision === 'decline');
  return !declined && last.some(({ decision, until }) => decision === 'approve' && until > now);
}

describe('whoever decides what and when', () => {
  const anyDecision = fc.record({
    do: fc.constant('decide' as const),
    who: fc.constantFrom('alice', 'bob', 'carol'),
    decision: fc.constantFrom(...DECISIONS),
    hours: fc.integer({ min: 1, max: 30 }),
    keys: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 }),
  });
  const anyStep = fc.oneof(
    { weight: 6, arbitrary: anyDecision },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 20 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('configure' as const), limit: fc.integer({ min: 1, max: 3 }) }),
    },
  );

  it('a key is changed when an approval is in force at that moment, and at no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 14 }), async (steps) => {
        const { aws, store, clock, ...journey } = await beginJourney((world) => {
          for (const id of ['k0', 'k1', 'k2']) world.add(id, EU);
        });
        const rollout = await journey.assess();
        const arns = ['k0', 'k1', 'k2'].map((id) => arnOf(id));
        const said = new Map<string, Said[]>(arns.map((keyArn) => [keyArn, []]));
        const now = () => clock.now().getTime();
        const isCovered = (keyArn: string) => mayChange(said.get(keyArn) ?? [], now());
        aws.onCall = (operation, keyArn) => {
          if (operation === 'EnableKeyRotation') expect(isCovered(keyArn)).toBe(true);
        };
        const isDone = (keyArn: string) => (aws.keys.get(keyArn)?.timesTurnedOn ?? 0) > 0;
        for (const step of steps) {
          await clock.sleep(1000);
          if (step.do === 'wait') await clock.sleep(step.hours * 3_600_000);
          if (step.do === 'configure') {
            const due = arns.filter((keyArn) => isCovered(keyArn) && !isDone(keyArn));
            const before = arns.filter(isDone).length;
            await journey.configure(rollout, { limit: step.limit }).catch(({ code }) => {
              expect(code).toBe('refused-nothing-approved');
            });
            expect(arns.filter(isDone).length - before).toBe(Math.min(due.length, step.limit));
          }
          if (step.do === 'decide') {
            const keys = step.keys.map((n) => arns[n] ?? '').filter((keyArn) => !isDone(keyArn));
            if (keys.length === 0) continue;
            const lifeMs = step.hours * 3_600_000;
            await journey.decideAs(step.who, rollout, step.decision, lifeMs, ...keys);
            const until = now() + lifeMs;
            for (const keyArn of keys) said.get(keyArn)?.push({ ...step, until });
          }
          for await (const { keyArn, choice, expiresAt } of store.decisions(rollout.id)) {
            const isApproved = choice === 'approve' && Date.parse(expiresAt ?? '') > now();
            expect(isApproved).toBe(isCovered(keyArn));
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
