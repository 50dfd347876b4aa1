import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import {
  type Assessed,
  EXIT,
  enableCalls,
  FRANKFURT,
  IRELAND,
  startJourney,
  until,
} from '../support/journey.ts';

const MANAGEMENT = '111122223333';
const [MEMBER, BARE, GONE] = ['000000000001', '000000000002', '000000000003'] as const;
const roles = [{ name: 'keyturn-assess' }, { name: 'keyturn-configure' }];

const ORGANIZATION: SandboxSettings = {
  organization: {
    accounts: [
      { id: MEMBER, name: 'member', roles },
      { id: BARE, name: 'bare', roles: [] },
      { id: GONE, name: 'gone', roles, state: 'SUSPENDED' },
    ],
  },
  keys: [
    { region: FRANKFURT, description: 'own' },
    { region: FRANKFURT, account: MEMBER, description: 'theirs' },
    { region: IRELAND, account: MEMBER, description: 'abroad', rotation: true },
    { region: FRANKFURT, account: BARE, description: 'hidden' },
  ],
  pages: { short: true },
};

describe.concurrent('an organization', () => {
  it('is assessed, changed and validated through a role for each, with the rollout in the session name', async () => {
    const { run, sandbox, verdicts } = await startJourney(ORGANIZATION);
    const assessed = await run('assess', '--org', '--region', FRANKFURT, '--region', IRELAND, '--json');
    expect(assessed.code).toBe(EXIT.incomplete);
    expect(assessed.stderr).toMatch(/not in scope: .*us-east-1/);
    const { rollout, totals, places, unreachable } = assessed.json<Assessed>();
    expect(totals).toMatchObject({ candidate: 2, enabled: 1, unknown: 0 });
    expect(places.map(({ account, region }) => `${account} ${region}`)).toEqual(
      [MEMBER, MANAGEMENT].flatMap((account) => [`${account} ${FRANKFURT}`, `${account} ${IRELAND}`]),
    );
    expect(unreachable).toMatchObject([{ account: BARE, region: '*', fix: expect.stringContaining(BARE) }]);
    expect((await run('approve', '--all')).code).toBe(EXIT.done);
    expect((await run('configure')).code).toBe(EXIT.done);
    expect((await run('validate', '--wait', '5s')).code).toBe(EXIT.done);
    expect((await verdicts()).map(({ account, kind }) => [account, kind])).toEqual([
      [MEMBER, 'confirmed'],
      [MANAGEMENT, 'confirmed'],
    ]);
    expect(enableCalls(sandbox)).toHaveLength(2);
    const sessions = sandbox.log.filter(({ account, service }) => account === MEMBER && service === 'kms');
    expect(new Set(sessions.map(({ sessionName }) => sessionName))).toEqual(new Set([`keyturn-${rollout}`]));
    const assumed = sandbox.log.flatMap(({ roleArn, operation }) =>
      operation === 'AssumeRole' ? [roleArn] : [],
    );
    expect(assumed).toContain(`arn:aws:iam::${MEMBER}:role/keyturn-configure`);
  });

  it('tells many places with one reason on a screen, with advice that fits the policy that AWS names', async () => {
    const denied = [IRELAND, 'eu-west-2', 'eu-west-3'];
    const accounts = Array.from({ length: 12 }, (_, n) => ({
      id: String(n + 1).padStart(12, '0'),
      roles: n < 6 ? roles : [],
      deniedRegions: denied,
    }));
    const { run } = await startJourney({ organization: { accounts }, keys: [{ region: FRANKFURT }] });
    const regions = [FRANKFURT, ...denied].flatMap((region) => ['--region', region]);
    const { code, stdout } = await run('assess', '--org', ...regions);
    expect(code).toBe(EXIT.incomplete);
    expect(stdout.split('\n').length).toBeLessThan(30);
    expect(stdout).toContain('Not seen: 6 of 13 accounts and 18 places.');
    expect(stdout).toContain('18 places (6 accounts, 3 Regions) are not fully known: listing denied');
    expect(stdout).toContain('--exclude-region REGION');
    expect(stdout).not.toContain('in an IAM policy of this principal');
  });

  it('has its accounts that are not active named, on the terminal and in the report', async () => {
    const { run, read } = await startJourney(ORGANIZATION);
    const { stdout } = await run('assess', '--org', '--region', FRANKFURT);
    expect(stdout).toContain(`Not active, so not assessed: ${GONE} gone (SUSPENDED)`);
    await run('report', '--out', 'report');
    for (const name of ['report/report.md', 'report/report.html']) {
      expect(read(name)).toMatch(new RegExp(`not assessed \\(1\\).*${GONE}`));
    }
  });

  it('is narrowed to accounts by id, and asks for the external id that they want', async () => {
    const wanting = { ...ORGANIZATION.organization?.accounts?.[0], id: MEMBER };
    const { run } = await startJourney({
      ...ORGANIZATION,
      organization: { accounts: [{ ...wanting, roles: [{ name: 'reader', externalId: 'secret-1' }] }] },
      keys: [{ region: FRANKFURT, account: MEMBER }],
    });
    const scope = ['assess', '--account', MEMBER, '--role-name', 'reader', '--json'];
    const without = await run(...scope);
    expect(without.json<Assessed>().unreachable).toMatchObject([{ account: MEMBER }]);
    const withId = await run(...scope, '--external-id', 'secret-1');
    expect([withId.code, withId.json<Assessed>().totals.candidate]).toEqual([EXIT.done, 1]);
  });

  it('lets only those be approved that --filter names, and counts all', async () => {
    const { run } = await startJourney({
      keys: [
        { region: FRANKFURT, tags: { env: 'prod' } },
        { region: FRANKFURT, tags: { env: 'test' } },
      ],
    });
    const assessed = await run('assess', '--filter', "tags.env=='prod'", '--json');
    expect(assessed.json<Assessed>().totals.candidate).toBe(2);
    expect((await run('approve', '--all', '--json')).json()).toMatchObject({ approved: 1, undecided: 1 });
    expect((await run('assess', '--filter', 'tags.', '--json')).code).toBe(EXIT.badInput);
  });
});

