import { describe, expect, it } from 'vitest';
import { KNOWN_REGIONS } from '../../../src/model/regions.ts';
import { assess } from '../../../src/workflow/assess/assess.ts';
import type { Store } from '../../../src/workflow/ports.ts';
import { arnOf, multiRegion } from '../../support/facts.ts';
import { FakeAws, FakeClock, temporaryStore } from '../fake-aws.ts';
import { beginJourney, REQUEST } from '../journey.ts';

const EU = 'eu-central-1';

describe('an assessment', () => {
  it('puts every listed key into one finding, and says so place by place', async () => {
    const { assess: run, store } = await beginJourney((aws) => {
      aws.add('off', EU);
      aws.add('on', EU, {}, true);
      aws.add('hmac', EU, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
      aws.add('theirs', EU, { KeyManager: 'AWS' });
      aws.add('hidden', EU);
      aws.unreadable.set(`DescribeKey ${arnOf('hidden')}`, 'access-denied');
    });
    const { id } = await run();
    expect(await store.placeCounts(id)).toMatchObject([
      {
        region: EU,
        listed: 5,
        candidate: 1,
        enabled: 1,
        ineligible: 1,
        unknown: 1,
        awsManaged: 1,
        reconciled: true,
      },
      { region: 'us-east-1', listed: 0, reconciled: true },
    ]);
  });

  it('does not add up where a finding is dropped on its way to the store', async () => {
    const clock = new FakeClock();
    const aws = new FakeAws(clock);
    for (const id of ['a', 'b', 'c']) aws.add(id, EU);
    const store = await temporaryStore();
    const leaky: Store = {
      ...store,
      recordPlace: (rollout, record, findings = []) => store.recordPlace(rollout, record, findings.slice(1)),
    };
    const request = { ...REQUEST, regions: [EU] };
    const host = {
      aws,
      store: leaky,
      clock,
      notify: () => {},
      holder: 'test',
      newRolloutId: () => 'r',
      version: '0',
    };
    const { places } = await assess(host, request);
    expect(places).toMatchObject([{ listed: 3, candidate: 2, reconciled: false }]);
  });

  it('counts a key once that was read as AWS managed, stored, and gone in the second listing', async () => {
    const ids = Array.from({ length: 501 }, (_, number) => `k${number}`);
    const { assess: run, store } = await beginJourney((aws) => {
      for (const id of ids) aws.add(id, EU, { KeyManager: 'AWS' });
      aws.listings = [(keys) => keys, (keys) => keys.slice(1)];
    });
    const { id } = await run({ regions: [EU] });
    expect(await store.placeCounts(id)).toMatchObject([
      { listed: 501, awsManaged: 500, unknown: 1, reconciled: true },
    ]);
  });

  it('is resumed by one process at a time, and not while it is at work, nor once it is complete', async () => {
    const { store, aws, resume, ...journey } = await beginJourney((world) => world.add('k', EU));
    let another: Promise<unknown> | undefined;
    aws.onCall = () => {
      another ??= store
        .listRollouts()
        .then(([begun]) => begun && resume(begun))
        .catch((error: unknown) => error);
    };
    const rollout = await journey.assess();
    expect(await another).toMatchObject({ code: 'refused-busy' });
    await expect(resume(rollout)).rejects.toMatchObject({ code: 'input-rollout' });
    aws.onCall = () => {
      throw new Error('killed');
    };
    await expect(journey.assess()).rejects.toThrow('killed');
    aws.onCall = () => {};
    const [interrupted] = (await store.listRollouts()).filter(({ id }) => id !== rollout.id);
    if (!interrupted) throw new Error('no second rollout');
    const both = await Promise.allSettled([resume(interrupted), resume(interrupted)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const entries: string[] = [];
    for await (const line of store.journalLines(interrupted.id)) entries.push(JSON.parse(line).kind);
    expect(entries.filter((kind) => kind === 'assess-completed')).toHaveLength(1);
  });

  it('catches a key that comes and one that goes between the two listings', async () => {
    const { assess: run, store } = await beginJourney((aws) => {
      for (const id of ['stays', 'comes', 'goes']) aws.add(id, EU);
      aws.listings = [
        (keys) => keys.filter(({ keyId }) => keyId !== 'comes'),
        (keys) => keys.filter(({ keyId }) => keyId !== 'goes'),
      ];
    });
    const { id } = await run({ regions: [EU] });
    expect((await store.finding(id, arnOf('comes')))?.kind).toBe('candidate');
    expect(await store.finding(id, arnOf('goes'))).toMatchObject({
      kind: 'unknown',
      reason: 'disappeared',
    });
    expect(await store.placeCounts(id)).toMatchObject([
      { listed: 3, candidate: 2, unknown: 1, reconciled: true },
    ]);
  });

  it.each(['DescribeKey', 'GetKeyRotationStatus', 'GetKeyPolicy'])(
    'asks again for a key that %s did not find and that is still listed',
    async (operation) => {
      const { assess: run, store } = await beginJourney((aws) => {
        aws.add('new', EU);
        const call = `${operation} ${arnOf('new')}`;
        aws.unreadable.set(call, 'not-found');
        aws.onCall = () => {
          if (aws.calls.filter((made) => made === call).length > 1) aws.unreadable.clear();
        };
      });
      const { id } = await run({ regions: [EU] });
      expect(await store.finding(id, arnOf('new'))).toMatchObject({ kind: 'candidate', gaps: [] });
    },
  );

  it('does not say of a key that is listed and never found that it has gone', async () => {
    const { assess: run, store } = await beginJourney((aws) => {
      aws.add('odd', EU);
      aws.unreadable.set(`DescribeKey ${arnOf('odd')}`, 'not-found');
    });
    const { id } = await run({ regions: [EU] });
    expect(await store.finding(id, arnOf('odd'))).toMatchObject({
      kind: 'unknown',
      reason: 'contradictory-answer',
      explanation: expect.stringContaining('KMS lists the key, and kms:DescribeKey does not find it.'),
    });
    expect(await store.placeCounts(id)).toMatchObject([{ listed: 1, unknown: 1, reconciled: true }]);
  });

  it('says that a key has gone if it was not found and is no longer listed', async () => {
    const { assess: run, store } = await beginJourney((aws) => {
      aws.add('goes', EU);
      aws.unreadable.set(`DescribeKey ${arnOf('goes')}`, 'not-found');
      aws.listings = [(keys) => keys, () => []];
    });
    const { id } = await run({ regions: [EU] });
    expect(await store.finding(id, arnOf('goes'))).toMatchObject({ reason: 'disappeared' });
  });

  it('makes as few calls as the answer needs', async () => {
    const { assess: run, aws } = await beginJourney((world) => {
      world.add('rsa', EU, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
      world.add('replica', EU, multiRegion('REPLICA'));
      world.add('off', EU);
    });
    await run();
    const callsOn = (id: string) =>
      aws.calls.filter((call) => call.endsWith(`/${id}`)).map((call) => call.split(' ')[0]);
    expect(callsOn('rsa')).toEqual(['DescribeKey']);
    expect(callsOn('replica')).toEqual(['DescribeKey', 'GetKeyRotationStatus']);
    expect(callsOn('off').sort()).toEqual([
      'DescribeKey',
      'GetKeyPolicy',
      'GetKeyRotationStatus',
      'ListKeyRotations',
      'ListResourceTags',
    ]);
    aws.calls.length = 0;
    await run({ policies: false, tags: false, rotations: false });
    expect(callsOn('off').sort()).toEqual(['DescribeKey', 'GetKeyRotationStatus']);
  });

  it('of an unchanged world has the same digest, of a changed one another', async () => {
    const { assess: run, aws } = await beginJourney((world) => {
      world.add('off', EU);
      world.add('on', EU, {}, true);
    });
    const first = await run();
    const second = await run();
    expect(second.planDigest).toBe(first.planDigest);
    const key = aws.keys.get(arnOf('off'));
    if (key) key.metadata = { ...key.metadata, Description: 'changed' };
    expect((await run()).planDigest).not.toBe(first.planDigest);
  });
});

const rotations = (count: number) =>
  Array.from({ length: count }, () => ({
    RotationType: 'AUTOMATIC',
    RotationDate: '2025-01-01T00:00:00.000Z',
  }));

describe('past rotations', () => {
  it('are counted of candidates alone; a denied count is a gap, and never 0', async () => {
    const { assess: run, store } = await beginJourney((aws) => {
      aws.add('off', EU).pastRotations = rotations(3);
      aws.add('hidden', EU);
      aws.add('on', EU, {}, true).pastRotations = rotations(1);
      aws.unreadable.set(`ListKeyRotations ${arnOf('hidden')}`, 'access-denied');
    });
    const { id, price } = await run({ regions: [EU] });
    expect(price).toMatchObject({ perRotation: 1, basis: 'published' });
    expect((await store.finding(id, arnOf('off')))?.pastRotations).toBe(3);
    expect((await store.finding(id, arnOf('on')))?.pastRotations).toBeUndefined();
    const hidden = await store.finding(id, arnOf('hidden'));
    expect(hidden).toMatchObject({ kind: 'candidate', gaps: [{ operation: 'ListKeyRotations' }] });
    expect(hidden?.pastRotations).toBeUndefined();
  });

  it('change the plan: the approver was shown another cost', async () => {
    const { assess: run, aws } = await beginJourney((world) => world.add('off', EU));
    const first = await run();
    const key = aws.keys.get(arnOf('off'));
    if (key) key.pastRotations = rotations(1);
    expect((await run()).planDigest).not.toBe(first.planDigest);
  });
});

describe('last use', () => {
  const ASKED = { regions: [EU], lastUsage: true };

  it('is asked of candidates alone, and told with their findings', async () => {
    const {
      assess: run,
      store,
      aws,
    } = await beginJourney((world) => {
      const KeyLastUsage = { Operation: 'Decrypt', Timestamp: '2026-10-01T08:00:00.000Z' };
      world.add('off', EU).lastUsage = { TrackingStartDate: '2026-03-01T00:00:00.000Z', KeyLastUsage };
      world.add('denied', EU);
      world.add('on', EU, {}, true);
      world.unreadable.set(`GetKeyLastUsage ${arnOf('denied')}`, 'access-denied');
    });
    const { id } = await run(ASKED);
    expect(aws.calls.filter((call) => call.startsWith('GetKeyLastUsage'))).toHaveLength(2);
    expect((await store.finding(id, arnOf('off')))?.lastUsage?.KeyLastUsage?.Operation).toBe('Decrypt');
    expect(await store.finding(id, arnOf('denied'))).toMatchObject({
      kind: 'candidate',
      gaps: [{ operation: 'GetKeyLastUsage' }],
      readAt: { lastUsage: expect.any(String) },
    });
  });

  it('is not in the plan: neither what was told, nor whether it could be, nor whether it was asked', async () => {
    const { assess: run, aws } = await beginJourney((world) => world.add('off', EU));
    const plain = await run({ regions: [EU] });
    const asked = await run(ASKED);
    aws.unreadable.set(`GetKeyLastUsage ${arnOf('off')}`, 'throttled');
    const unread = await run(ASKED);
    expect([asked.planDigest, unread.planDigest]).toEqual([plain.planDigest, plain.planDigest]);
  });

  it('holds up no other place', async () => {
    const regions = KNOWN_REGIONS.slice(0, 21);
    const [slow = '', ...others] = regions;
    const {
      assess: run,
      aws,
      store,
      messages,
    } = await beginJourney((world) => {
      for (let n = 0; n < 45; n++) world.add(`slow-${n}`, slow);
      for (const [n, region] of others.entries()) world.add(`k${n}`, region);
    });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const place = aws.place.bind(aws);
    aws.place = (where) => ({
      ...place(where),
      getKeyLastUsage: async (arn) => {
        if (where.region === slow) await held;
        return place(where).getKeyLastUsage(arn);
      },
    });
    const running = run({ regions, lastUsage: true });
    await expect.poll(() => messages).toContain('last-usage-waiting');
    const [begun] = await store.listRollouts();
    expect(await store.placeCounts(begun?.id ?? '')).toHaveLength(21);
    expect(begun?.assessedAt).toBeUndefined();
    release();
    const { id } = await running;
    for await (const { lastUsage } of store.findings(id)) expect(lastUsage).toBeDefined();
  });

  it('is asked of the rest where an assessment was interrupted meanwhile', async () => {
    const {
      assess: run,
      aws,
      store,
      resume,
    } = await beginJourney((world) => {
      for (let n = 0; n < 50; n++) world.add(`k${n}`, EU);
    });
    let asked = 0;
    aws.onCall = (operation) => {
      if (operation === 'GetKeyLastUsage' && ++asked > 30) throw new Error('killed');
    };
    await expect(run(ASKED)).rejects.toThrow('killed');
    aws.onCall = () => {};
    aws.calls.length = 0;
    const [begun] = await store.listRollouts();
    if (!begun) throw new Error('no rollout');
    await resume(begun);
    expect(aws.calls).toHaveLength(30);
    for await (const { lastUsage } of store.findings(begun.id)) expect(lastUsage).toBeDefined();
  });
});
