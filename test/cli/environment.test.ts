import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/program.ts';
import { environmentLayer, warnOfUnknownVariables } from '../../src/cli/settings/environment.ts';
import { type Setting, variableOf } from '../../src/cli/settings/setting.ts';
import { COMMON, TAKES } from '../../src/cli/settings/takes.ts';

const given = (env: Record<string, string>) =>
  Object.fromEntries(environmentLayer(env).map(({ name, value }) => [name, value]));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    environmentLayer(env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'input-environment' });
    return (error as { problems: readonly string[] }).problems;
  }
  throw new Error('the environment was accepted');
}

describe('a variable of the environment', () => {
  it('sets what its flag sets, lists with commas', () => {
    expect(
      given({
        KEYTURN_REGION: 'eu-central-1, us-east-1',
        KEYTURN_PROFILE: 'audit,audit',
        KEYTURN_PERIOD: '180',
        KEYTURN_TAGS: 'False',
        KEYTURN_ORG: 'true',
        KEYTURN_WAVES: '5,rest',
        KEYTURN_SETTLE: '30s',
        KEYTURN_ROTATION_PRICE: '7.5 CNY',
        KEYTURN_STORE: 'a,b',
        KEYTURN_EXPIRES: '12h',
      }),
    ).toEqual({
      region: ['eu-central-1', 'us-east-1'],
      profile: ['audit'],
      period: 180,
      tags: false,
      org: true,
      waves: [5, Number.POSITIVE_INFINITY],
      settle: 30_000,
      rotationPrice: { perRotation: 7.5, currency: 'CNY' },
      store: 'a,b',
      expires: 43_200_000,
    });
  });

  it('that is empty sets nothing', () => {
    expect(given({ KEYTURN_PERIOD: '', KEYTURN_STORE: '' })).toEqual({});
  });

  it.each([
    ['KEYTURN_PERIOD', '30', 'KMS takes 90 to 2560 days.'],
    ['KEYTURN_REGION', 'eu-west-1,Frankfurt', 'Write one Region at a time, like eu-central-1.'],
    ['KEYTURN_ORG', 'yes', 'It has to be true or false.'],
    ['KEYTURN_ACCOUNT', '1234', 'Write an account id: 12 digits.'],
    ['KEYTURN_LIMIT', '0', 'It has to be 1 or more.'],
    ['KEYTURN_PROFILE', 'a,,b', 'Write the name of a profile.'],
  ])('is refused if it is not valid: %s=%s', (name, value, said) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name}: ${said}`]);
  });

  it('is refused with all others, without its value, and beside one that it excludes', () => {
    const problems = problemsOf({
      KEYTURN_EXTERNAL_ID: 'a secret',
      KEYTURN_PACE: '2',
      KEYTURN_REGION: 'eu-west-1',
      KEYTURN_ALL_REGIONS: 'true',
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'KEYTURN_EXTERNAL_ID',
      'KEYTURN_PACE',
      'KEYTURN_REGION',
    ]);
    expect(problems.join()).not.toContain('secret');
    expect(given({ KEYTURN_REGION: 'eu-west-1', KEYTURN_ALL_REGIONS: 'false' })).toEqual({
      region: ['eu-west-1'],
      allRegions: false,
    });
  });

  it('never decides about a key', () => {
    expect(given({ KEYTURN_ALL: 'true', KEYTURN_KEY: 'x', KEYTURN_FROM: 'f', KEYTURN_IMPORT: 'f' })).toEqual(
      {},
    );
  });

  it('has a name of its own for each setting', () => {
    const rows: Setting[] = Object.values({ ...COMMON, ...TAKES.configCheck });
    const names = rows.map(variableOf);
    expect(new Set(names).size).toBe(rows.length);
    expect(names).toContain('KEYTURN_MAX_FAILURES');
  });
});

describe('a variable that Keyturn does not know', () => {
  it('is named in one warning, with what was probably meant', () => {
    expect(warnOfUnknownVariables({ KEYTURN_REGOIN: 'x', KEYTURN_LIMTI: '5', OTHER: 'x' })).toBe(
      'warning: ignored unknown environment variables KEYTURN_REGOIN (did you mean KEYTURN_REGION?), KEYTURN_LIMTI (did you mean KEYTURN_LIMIT?). docs/configuration.md lists them.',
    );
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`KEYTURN_QQQQQQQQQ${n}`, '1']));
    expect(warnOfUnknownVariables(many)).toContain(' and 4 more.');
  });

  it('is not one of its others, or of its tests', () => {
    const env = {
      KEYTURN_DEBUG: '1',
      KEYTURN_KEY_PASSPHRASE: 'p',
      KEYTURN_CALLED_AS: 'k',
      KEYTURN_STORE: 's',
    };
    expect(warnOfUnknownVariables({ ...env, KEYTURN_KILLS: '9', KEYTURN_BENCH_KEY: 'k' })).toBeUndefined();
  });
});

describe('what holds', () => {
  const home = process.cwd();
  let written = '';

  beforeEach(() => {
    process.chdir(mkdtempSync(join(tmpdir(), 'keyturn-environment-')));
    written = '';
    const keep = (text: unknown, done: unknown) => {
      written += String(text);
      if (typeof done === 'function') done();
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(keep);
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    const directory = process.cwd();
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });

  interface Checked {
    readonly accounts: string;
    readonly regions: string;
    readonly settings: readonly { readonly key: string }[];
  }
  async function check(...flags: string[]): Promise<Checked> {
    written = '';
    expect(await main(['config', 'check', '--json', ...flags]), written).toBe(0);
    return JSON.parse(written);
  }
  const settingOf = ({ settings }: Checked, key: string) => settings.find((each) => each.key === key);

  it('is a flag over the environment, over the file, over the default', async () => {
    writeFileSync('keyturn.yaml', 'period: 100\nwait: 1m\n');
    vi.stubEnv('KEYTURN_PERIOD', '200');
    vi.stubEnv('KEYTURN_WAIT', '2m');
    vi.stubEnv('KEYTURN_ROLLOUT', 'abc');
    const checked = await check('--wait', '3m');
    expect(settingOf(checked, 'period')).toEqual({
      key: 'period',
      value: 200,
      source: 'environment',
      variable: 'KEYTURN_PERIOD',
      line: 1,
    });
    expect(settingOf(checked, 'wait')).toMatchObject({
      value: '3m',
      source: 'flag',
      flag: '--wait',
      line: 2,
    });
    expect(settingOf(checked, 'settle')).toMatchObject({ value: '60s', source: 'default' });
    expect(settingOf(checked, 'rollout')).toMatchObject({ value: 'abc', variable: 'KEYTURN_ROLLOUT' });
    expect(await main(['config', 'check'])).toBe(0);
    expect(written).toContain('KEYTURN_PERIOD, instead of keyturn.yaml, line 1');
  });

  it.each([
    ['organization: true', { KEYTURN_ACCOUNT: '111122223333' }, [], '111122223333'],
    ['accounts: ["111122223333"]', { KEYTURN_ORG: 'true' }, [], 'every active account of the organization'],
    ['accounts: ["111122223333"]', { KEYTURN_ORG: 'false' }, [], '111122223333'],
    ['organization: true', { KEYTURN_ORG: 'false' }, [], "the caller's own account"],
    ['', { KEYTURN_ORG: 'true' }, ['--account', '111122223333'], '111122223333'],
  ])('of accounts %j with %j and %j', async (file, variables, flags, accounts) => {
    writeFileSync('keyturn.yaml', file);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect((await check(...flags)).accounts).toBe(accounts);
  });

  it.each([
    ['regions: [eu-west-1]', { KEYTURN_ALL_REGIONS: 'true' }, [], 'every Region that an account has enabled'],
    ['regions: all', { KEYTURN_REGION: 'eu-west-1' }, [], 'eu-west-1'],
    ['regions: [eu-west-1]', { KEYTURN_ALL_REGIONS: 'false' }, [], 'eu-west-1'],
    ['', { KEYTURN_ALL_REGIONS: 'true' }, ['--region', 'us-east-1'], 'us-east-1'],
  ])('of Regions %j with %j and %j', async (file, variables, flags, regions) => {
    writeFileSync('keyturn.yaml', file);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect((await check(...flags)).regions).toBe(regions);
  });

  it('is read from the file that the environment names', async () => {
    writeFileSync('team.yaml', 'period: 100\n');
    vi.stubEnv('KEYTURN_CONFIG', 'team.yaml');
    expect(settingOf(await check(), 'period')).toMatchObject({ value: 100, source: 'file' });
  });

  it('is refused with the name of the variable, by every command that reads settings', async () => {
    vi.stubEnv('KEYTURN_PERIOD', '1');
    vi.stubEnv('KEYTURN_JSON', 'true');
    for (const command of [['config', 'check'], ['assess'], ['status'], ['report', '--out', 'x']]) {
      written = '';
      expect(await main(command)).toBe(2);
      expect(JSON.parse(written).error).toMatchObject({
        code: 'input-environment',
        problems: ['KEYTURN_PERIOD: KMS takes 90 to 2560 days.'],
      });
    }
    expect(await main(['assess', '--help'])).toBe(0);
  });

  it('requires signatures, and cannot stop requiring them', async () => {
    writeFileSync('keyturn.yaml', 'requireSigned: true\ntrustedApprovers: [alice.pub]\n');
    vi.stubEnv('KEYTURN_REQUIRE_SIGNED', 'false');
    expect(await main(['config', 'check'])).toBe(2);
    expect(written).toContain('KEYTURN_REQUIRE_SIGNED: It can only be true');
    rmSync('keyturn.yaml');
    written = '';
    vi.stubEnv('KEYTURN_REQUIRE_SIGNED', 'true');
    expect(await main(['config', 'check'])).toBe(2);
    expect(written).toContain('KEYTURN_REQUIRE_SIGNED needs the public keys of approvers');
    vi.stubEnv('KEYTURN_TRUST_APPROVER', 'alice.pub');
    expect(await main(['config', 'check'])).toBe(0);
  });

  it('does not change whom keyturn.yaml trusts', async () => {
    writeFileSync('keyturn.yaml', 'requireSigned: true\ntrustedApprovers: [alice.pub]\n');
    vi.stubEnv('KEYTURN_TRUST_APPROVER', 'mallory.pub');
    expect(await main(['config', 'check'])).toBe(2);
    expect(written).toContain('KEYTURN_TRUST_APPROVER names other approvers than trustedApprovers');
    expect(await main(['config', 'check', '--trust-approver', 'bob.pub'])).toBe(0);
  });

  it('of a filter has to be JMESPath, in the environment, the file and the command line', async () => {
    writeFileSync('keyturn.yaml', '\nfilter: tags.\n');
    expect(await main(['config', 'check'])).toBe(2);
    expect(written).toContain('keyturn.yaml, line 2: filter is not a valid JMESPath expression');
    vi.stubEnv('KEYTURN_FILTER', 'tags[');
    expect(await main(['config', 'check'])).toBe(2);
    expect(written).toContain('KEYTURN_FILTER is not a valid JMESPath expression');
    expect(await main(['config', 'check', '--filter', ']'])).toBe(2);
    expect(written).toContain('--filter is not a valid JMESPath expression');
    expect(await main(['config', 'check', '--filter', "region=='eu-west-1'"])).toBe(0);
  });

  it('is printed without acting on the terminal', async () => {
    vi.stubEnv('KEYTURN_STORE', 'a\u001b[2Jb');
    expect(await main(['config', 'check'])).toBe(0);
    expect(written).toContain('KEYTURN_STORE');
    expect(written).not.toContain('\u001b');
    expect(await main(['status'])).toBe(2);
    expect(written).not.toContain('\u001b');
  });

  it('has a warning of a misspelt variable, whose name does nothing to the terminal', async () => {
    vi.stubEnv('KEYTURN_PERIDO\u001b[2J', '90');
    expect(await main(['config', 'check'])).toBe(0);
    expect(written).toMatch(/^warning: ignored unknown environment variable KEYTURN_PERIDO/);
    expect(written).not.toContain('\u001b');
  });
});