describe.concurrent('Ctrl-C', () => {
  it('stops an assessment cleanly; --resume goes on with what is left', async () => {
    const { start, run, sandbox } = await startJourney({
      keys: [FRANKFURT, IRELAND].flatMap((region) => Array.from({ length: 60 }, () => ({ region }))),
      latency: { operations: { DescribeKey: 300 } },
    });
    const scope = ['assess', '--region', FRANKFURT, '--region', IRELAND, '--json'];
    const running = start(...scope);
    await until(
      () => sandbox.log.some(({ operation }) => operation === 'DescribeKey'),
      'the first DescribeKey',
    );
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.json()).toMatchObject({
      error: { code: 'interrupted', fix: expect.stringContaining('--resume') },
    });
    expect((await run('approve', '--all')).code).toBe(EXIT.badInput);
    const resumed = await run('assess', '--resume', '--json');
    expect([resumed.code, resumed.json<Assessed>().totals.candidate]).toEqual([EXIT.done, 120]);
  });

  it('in an organization is gone on with through the same roles, the own credentials where there is none', async () => {
    const { start, run, sandbox } = await startJourney({
      organization: { accounts: [{ id: MEMBER, roles }] },
      keys: [MEMBER, MANAGEMENT].flatMap((account) =>
        Array.from({ length: 40 }, () => ({ region: FRANKFURT, account })),
      ),
      latency: { operations: { DescribeKey: 300 } },
    });
    const running = start('assess', '--org', '--region', FRANKFURT);
    await until(
      () => sandbox.log.some(({ operation }) => operation === 'DescribeKey'),
      'the first DescribeKey',
    );
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    const resumed = await run('assess', '--resume', '--json');
    expect([resumed.code, resumed.json<Assessed>().totals.candidate]).toEqual([EXIT.done, 80]);
    expect(resumed.stderr).toContain(`2 accounts (${MEMBER}, ${MANAGEMENT})`);
  });

  it('in an organization is gone on with where a role is there by now', async () => {
    const { start, run, sandbox } = await startJourney({
      organization: { accounts: [{ id: MEMBER, roles: [] }] },
      keys: [
        ...Array.from({ length: 40 }, () => ({ region: FRANKFURT })),
        { region: FRANKFURT, account: MEMBER },
      ],
      latency: { operations: { DescribeKey: 300 } },
    });
    const running = start('assess', '--org', '--region', FRANKFURT);
    await until(
      () => sandbox.log.some(({ operation }) => operation === 'DescribeKey'),
      'the first DescribeKey',
    );
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    sandbox.configure({ organization: { accounts: [{ id: MEMBER, roles }] } });
    const { code, json } = await run('assess', '--resume', '--json');
    expect([code, json<Assessed>()]).toMatchObject([
      EXIT.done,
      { totals: { candidate: 41 }, unreachable: [] },
    ]);
  });
});
