import { describe, expect, it } from 'vitest';
import { notSeenLine, unseenReasons } from '../../src/cli/show/unseen.ts';
import type { RolloutRecord } from '../../src/report/record.ts';

const terminal = { yellow: (text: string) => text } as Parameters<typeof unseenReasons>[0];
const account = (n: number) => String(n).padStart(12, '0');
const bare = (n: number) => ({
  account: account(n),
  region: '*',
  reason: `the role cannot be assumed: AssumeRole: AccessDenied (… role ${account(n)})`,
  fix: `Deploy the role in account ${account(n)}.`,
});
const denied = (n: number, region: string) => ({
  account: account(n),
  region,
  reason: `listing denied: ListKeys: AccessDeniedException (… ${region}:${account(n)} …)`,
  fix: `leave the Region out with --exclude-region ${region}`,
});
const range = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const REGIONS = range(14).map((n) => `eu-west-${n}`);
const recordOf = (accounts: number, unreachable: readonly ReturnType<typeof bare>[]) =>
  ({
    rollout: { scope: { accounts: range(accounts).map(account) } },
    places: [{ account: account(1), region: 'eu-west-1' }],
    unreachable,
  }) as unknown as RolloutRecord;

describe('what an assessment could not see', () => {
  it('fits a screen: 240 accounts without a role, and 30 accounts with 14 denied Regions', () => {
    const places = [
      ...range(240).map(bare),
      ...range(30).flatMap((n) => REGIONS.map((region) => denied(n, region))),
    ];
    const text = unseenReasons(terminal, places).join('');
    expect(text.split('\n').length).toBeLessThan(10);
    expect(text).toContain('420 places (30 accounts, 14 Regions) are not fully known: listing denied');
    expect(text).toContain('240 accounts are not fully known: the role cannot be assumed');
    expect(text).toContain('accounts: 000000000001, 000000000002, 000000000003 and 237 more');
    for (const region of REGIONS) expect(text).toContain(region);
    expect(text).toContain('Deploy the role in account ACCOUNT.');
  });

  it('is told in full if it is one place', () => {
    expect(unseenReasons(terminal, [bare(7)]).join('')).toBe(
      `${account(7)} * is not fully known: ${bare(7).reason}\n  → ${bare(7).fix}\n`,
    );
    expect(unseenReasons(terminal, [])).toEqual([]);
  });

  it('is counted in one line, without places that were listed once', () => {
    const places = [...range(240).map(bare), denied(300, 'eu-west-2'), denied(1, 'eu-west-1')];
    expect(notSeenLine(terminal, recordOf(241, places))).toEqual([
      'Not seen: 240 of 241 accounts and 1 place. Nothing is known of the keys there.\n',
    ]);
    expect(notSeenLine(terminal, recordOf(1, [denied(1, 'eu-west-1')]))).toEqual([]);
  });

  it('shows no control characters of a message', () => {
    const [place] = [{ ...bare(1), reason: 'a\u001b[31mb\nc', fix: 'd\u001b[0m' }];
    expect(unseenReasons(terminal, [place, { ...place, account: account(2) }]).join('')).not.toContain(
      '\u001b',
    );
  });
});
