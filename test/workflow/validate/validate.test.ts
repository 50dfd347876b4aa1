import { describe, expect, it } from 'vitest';
import { readVerdictRows } from '../../../src/workflow/report/verdict-rows.ts';
import { arnOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import { beginJourney } from '../journey.ts';

const DAY_MS = 86_400_000;
const [EU, US] = ['eu-central-1', 'us-east-1'] as const;

async function withChangedKeys(...ids: string[]) {
  const journey = await beginJourney((aws) => {
    for (const id of ids) aws.add(id, EU);
  });
  const rollout = await journey.assess();
  await journey.decide(rollout, 'approve', ...ids.map((id) => arnOf(id)));
  await journey.configure(rollout);
  return { ...journey, rollout };
}

describe('a validation', () => {
  it('confirms what is as it should be, and finds what is not', async () => {
    const { aws, validate, rollout, store } = await withChangedKeys('fine', 'off', 'gone', 'hidden');
    const off = aws.keys.get(arnOf('off'));
    if (off) off.rotation = { KeyRotationEnabled: false };
    aws.keys.delete(arnOf('gone'));
    aws.unreadable.set(`GetKeyRotationStatus ${arnOf('hidden')}`, 'access-denied');
    expect(await validate(rollout)).toEqual({
      requested: 4,
      confirmed: 1,
      discrepant: 1,
      unreadable: 2,
      notChanged: 0,
    });
    expect(
      (await gather(readVerdictRows(store, rollout.id))).map(({ keyId, kind, reason }) => [
        keyId,
        kind,
        reason,
      ]),
    ).toEqual([
      ['fine', 'confirmed', undefined],
      ['gone', 'unreadable', 'disappeared'],
      ['hidden', 'unreadable', 'access-denied'],
      ['off', 'discrepant', undefined],
    ]);
  });

  it('reads again until the change shows, up to the time given', async () => {
    const { aws, validate, rollout, store } = await withChangedKeys('late');
    const key = aws.keys.get(arnOf('late'));
    const after = key?.rotation;
    if (key) key.rotation = { KeyRotationEnabled: false };
    let reads = 0;
    aws.onCall = (operation) => {
      if (operation === 'GetKeyRotationStatus' && ++reads === 3 && key && after) key.rotation = after;
    };
    expect(await validate(rollout, 600_000)).toMatchObject({ confirmed: 1 });
    expect(await gather(store.verdicts(rollout.id))).toMatchObject([{ reads: 3 }]);
  });

  it('goes on in one place, and reads there again, while another does not answer', async () => {
    const { aws, store, ...journey } = await beginJourney((world) => {
      world.add('late', EU);
      world.add('slow', US);
    });
    const rollout = await journey.assess();
    await journey.decide(rollout, 'approve', arnOf('late'), arnOf('slow', US));
    await journey.configure(rollout);
    const key = aws.keys.get(arnOf('late'));
    const after = key?.rotation;
    if (key) key.rotation = { KeyRotationEnabled: false };
    let reads = 0;
    aws.onCall = (operation, keyArn) => {
      if (keyArn !== arnOf('late') || operation !== 'GetKeyRotationStatus') return;
      if (++reads === 2 && key && after) key.rotation = after;
    };
    const { promise: lateIsConfirmed, resolve } = Promise.withResolvers<void>();
    const record = store.recordVerdict;
    store.recordVerdict = async (id, verdict) => {
      await record(id, verdict);
      if (verdict.keyArn === arnOf('late')) resolve();
    };
    const open = aws.place.bind(aws);
    aws.place = (place) => {
      const kms = open(place);
      if (place.region !== US) return kms;
      return { ...kms, describeKey: (arn) => lateIsConfirmed.then(() => kms.describeKey(arn)) };
    };
    expect(await journey.validate(rollout, 600_000)).toMatchObject({ confirmed: 2 });
  });

  it('gives up on a discrepancy when the time is over, and not before', async () => {
    const { aws, validate, rollout, clock } = await withChangedKeys('off');
    const key = aws.keys.get(arnOf('off'));
    if (key) key.rotation = { KeyRotationEnabled: false };
    const begun = clock.now().getTime();
    expect(await validate(rollout, 120_000)).toMatchObject({ discrepant: 1 });
    expect(clock.now().getTime() - begun).toBeGreaterThanOrEqual(119_000);
  });

  it('asks for past rotations only when one may have happened, and says if it may not', async () => {
    const { aws, clock, validate, rollout, store } = await withChangedKeys('rotated', 'hidden');
    await validate(rollout);
    expect(aws.calls.filter((call) => call.startsWith('ListKeyRotations'))).toHaveLength(2);
    await clock.sleep(400 * DAY_MS);
    const begun = clock.now().getTime() - 400 * DAY_MS;
    const inDays = (days: number) => new Date(begun + days * DAY_MS).toISOString();
    for (const key of aws.keys.values()) {
      key.rotation = { ...key.rotation, NextRotationDate: inDays(730) };
      key.pastRotations = [{ RotationType: 'AUTOMATIC', RotationDate: inDays(365) }];
    }
    aws.unreadable.set(`ListKeyRotations ${arnOf('hidden')}`, 'access-denied');
    expect(await validate(rollout)).toMatchObject({ confirmed: 2 });
    expect((await gather(store.verdicts(rollout.id))).map(({ rotations }) => rotations)).toMatchObject([
      { kind: 'unreadable', error: { operation: 'ListKeyRotations' } },
      { kind: 'read', automatic: 1, lastAt: inDays(365) },
    ]);
  });

  it.each([3_600_000, -3_600_000])('waits as long though the clock is stepped by %i ms', async (step) => {
    const { aws, validate, rollout, clock } = await withChangedKeys('off');
    const key = aws.keys.get(arnOf('off'));
    if (key) key.rotation = { KeyRotationEnabled: false };
    const begun = clock.monotonic();
    let reads = 0;
    aws.onCall = (operation) => {
      if (operation === 'GetKeyRotationStatus' && ++reads === 2) clock.step(step);
    };
    expect(await validate(rollout, 120_000)).toMatchObject({ discrepant: 1 });
    expect(clock.monotonic() - begun).toBeGreaterThanOrEqual(119_000);
    expect(clock.monotonic() - begun).toBeLessThan(130_000);
  });

  it('waits no longer than asked for a change that was recorded in the future', async () => {
    const { aws, validate, rollout, clock } = await withChangedKeys('off');
    const key = aws.keys.get(arnOf('off'));
    if (key) key.rotation = { KeyRotationEnabled: false };
    clock.step(-3_600_000);
    const begun = clock.monotonic();
    expect(await validate(rollout, 120_000)).toMatchObject({ discrepant: 1 });
    expect(clock.monotonic() - begun).toBeLessThan(130_000);
  });

  it('counts what was not changed apart, each with its outcome', async () => {
    const { validate, rollout, store, ...journey } = await beginJourney((aws) => {
      aws.add('fine', EU);
      aws.add('denied', EU).fates = ['denied'];
    }).then(async (begun) => ({ ...begun, rollout: await begun.assess() }));
    await journey.decide(rollout, 'approve', arnOf('fine'), arnOf('denied'));
    await journey.configure(rollout);
    expect(await validate(rollout)).toEqual({
      requested: 2,
      confirmed: 1,
      discrepant: 0,
      unreadable: 0,
      notChanged: 1,
    });
    expect(await gather(readVerdictRows(store, rollout.id))).toContainEqual(
      expect.objectContaining({ keyId: 'denied', kind: 'not-changed', reason: 'failed' }),
    );
  });
});
