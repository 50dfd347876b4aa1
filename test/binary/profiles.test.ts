import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Assessed,
  EXIT,
  enableCalls,
  FRANKFURT,
  IRELAND,
  type Journey,
  startJourney,
} from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';
import { readJournal } from '../support/store.ts';

const [DEV, PROD] = ['000000000001', '000000000002'] as const;
interface Refused {
  readonly error: { readonly code: string; readonly problems?: string[]; readonly message: string };
}

/** Accounts with a profile each, `again` of the same account as `dev`, `stale` of credentials that expired. */
async function startProfiles() {
  const journey = await startJourney({
    organization: { accounts: [{ id: DEV }, { id: PROD }] },
    keys: [DEV, PROD].map((account) => ({ region: FRANKFURT, account, description: account })),
  });
  journey.write('config', ['dev', 'prod', 'again', 'stale'].map(section).join(''));
  writeKeys(journey, {
    dev: keyOf(DEV),
    prod: keyOf(PROD),
    again: keyOf(DEV),
    stale: 'EXPIRED0000000000000',
  });
  const env = {
    AWS_ENDPOINT_URL: journey.sandbox.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(journey.cwd, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(journey.cwd, 'credentials'),
  };
  const run = (...args: string[]) => runKeyturn(args, { cwd: journey.cwd, env });
  return { ...journey, env, run };
}

const section = (name: string) => `[profile ${name}]\nregion = ${FRANKFURT}\n`;
const keyOf = (account: string) => `AKIA${account}TEST`;
function writeKeys({ write }: Pick<Journey, 'write'>, keys: Readonly<Record<string, string>>): void {
  const sections = Object.entries(keys).map(
    ([name, id]) => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = hidden\n`,
  );
  write('credentials', sections.join(''));
}

const BOTH = ['--profile', 'dev', '--profile', 'prod'];

describe.concurrent('several profiles', () => {
  it('serve each for its account, and the rollout remembers them', async () => {
    const { run, sandbox, cwd } = await startProfiles();
    const assessed = await run('assess', ...BOTH, '--json');
    expect([assessed.code, assessed.stderr]).toEqual([
      EXIT.done,
      expect.stringContaining('profiles (dev, prod)'),
    ]);
    expect(assessed.json<Assessed>().places).toMatchObject([
      { account: DEV, candidate: 1 },
      { account: PROD, candidate: 1 },
    ]);
    expect((await run('approve', '--all')).code).toBe(EXIT.done);
    expect((await run('configure')).code).toBe(EXIT.done);
    expect((await run('validate', '--wait', '5s')).code).toBe(EXIT.done);
    expect(
      enableCalls(sandbox)
        .map(({ account }) => account)
        .sort(),
    ).toEqual([DEV, PROD]);
    const [begun] = readJournal(cwd);
    expect(begun?.body['profiles']).toEqual([
      { name: 'dev', account: DEV },
      { name: 'prod', account: PROD },
    ]);
  });

  it('stand in the command that leads on, as they were given', async () => {
    const { run } = await startProfiles();
    expect((await run('assess', ...BOTH)).stdout).toMatch(
      /Next: \S*keyturn approve .*--profile dev --profile prod/,
    );
    expect((await run('status')).stdout).not.toContain('--profile');
  });

  it('are refused before anything is recorded, with every problem', async () => {
    const { run, cwd } = await startProfiles();
    const names = ['dev', 'again', 'stale', 'no body'].flatMap((name) => ['--profile', name]);
    const { code, json } = await run('assess', '--json', ...names);
    expect(code).toBe(EXIT.badInput);
    expect(json<Refused>().error).toMatchObject({
      code: 'input-profiles',
      problems: [
        expect.stringMatching(/^Profile stale: .*ExpiredToken.*Renew the credentials.*--profile stale/),
        expect.stringMatching(/^Profile no body: The AWS profile no body is not defined/),
        `Profiles dev and again are of the same account ${DEV}.`,
      ],
    });
    expect(readJournal(cwd)).toEqual([]);
  });

  it('are narrowed by account, and none of them may be missing', async () => {
    const { run } = await startProfiles();
    const accounts = async (...args: string[]) =>
      (await run('assess', ...BOTH, '--json', ...args)).json<Assessed>().places.map(({ account }) => account);
    expect(await accounts('--account', PROD)).toEqual([PROD]);
    expect(await accounts('--exclude-account', PROD)).toEqual([DEV]);
    const missing = await run('assess', ...BOTH, '--json', '--account', '111122223333');
    expect(missing.json<Refused>().error.problems).toEqual(['No profile is of account 111122223333.']);
  });

  it('do not go together with roles', async () => {
    const { run, sandbox } = await startProfiles();
    for (const role of [['--org'], ['--role-name', 'reader'], ['--configure-role-name', 'writer']]) {
      const { code, json } = await run('assess', ...BOTH, ...role, '--json');
      expect([code, json<Refused>().error.message]).toEqual([
        EXIT.badInput,
        expect.stringContaining(`${role[0]}`),
      ]);
    }
    expect(sandbox.log).toEqual([]);
  });

  it('leave the keys of an account pending whose credentials are gone, and those that no profile is named of', async () => {
    const journey = await startProfiles();
    const { run, sandbox } = journey;
    await run('assess', ...BOTH);
    await run('approve', '--all');
    writeKeys(journey, { dev: keyOf(DEV), prod: 'EXPIRED0000000000000' });
    const expired = await run('configure', '--json');
    expect([expired.code, expired.json()]).toEqual([
      EXIT.incomplete,
      expect.objectContaining({ outcomes: expect.objectContaining({ applied: 1, pending: 1 }) }),
    ]);
    expect(expired.stderr).toContain('ExpiredToken');
    writeKeys(journey, { dev: keyOf(DEV), prod: keyOf(PROD) });
    expect((await run('configure', '--profile', 'dev')).code).toBe(EXIT.incomplete);
    expect(enableCalls(sandbox).map(({ account }) => account)).toEqual([DEV]);
    expect((await run('configure', '--profile', 'prod')).code).toBe(EXIT.done);
    expect((await run('validate', '--wait', '5s')).code).toBe(EXIT.done);
  });

  it('of the rollout go before a list in keyturn.yaml', async () => {
    const { run, write, sandbox } = await startProfiles();
    await run('assess', ...BOTH);
    await run('approve', '--all');
    write('keyturn.yaml', 'profile: [prod, stale]\n');
    expect((await run('configure')).code).toBe(EXIT.done);
    expect(enableCalls(sandbox)).toHaveLength(2);
  });

  it('can stand in keyturn.yaml, and a flag for roles takes their place', async () => {
    const { run, write, sandbox } = await startProfiles();
    write('keyturn.yaml', 'profile: [dev, prod]\n');
    const explained = await run('config', 'check');
    expect(explained.stdout).toMatch(/Accounts +the accounts of the profiles dev, prod/);
    expect(explained.stdout).toMatch(/profile +dev, prod +keyturn.yaml, line 1/);
    expect((await run('config', 'check', '--org')).stdout).toMatch(/--org, instead of keyturn.yaml, line 1/);
    expect(sandbox.log).toEqual([]);
    expect((await run('assess', '--json')).json<Assessed>().totals.candidate).toBe(2);
    write('keyturn.yaml', 'organization: true\nroleName: reader\n');
    const flags = await run('assess', ...BOTH, '--region', IRELAND, '--json');
    expect([flags.code, flags.json<Assessed>().places]).toMatchObject([EXIT.done, [{}, {}]]);
  });
});
