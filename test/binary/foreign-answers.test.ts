import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/index.ts';
import { type Assessed, candidates, EXIT, FRANKFURT, IRELAND, startJourney } from '../support/journey.ts';

type Gateway = Omit<Extract<FaultRule, { kind: 'gateway' }>, 'kind'>;

const GATEWAYS: readonly (readonly [string, Gateway])[] = [
  ['an empty body', { body: 'empty' }],
  ['{}', { body: 'object' }],
  ['a message', { body: 'json' }],
  ['a list without its end', { text: '{"Keys":[]}' }],
  ['an empty list', { text: '{"Keys":[],"Truncated":false}' }],
];

/** Two Regions, of which one is answered for by something that is not AWS. */
describe.concurrent('a place that something else answers for', () => {
  it.each(GATEWAYS)('is unreachable, and the evidence says so: %s', async (_, gateway) => {
    const { run, sandbox } = await startJourney({
      keys: [...candidates(2), ...candidates(1, IRELAND)],
      faults: [{ kind: 'gateway', operation: 'ListKeys', region: IRELAND, ...gateway }],
    });
    const { code, json } = await run('assess', '--json', '--region', FRANKFURT, '--region', IRELAND);
    expect(code).toBe(EXIT.incomplete);
    const assessed = json<Assessed>();
    expect(assessed).toMatchObject({
      totals: { listed: 2, candidate: 2 },
      unreachable: [{ region: IRELAND, reason: expect.stringMatching(/ListKeys: UndocumentedAnswer/) }],
    });
    expect(sandbox.counts.operations['ListKeys']?.calls).toBe(6);

    await run('report', '--out', 'evidence');
    const verified = await run('verify', 'evidence', '--json');
    expect(verified.json()).toMatchObject({
      notSeen: { unreachable: [{ region: IRELAND }] },
      notProved: expect.arrayContaining([expect.stringContaining('could not be read')]),
    });
  });

  it('is a gap of each key if it is ListAliases', async () => {
    const { run, findings } = await startJourney({
      keys: candidates(2).map((key) => ({ ...key, aliases: [`alias/${key.description}`] })),
      faults: [{ kind: 'gateway', operation: 'ListAliases', body: 'object' }],
    });
    const assessed = await run('assess', '--json');
    expect(assessed.code).toBe(EXIT.incomplete);
    expect(assessed.json()).toMatchObject({
      gaps: [{ operation: 'ListAliases', kind: 'malformed-answer', keys: 2 }],
    });
    const shown = (await run('approve', '--all')).stdout;
    expect(shown).toContain('Could not be read: ListAliases of 2 keys (UndocumentedAnswer)');
    expect(shown).toMatch(/ unreadable .* unreadable /s);
    for (const finding of await findings()) {
      expect(finding).toMatchObject({
        kind: 'candidate',
        gaps: [{ operation: 'ListAliases', kind: 'malformed-answer' }],
      });
      expect(finding).not.toHaveProperty('aliases');
    }
  });

  it('is an account without Regions: unreachable, since AWS has none', async () => {
    const MEMBER = '444455556666';
    const { run } = await startJourney({
      organization: { accounts: [{ id: MEMBER, roles: [{ name: 'KeyturnAssess' }] }] },
      keys: candidates(1),
      faults: ['ListRegions', 'DescribeRegions'].map((operation) => ({
        kind: 'answer',
        operation: operation as 'ListRegions',
        account: MEMBER,
        merge: { Regions: [], regionInfo: [] },
      })),
    });
    const { code, json } = await run(
      ...['assess', '--json', '--org', '--all-regions', '--role-name', 'KeyturnAssess'],
    );
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>().unreachable).toMatchObject([
      { account: MEMBER, region: '*', reason: expect.stringContaining('names no enabled Region') },
    ]);
  });
});
