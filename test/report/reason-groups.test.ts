import { describe, expect, it } from 'vitest';
import { groupByReason } from '../../src/report/reason-groups.ts';

const account = (n: number) => String(n).padStart(12, '0');
const SCP =
  'with an explicit deny in a service control policy: arn:aws:organizations::777788889999:policy/o-1/service_control_policy/p-1';
const denied = (n: number, region: string, because = SCP) => ({
  account: account(n),
  region,
  reason: `listing denied: ListKeys: AccessDeniedException (User: arn:aws:sts::${account(n)}:assumed-role/keyturn-assess/keyturn-1 is not authorized to perform: kms:ListKeys on resource: arn:aws:kms:${region}:${account(n)}:* ${because})`,
  fix: `leave the Region out with --exclude-region ${region}`,
});
const bare = (n: number, code = 'AccessDenied', role = 'keyturn-assess') => ({
  account: account(n),
  region: '*',
  reason: `the role cannot be assumed: AssumeRole: ${code} (… on resource: arn:aws:iam::${account(n)}:role/${role})`,
  fix: `Deploy the role in account ${account(n)}.`,
});
const ALL = Array.from({ length: 30 }, (_, n) => n + 1);

describe('places that cannot be listed', () => {
  it('are one group if nothing but the account and the Region differs', () => {
    const places = ALL.flatMap((n) =>
      ['ap-east-1', 'us-east-1', 'us-east-2'].map((region) => denied(n, region)),
    );
    const groups = groupByReason(places);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      regions: ['ap-east-1', 'us-east-1', 'us-east-2'],
      fix: 'leave the Region out with --exclude-region REGION',
    });
    expect(groups[0]?.accounts).toHaveLength(30);
    expect(groups[0]?.reason).toContain('arn:aws:sts::ACCOUNT:assumed-role/keyturn-assess/keyturn-1');
    expect(groups[0]?.reason).toContain('777788889999');
  });

  it('are told word for word if there is one', () => {
    const [group] = groupByReason([denied(1, 'us-east-1')]);
    expect(group).toMatchObject(denied(1, 'us-east-1') && { reason: denied(1, 'us-east-1').reason });
  });

  it.each([
    ['codes', [bare(1), bare(2, 'RegionDisabledException')]],
    ['roles', [bare(1), bare(2, 'AccessDenied', 'reader')]],
    ['policies', [denied(1, 'us-east-1'), denied(2, 'us-east-1', SCP.replace('p-1', 'p-2'))]],
    [
      'kinds of policies',
      [denied(1, 'us-east-1'), denied(2, 'us-east-1', 'because no session policy allows it')],
    ],
    ['reaches', [bare(1), { ...bare(2), region: 'us-east-1' }]],
  ])('are two groups for different %s', (_, places) => {
    expect(groupByReason(places)).toHaveLength(2);
  });

  it('are one group if only ids and addresses of single calls differ', () => {
    const of = (n: number, said: string) => ({ ...bare(n), reason: `no answer: ListKeys: E (${said})` });
    const told = (id: string, ip: string) =>
      `connect ${ip}:443, request id: ${id} encoded authorization failure message: ${id}x`;
    const groups = groupByReason([
      of(1, told('0d9cd2b6-0c5f-4c5e-9f3d-1f0e5a1b2c3d', '52.1.2.3')),
      of(2, told('1d9cd2b6-0c5f-4c5e-9f3d-1f0e5a1b2c3d', '52.1.2.4')),
    ]);
    expect(groups).toHaveLength(1);
  });

  it('come in the order of how many they are', () => {
    const groups = groupByReason([bare(9, 'Other'), bare(1), bare(2)]);
    expect(groups.map(({ places }) => places.length)).toEqual([2, 1]);
  });
});
