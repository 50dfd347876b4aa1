import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/model/family.ts';
import { describeLastUse, lastUseOf } from '../../src/model/last-use.ts';
import { describeStack, stackOf } from '../../src/model/stack.ts';
import { candidateOf } from '../report/fixture.ts';

describe('who owns a key in code', () => {
  it('is the stack that its tags name, with the resource to change', () => {
    const stack = stackOf({
      'aws:cloudformation:stack-name': 'checkout',
      'aws:cloudformation:logical-id': 'CheckoutKey',
      'aws:cloudformation:stack-id': 'arn:aws:cloudformation:eu-central-1:111122223333:stack/checkout/1',
      team: 'shop',
    });
    expect(stack).toMatchObject({ name: 'checkout', logicalId: 'CheckoutKey' });
    const said = stack && describeStack(stack, { proposed: { RotationPeriodInDays: 90 } });
    expect(said).toContain('An ordinary update of stack checkout keeps this setting.');
    expect(said).toContain('EnableKeyRotation: true and RotationPeriodInDays: 90 on CheckoutKey');
    expect(said).toContain('restarts the period, so run keyturn validate first');
  });

  it('is told from the stack id alone too, and from nothing else', () => {
    expect(stackOf({ 'aws:cloudformation:stack-id': 'arn' })).toEqual({ name: 'arn', id: 'arn' });
    expect(
      stackOf({ 'cloudformation:stack-name': 'fake', 'aws:cloudformation:logical-id': 'Key' }),
    ).toBeUndefined();
    expect(stackOf(undefined)).toBeUndefined();
  });
});

describe('a multi-Region family', () => {
  it('is its primary with the replicas and their Regions', () => {
    const family = familyOf(
      candidateOf(1, {
        MultiRegionConfiguration: {
          MultiRegionKeyType: 'PRIMARY',
          ReplicaKeys: [
            { Arn: 'b', Region: 'us-east-1' },
            { Arn: 'a', Region: 'eu-west-1' },
          ],
        },
      }),
    );
    expect(family?.regions).toEqual(['eu-west-1', 'us-east-1']);
    expect(family?.replicas).toHaveLength(2);
    expect(familyOf(candidateOf(1))).toBeUndefined();
  });
});

describe('the last use of a key', () => {
  const TrackingStartDate = '2026-03-01T00:00:00.000Z';
  it.each([
    ['2026-03-01T00:00:00.000Z', 'never used since it was created 2026-03-01'],
    ['2026-02-28T23:59:59.000Z', 'no use recorded since 2026-03-01'],
    [undefined, 'no use recorded since 2026-03-01'],
  ])('without a record, of a key created %s: %s', (created, said) => {
    expect(describeLastUse(lastUseOf({ TrackingStartDate }, created))).toBe(said);
  });

  it('is the operation and its time where there is a record', () => {
    const KeyLastUsage = { Operation: 'Decrypt', Timestamp: '2026-10-01T08:00:00.000Z' };
    expect(describeLastUse(lastUseOf({ TrackingStartDate, KeyLastUsage }))).toBe(
      'last used 2026-10-01 (Decrypt)',
    );
  });
});
