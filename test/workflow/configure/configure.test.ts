import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyturnError } from '../../../src/messages/error.ts';
import { readOutcomes } from '../../../src/workflow/rollout/outcomes.ts';
import { arnOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import type { Fate } from '../fake-aws.ts';
import { beginJourney } from '../journey.ts';

const [EU, US] = ['eu-central-1', 'us-east-1'] as const;

async function withOneKey(...fates: Fate[]) {
  const journey = await beginJourney((aws) => {
    aws.add('k', EU).fates = fates;
  });
  const rollout = await journey.assess();
  await journey.decide(rollout, 'approve', arnOf('k'));
  const key = journey.aws.keys.get(arnOf('k'));
  if (!key) throw new Error('no key');
  const outcome = async () => (await gather(readOutcomes(journey.store, rollout.id)))[0];
  return { ...journey, rollout, key, outcome };
}

describe('a change', () => {
  it('is made once, with the period of the plan, and proven by the answer', async () => {
    const { configure, rollout, key, outcome } = await withOneKey();
    expect(await configure(rollout)).toMatchObject({ applied: 1, failed: 0 });
    expect(key.rotation.RotationPeriodInDays).toBe(365);
    expect(await outcome()).toMatchObject({ status: 'applied', attempts: 1, proof: 'proven' });
    await configure(rollout);
    expect(key.enableCalls).toBe(1);
  });

  it('of a key that the fresh check found and the call does not has failed for this run', async () => {
    const { configure, rollout, key, outcome } = await withOneKey('not found yet');
    expect(await configure(rollout)).toMatchObject({ failed: 1 });
    expect(await outcome()).toMatchObject({ attempts: 1, error: { kind: 'not-found' } });
    expect(await configure(rollout)).toMatchObject({ applied: 1, failed: 0 });
    expect(key.timesTurnedOn).toBe(1);
  });

  it('whose answer was lost after it acted is found by reading back, and not made again', async () => {
    const { configure, rollout, key, outcome } = await withOneKey('lost after acting');
    await configure(rollout);
    expect(key).toMatchObject({ enableCalls: 1, timesTurnedOn: 1 });
    expect(await outcome()).toMatchObject({ status: 'applied', attempts: 1, proof: 'presumed' });
  });

  it('that was lost before it acted is made again once the time to settle has passed', async () => {
    const { configure, rollout, key, outcome, clock } = await withOneKey('lost before acting');
    const begun = clock.now().getTime();
    await configure(rollout);
    expect(clock.now().getTime() - begun).toBeGreaterThanOrEqual(60_000);
    expect(key).toMatchObject({ enableCalls: 2, timesTurnedOn: 1 });
    expect(await outcome()).toMatchObject({ status: 'applied', attempts: 2, proof: 'proven' });
  });

  it.each([3_600_000, -3_600_000])(
    'is read back for as long as it takes to settle, though the clock is stepped by %i ms',
    async (step) => {
      const { configure, rollout, key, aws, clock } = await withOneKey('lost before acting');
      const calls: number[] = [];
      aws.onCall = (operation) => {
        if (operation === 'EnableKeyRotation') calls.push(clock.monotonic());
        if (operation === 'GetKeyRotationStatus' && calls.length === 1) clock.step(step);
      };
      await configure(rollout);
      const [first = 0, second = 0] = calls;
      expect(key).toMatchObject({ enableCalls: 2, timesTurnedOn: 1 });
      expect(second - first).toBeGreaterThanOrEqual(60_000);
      expect(second - first).toBeLessThan(70_000);
    },
  );

  it('is not announced once the clock was set after its fresh check', async () => {
    const { configure, configureUntil, rollout, key, aws } = await withOneKey();
    const clock = new AbortController();
    aws.onCall = (operation) => {
      if (operation === 'GetKeyRotationStatus')
        clock.abort(new KeyturnError('refused-clock', 'The clock was set.', 'Set it.'));
    };
    await expect(configureUntil(clock.signal, rollout)).rejects.toMatchObject({ code: 'refused-clock' });
    expect(key.enableCalls).toBe(0);
    expect(await configure(rollout)).toMatchObject({ applied: 1 });
  });

  it('that is lost every time has failed in the end, with the last error', async () => {
    const { configure, rollout, key, outcome } = await withOneKey(
      ...Array<Fate>(9).fill('lost before acting'),
    );
    await configure(rollout);
    expect(key.enableCalls).toBe(3);
    expect(await outcome()).toMatchObject({ status: 'failed', attempts: 3, error: { kind: 'network' } });
  });

  it('that shows later than the time to settle is still not called one that somebody else made', async () => {
    const { configure, rollout, key, outcome, aws } = await withOneKey('lost before acting');
    let reads = 0;
    aws.onCall = (operation) => {
      if (operation === 'DescribeKey' && ++reads === 2) aws.turnOn(key, 365);
    };
    await configure(rollout);
    expect(await outcome()).toMatchObject({ status: 'applied', proof: 'presumed' });
    expect(key.enableCalls).toBe(1);
  });

  it('that went unanswered is not said not to be made while a pending deletion hides it', async () => {
    const { configure, rollout, key, outcome, aws } = await withOneKey('lost after acting');
    aws.onCall = (operation) => {
      if (operation === 'GetKeyRotationStatus' && key.enableCalls === 1) {
        key.metadata = { ...key.metadata, KeyState: 'PendingDeletion' };
      }
    };
    expect(await configure(rollout)).toMatchObject({ unsettled: 1, skipped: 0 });
    expect(await outcome()).toMatchObject({ status: 'unsettled', error: { code: 'PendingDeletion' } });
    aws.onCall = () => {};
    key.metadata = { ...key.metadata, KeyState: 'Enabled' };
    expect(await configure(rollout)).toMatchObject({ applied: 1 });
    expect(await outcome()).toMatchObject({ proof: 'presumed', attempts: 1 });
    expect(key.timesTurnedOn).toBe(1);
  });

  it('that went unanswered and shows on a key that was disabled meanwhile is not called skipped', async () => {
    const { configure, rollout, key, outcome, aws } = await withOneKey('lost after acting');
    const set = (KeyState: string) => {
      key.metadata = { ...key.metadata, KeyState };
    };
    aws.onCall = (operation) => {
      if (key.enableCalls === 0) return;
      // Its deletion is scheduled, which hides the change, and cancelled, which leaves it disabled.
      if (operation === 'GetKeyRotationStatus' && key.metadata.KeyState === 'Enabled') set('PendingDeletion');
      if (operation === 'DescribeKey') set('Disabled');
    };
    expect(await configure(rollout)).toMatchObject({ applied: 1, skipped: 0 });
    expect(await outcome()).toMatchObject({ proof: 'presumed', found: { KeyState: 'Disabled' } });
    expect(await outcome()).not.toHaveProperty('reason');
    expect(key.timesTurnedOn).toBe(1);
  });

  it('that never left this machine is not claimed when somebody else turns the key on', async () => {
    const { configure, rollout, key, outcome, aws } = await withOneKey('never sent');
    let reads = 0;
    aws.onCall = (operation) => {
      if (operation === 'DescribeKey' && ++reads === 2) aws.turnOn(key, 365);
    };
    await configure(rollout);
    expect(await outcome()).toMatchObject({ status: 'already-in-place' });
    expect(key.enableCalls).toBe(1);
  });

  it('that is throttled is tried again, and has not failed', async () => {
    const { configure, rollout, outcome } = await withOneKey('throttled', 'throttled');
    await configure(rollout);
    expect(await outcome()).toMatchObject({ status: 'applied', proof: 'proven', attempts: 3 });
  });

  it('that is denied has failed with its error, and is tried again by the next run', async () => {
    const { configure, rollout, outcome } = await withOneKey('denied');
    expect(await configure(rollout)).toMatchObject({ failed: 1 });
    expect(await outcome()).toMatchObject({
      error: { operation: 'EnableKeyRotation', kind: 'access-denied' },
    });
    expect(await configure(rollout)).toMatchObject({ applied: 1, failed: 0 });
  });

  it('that cannot be read back stays unsettled, never failed and never done', async () => {
    const { configure, rollout, outcome, aws, key } = await withOneKey('lost after acting');
    aws.onCall = (operation, keyArn) => {
      if (operation === 'EnableKeyRotation')
        aws.unreadable.set(`GetKeyRotationStatus ${keyArn}`, 'access-denied');
    };
    expect(await configure(rollout)).toMatchObject({ unsettled: 1 });
    expect(await outcome()).toMatchObject({ status: 'unsettled' });
    aws.unreadable.clear();
    await configure(rollout);
    expect(await outcome()).toMatchObject({ status: 'applied', proof: 'presumed' });
    expect(key.enableCalls).toBe(1);
  });

  it('is not begun once the credentials have expired: the rest stays pending', async () => {
    const { aws, ...journey } = await beginJourney((world) => {
      for (let n = 0; n < 20; n++) world.add(`k${n}`, EU).fates = ['credentials expired'];
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', ...aws.keys.keys());
    expect(await journey.configure(rollout)).toMatchObject({ pending: 20, failed: 0 });
    expect(aws.calls.filter((call) => call.startsWith('Enable')).length).toBeLessThanOrEqual(5);
    expect(await journey.configure(rollout)).toMatchObject({ applied: expect.any(Number), failed: 0 });
  });
});

describe('a Region that is disabled after the approval', () => {
  it('stops its own place; all others are changed in the same run', async () => {
    const { aws, store, ...journey } = await beginJourney((world) => {
      for (let n = 0; n < 30; n++) for (const region of [EU, US]) world.add(`k${n}`, region);
      for (let n = 0; n < 3; n++) world.add(`af${n}`, 'af-south-1');
    });
    const rollout = await journey.assess({ regions: ['af-south-1', EU, US] });
    await journey.decide(rollout, 'approve', ...aws.keys.keys());
    for (const keyArn of aws.keys.keys()) {
      if (keyArn.includes('af-south-1')) aws.unreadable.set(`DescribeKey ${keyArn}`, 'region-unavailable');
    }
    expect(await journey.configure(rollout)).toMatchObject({ applied: 60, pending: 3, failed: 0 });
    const [sick] = await gather(readOutcomes(store, rollout.id, { outcomes: ['pending'] }));
    expect(sick?.explanation).toMatch(/^af-south-1 does not accept .*probably not enabled/);
    const steps = await journey.dryRun(rollout);
    expect(steps.map(({ step }) => step.kind)).toEqual(['stop', 'stop', 'stop']);
  });

  it.each(['DescribeKey', 'EnableKeyRotation'] as const)(
    'is told from credentials that are gone, which stop their account: at %s',
    async (operation) => {
      const { aws, ...journey } = await beginJourney((world) => {
        for (let n = 0; n < 30; n++)
          for (const region of [EU, US]) {
            const key = world.add(`k${n}`, region);
            if (operation === 'EnableKeyRotation') key.fates = ['credentials expired'];
          }
      });
      const rollout = await journey.assess();
      await journey.decide(rollout, 'approve', ...aws.keys.keys());
      if (operation === 'DescribeKey')
        for (const keyArn of aws.keys.keys()) aws.unreadable.set(`DescribeKey ${keyArn}`, 'credentials');
      expect(await journey.configure(rollout)).toMatchObject({ pending: 60, failed: 0 });
      const asked = aws.calls.slice(
        aws.calls.findLastIndex((call) => call.startsWith('ListKeyRotations')) + 1,
      );
      expect(asked.length).toBeLessThanOrEqual(30);
    },
  );
});

describe('what changed between approval and change', () => {
  it('is respected: already on is left alone, disabled is skipped, gone is skipped', async () => {
    const { aws, ...journey } = await beginJourney((world) => {
      for (const id of ['on', 'disabled', 'gone', 'fine']) world.add(id, EU);
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', ...aws.keys.keys());
    const [on, disabled] = [aws.keys.get(arnOf('on')), aws.keys.get(arnOf('disabled'))];
    if (!on || !disabled) throw new Error('no keys');
    aws.turnOn(on, 90);
    disabled.metadata = { ...disabled.metadata, KeyState: 'Disabled', Enabled: false };
    aws.keys.delete(arnOf('gone'));
    expect(await journey.configure(rollout)).toEqual({
      applied: 1,
      'already-in-place': 1,
      skipped: 2,
      failed: 0,
      pending: 0,
      unsettled: 0,
    });
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toEqual([
      `EnableKeyRotation ${arnOf('fine')}`,
    ]);
    expect(on.rotation.RotationPeriodInDays).toBe(90);
  });

  it('in the approval counts up to the last moment', async () => {
    const { aws, ...journey } = await beginJourney((world) => {
      for (const id of ['a', 'b']) world.add(id, EU);
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', arnOf('a'), arnOf('b'));
    await journey.decide(rollout, 'decline', arnOf('b'));
    expect(await journey.configure(rollout)).toMatchObject({ applied: 1, pending: 0 });
    expect(aws.keys.get(arnOf('b'))?.enableCalls).toBe(0);
    await expect(journey.decide(rollout, 'decline', arnOf('a'))).rejects.toMatchObject({
      code: 'refused-decisions',
    });
  });
});

describe('a configure', () => {
  it('meets each key once, however many pages they fill and however their changes end', async () => {
    const { aws, ...journey } = await beginJourney((world) => {
      for (let n = 0; n < 250; n++) {
        const key = world.add(`k${String(n).padStart(3, '0')}`, EU);
        key.fates = n % 3 === 0 ? ['denied'] : [];
      }
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', ...aws.keys.keys());
    expect(await journey.configure(rollout)).toMatchObject({ applied: 166, failed: 84, pending: 0 });
    for (const { enableCalls } of aws.keys.values()) expect(enableCalls).toBe(1);
  }, 30_000);

  it('does not meet a key again that was announced at first and failed in the end', async () => {
    // More than may be settled at once, so that some have ended before the last is begun.
    const { aws, ...journey } = await beginJourney((world) => {
      for (let n = 0; n < 30; n++) {
        const key = world.add(`k${String(n).padStart(2, '0')}`, EU);
        key.fates = n % 2 === 0 ? ['lost before acting', 'denied'] : ['lost before acting'];
      }
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', ...aws.keys.keys());
    aws.onCall = (operation, keyArn) => {
      if (operation === 'EnableKeyRotation')
        aws.unreadable.set(`GetKeyRotationStatus ${keyArn}`, 'access-denied');
    };
    expect(await journey.configure(rollout)).toMatchObject({ unsettled: 30 });
    aws.onCall = () => {};
    aws.unreadable.clear();
    expect(await journey.configure(rollout)).toMatchObject({ applied: 15, failed: 15 });
    for (const { enableCalls } of aws.keys.values()) expect(enableCalls).toBe(2);
  }, 30_000);

  it('is refused with credentials of another account', async () => {
    const { configure, rollout, aws } = await withOneKey();
    aws.account = '999988887777';
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-foreign-account' });
  });

  it('is refused while another one is at it, and not afterwards', async () => {
    const { configure, rollout, store } = await withOneKey();
    const lock = await store.lockRollout(rollout.id, 'other');
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-busy' });
    await lock.release();
    expect(await configure(rollout)).toMatchObject({ applied: 1 });
  });
});

describe('whatever happens', () => {
  const anyFate = fc.constantFrom<Fate>(
    'works',
    'lost after acting',
    'lost before acting',
    'throttled',
    'denied',
    'credentials expired',
  );
  const anyKey = fc.record({
    region: fc.constantFrom(EU, US),
    decision: fc.constantFrom('approve', 'decline', 'defer', 'undecided'),
    fates: fc.array(anyFate, { maxLength: 4 }),
    meanwhile: fc.constantFrom('nothing', 'nothing', 'turned on', 'disabled', 'deleted'),
  });

  it('only approved keys are called, none is turned on twice by us, and no outcome is untrue', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyKey, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 15 }),
        async (keys, limit) => {
          const { aws, store, ...journey } = await beginJourney((world) => {
            keys.forEach(({ region, fates }, n) => {
              world.add(`k${n}`, region).fates = [...fates];
            });
          });
          const rollout = await journey.assess();
          const arns = keys.map(({ region }, n) => arnOf(`k${n}`, region));
          for (const decision of ['approve', 'decline', 'defer'] as const) {
            const chosen = arns.filter((_, n) => keys[n]?.decision === decision);
            if (chosen.length > 0) await journey.decide(rollout, decision, ...chosen);
          }
          keys.forEach(({ meanwhile }, n) => {
            const key = aws.keys.get(arns[n] ?? '');
            if (!key) return;
            if (meanwhile === 'turned on') aws.turnOn(key, 90);
            if (meanwhile === 'disabled')
              key.metadata = { ...key.metadata, KeyState: 'Disabled', Enabled: false };
            if (meanwhile === 'deleted') aws.keys.delete(key.keyArn);
          });
          const approved = new Set(arns.filter((_, n) => keys[n]?.decision === 'approve'));
          for (let run = 0; run < 4 && approved.size > 0; run++) await journey.configure(rollout, { limit });
          const called = aws.calls
            .filter((call) => call.startsWith('Enable'))
            .map((call) => call.split(' ')[1]);
          for (const arn of called) expect(approved).toContain(arn);
          const outcomes = await gather(readOutcomes(store, rollout.id));
          expect(new Set(outcomes.map(({ keyArn }) => keyArn))).toEqual(approved);
          for (const { keyArn, status } of outcomes) {
            const key = aws.keys.get(keyArn);
            expect(key?.timesTurnedOn ?? 0).toBeLessThanOrEqual(1);
            if (status === 'applied') expect(key).toMatchObject({ rotation: { RotationPeriodInDays: 365 } });
            if (status === 'already-in-place')
              expect(key).toMatchObject({ rotation: { RotationPeriodInDays: 90 } });
            if (status === 'failed' || status === 'skipped')
              expect(key?.rotation.KeyRotationEnabled ?? false).toBe(false);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
