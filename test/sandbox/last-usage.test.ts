import { GetKeyLastUsageCommand, ListKeyRotationsCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { REGION, refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

const usageTrackedFrom = '2026-03-01T00:00:00Z';
const used = { operation: 'Decrypt', at: '2026-10-01T08:00:00Z' };

describe('GetKeyLastUsage', () => {
  it('names the last operation and its time, with since when there is a record', async () => {
    const { kms, keyId } = await sandboxWithKey({ lastUsage: used }, { usageTrackedFrom });
    const answer = await kms().send(new GetKeyLastUsageCommand({ KeyId: keyId }));
    expect(answer).toMatchObject({
      KeyId: keyId,
      KeyLastUsage: { Operation: 'Decrypt', Timestamp: new Date(used.at) },
      TrackingStartDate: new Date(usageTrackedFrom),
    });
    expect(answer.KeyCreationDate).toBeInstanceOf(Date);
  });

  it('tracks a key from its creation, and none from before KMS recorded use', async () => {
    for (const [createdAt, from] of [
      ['2026-09-01T00:00:00Z', '2026-09-01T00:00:00Z'],
      ['2025-09-01T00:00:00Z', '2026-04-23T00:00:00Z'],
    ] as const) {
      const { kms, keyId } = await sandboxWithKey({ createdAt });
      const answer = await kms().send(new GetKeyLastUsageCommand({ KeyId: keyId }));
      expect(answer.TrackingStartDate).toEqual(new Date(from));
    }
  });

  it('has an empty entry without a use, and for one before the record began', async () => {
    for (const lastUsage of [undefined, { ...used, at: '2026-02-01T00:00:00Z' }]) {
      const { kms, keyId } = await sandboxWithKey(lastUsage ? { lastUsage } : {}, { usageTrackedFrom });
      const answer = await kms().send(new GetKeyLastUsageCommand({ KeyId: keyId }));
      expect(answer.KeyLastUsage).toEqual({});
      expect(answer.TrackingStartDate).toEqual(new Date(usageTrackedFrom));
    }
  });

  it('keeps a primary and its replicas apart', async () => {
    const { kms, keyId } = await sandboxWithKey({ lastUsage: used, replicaRegions: ['eu-west-1'] });
    const of = (region?: string) => kms(region).send(new GetKeyLastUsageCommand({ KeyId: keyId }));
    expect((await of()).KeyLastUsage?.Operation).toBe('Decrypt');
    expect((await of('eu-west-1')).KeyLastUsage).toEqual({});
  });

  it('takes no key of another account, and is throttled at 5 a second', async () => {
    const { kms, arn } = await sandboxWithKey({}, { quotas: 'published' });
    const foreign = arn.replace('111122223333', '444455556666');
    expect((await refusalOf(kms().send(new GetKeyLastUsageCommand({ KeyId: foreign }))))?.code).toBe(
      'NotFoundException',
    );
    const calls = Array.from({ length: 12 }, () =>
      refusalOf(kms().send(new GetKeyLastUsageCommand({ KeyId: arn }))),
    );
    const codes = (await Promise.all(calls)).flatMap((refusal) => (refusal ? [refusal.code] : []));
    expect(codes).toContain('ThrottlingException');
  });
});

describe('past rotations', () => {
  it('are listed by type, automatic and on demand, also while rotation is off', async () => {
    const { kms, keyId } = await sandboxWithKey({
      pastRotations: [
        { date: '2024-05-01T00:00:00Z', type: 'AUTOMATIC' },
        { date: '2025-05-01T00:00:00Z', type: 'ON_DEMAND' },
      ],
    });
    const { Rotations } = await kms().send(new ListKeyRotationsCommand({ KeyId: keyId }));
    expect(Rotations?.map(({ RotationType }) => RotationType)).toEqual(['AUTOMATIC', 'ON_DEMAND']);
  });

  it('of a key that cannot rotate are refused as a setting', async () => {
    const keys = [{ region: REGION, keySpec: 'RSA_2048' as const, pastRotations: [] }];
    await expect(sandboxWith({ keys })).rejects.toThrow('pastRotations');
  });
});
