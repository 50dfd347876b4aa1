import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { docsPath, PAGES, withTables } from '../../scripts/settings-tables.ts';
import { jsonSchemaText } from '../../src/cli/config/json-schema.ts';
import { parseConfig } from '../../src/cli/config/parse.ts';
import { exitCodeOf } from '../../src/cli/exit.ts';
import { main } from '../../src/cli/program.ts';
import { KeyturnError } from '../../src/messages/error.ts';
import { suggest } from '../../src/messages/suggest.ts';

function refusal(source: string): KeyturnError {
  try {
    parseConfig(source);
  } catch (error) {
    if (error instanceof KeyturnError) return error;
    throw error;
  }
  throw new Error('it was taken');
}
const problemsOf = (...lines: string[]) => refusal(lines.join('\n')).problems;

const EVERY_KEY = `# a team's settings
store: .keyturn
profile: audit
regions: [eu-central-1, us-gov-west-1]
excludeRegions: [eu-south-1]
organization: true
accounts:
  - "012345678901"
organizationalUnits: [ou-ab12-cdef3456, r-ab12]
excludeAccounts: ['111122223333']
roleName: reader
configureRoleName: writer
externalId: "123"
sourceIdentity: rotation
pace: 0.5
period: 180
policies: false
tags: false
filter: tags.Environment=='prod' && region=='eu-west-1'
settle: 30s
wait: 2h
limit: 100
maxFailures: 3
waves: 5,50,rest
`;

describe('keyturn.yaml', () => {
  it('holds every setting, as its flag would have it', () => {
    const { values, lines } = parseConfig(EVERY_KEY);
    expect(values).toEqual({
      store: '.keyturn',
      profile: ['audit'],
      regions: ['eu-central-1', 'us-gov-west-1'],
      excludeRegions: ['eu-south-1'],
      organization: true,
      accounts: ['012345678901'],
      organizationalUnits: ['ou-ab12-cdef3456', 'r-ab12'],
      excludeAccounts: ['111122223333'],
      roleName: 'reader',
      configureRoleName: 'writer',
      externalId: '123',
      sourceIdentity: 'rotation',
      pace: 0.5,
      period: 180,
      policies: false,
      tags: false,
      filter: "tags.Environment=='prod' && region=='eu-west-1'",
      settle: 30_000,
      wait: 7_200_000,
      limit: 100,
      maxFailures: 3,
      waves: [5, 50, Number.POSITIVE_INFINITY],
    });
    expect(['store', 'accounts', 'waves'].map((key) => lines[key])).toEqual([2, 7, 24]);
  });

  it('takes one profile or several, each once', () => {
    expect(parseConfig('profile: [audit, billing, audit]').values['profile']).toEqual(['audit', 'billing']);
    expect(problemsOf('profile: [audit, 12]')).toEqual([
      'line 1, column 18: profile: It has to be text: write it in quotes.',
    ]);
    expect(problemsOf('profile: []')).toEqual([
      'line 1, column 10: profile: Name at least one, or leave the key out.',
    ]);
  });

  it.each(['', '\n', '# nothing yet\n', '---\n', '\uFEFF', '{}', 'null'])('may be empty: %j', (source) => {
    expect(parseConfig(source).values).toEqual({});
  });

  it.each([
    [
      'a key nobody knows',
      'regoins: all',
      'line 1, column 1: regoins: There is no such key; did you mean regions?',
    ],
    [
      'keys of JavaScript',
      '__proto__: {period: 90}',
      'line 1, column 1: __proto__: There is no such key; docs/configuration.md lists the keys',
    ],
    [
      'an account as a number',
      'accounts:\n  - 012345678901',
      'line 2, column 5: accounts: Write the account id in quotes, like "012345678901": YAML would drop a leading zero.',
    ],
    [
      'a short account',
      'excludeAccounts: ["12"]',
      'line 1, column 19: excludeAccounts: Write an account id: 12 digits.',
    ],
    [
      'one account without a list',
      'accounts: "012345678901"',
      'line 1, column 11: accounts: Write a list of account ids in quotes, like ["012345678901"].',
    ],
    [
      'a list of nothing',
      'accounts: []',
      'line 1, column 11: accounts: Name at least one, or leave the key out.',
    ],
    [
      'a word for all Regions',
      'regions: every',
      'line 1, column 10: regions: Write a list of Regions, like [eu-central-1], or the word all.',
    ],
    [
      'a bad Region',
      'regions:\n  - eu-west-1\n  - Frankfurt',
      'line 3, column 5: regions: Write one Region at a time, like eu-central-1.',
    ],
    [
      'a number for text',
      'externalId: 123',
      'line 1, column 13: externalId: It has to be text: write it in quotes.',
    ],
    [
      'a number in quotes',
      'period: "365"',
      'line 1, column 9: period: It has to be a number, without quotes.',
    ],
    ['a period that KMS refuses', 'period: 30', 'line 1, column 9: period: KMS takes 90 to 2560 days.'],
    ['a fraction', 'limit: 1.5', 'line 1, column 8: limit: It has to be a whole number.'],
    ['no number', 'pace: .nan', 'line 1, column 7: pace: It has to be a number, without quotes.'],
    ['yes for true', 'organization: yes', 'line 1, column 15: organization: It has to be true or false.'],
    [
      'a duration without a unit',
      'wait: 60',
      'line 1, column 7: wait: Write a duration like 30s, 10m or 2h.',
    ],
    ['waves after the rest', 'waves: rest,5', 'line 1, column 8: waves: Only the last wave can be the rest.'],
    [
      'a key without a value',
      'roleName:',
      'line 1, column 10: roleName: There is no value; write one, or leave the key out.',
    ],
    [
      'an item without a value',
      'regions:\n  - eu-west-1\n  -',
      'line 3, column 4: regions: There is no value; write one, or leave the key out.',
    ],
    [
      'a nested value',
      'profile: {a: 1}',
      'line 1, column 10: profile: Write the name of a profile, or a list of names, like [audit, billing].',
    ],
    [
      'a key twice',
      'store: a\nprofile: b\nstore: c',
      'line 3, column 1: store: It stands on line 1 already.',
    ],
    [
      'an alias',
      'store: &a x\nprofile: *a',
      'line 2, column 10: profile: Write the value itself; aliases (*name) are not taken.',
    ],
    [
      'a merge key',
      '<<: {store: x}',
      'line 1, column 1: <<: There is no such key; docs/configuration.md lists the keys',
    ],
    [
      'a custom tag',
      'store: !secret x',
      'line 1, column 16: store: Write the value alone; tags (!name) are not taken.',
    ],
    [
      'a known tag',
      'accounts: [!!str 012345678901]',
      'line 1, column 18: accounts: Write the value alone; tags (!name) are not taken.',
    ],
    ['a key that is no word', '3: x', 'line 1, column 1: A key has to be a word, like regions.'],
    ['a list instead of keys', '- store', 'line 1, column 1: Write keys with values, like regions: all.'],
  ])('refuses %s', (_, source, problem) => {
    const error = refusal(source);
    expect(error.problems).toEqual([problem]);
    expect([error.code, exitCodeOf(error)]).toEqual(['input-config', 2]);
  });

  it('is told every problem at once, in the order of its lines', () => {
    expect(
      problemsOf(
        'period: 30',
        'regoins: all',
        'accounts: [111122223333, "1", "111122223333"]',
        'wait: long',
        'period: 90',
      ).map((problem) => problem.split(': ', 2).join(' ')),
    ).toEqual([
      'line 1, column 9 period',
      'line 2, column 1 regoins',
      'line 3, column 12 accounts',
      'line 3, column 26 accounts',
      'line 4, column 7 wait',
      'line 5, column 1 period',
    ]);
  });

  it('is told what is no YAML, and what is wrong before it, and nothing that only follows from it', () => {
    expect(problemsOf('period: 30', 'store: "x', 'regoins: all', 'wait: long')).toEqual([
      'line 1, column 9: period: KMS takes 90 to 2560 days.',
      expect.stringMatching(/^line \d, column \d+: This is not YAML: Missing closing "quote/),
    ]);
    expect(problemsOf('regions:', '\t- eu-west-1')).toEqual([
      'line 2, column 1: This is not YAML: Tabs are not allowed as indentation.',
    ]);
  });

  it('is one document', () => {
    expect(problemsOf('store: x', '---', 'store: y')).toEqual([
      expect.stringContaining('multiple documents'),
    ]);
  });

  it.each([
    ['a text that is too large', '#'.repeat(1024 * 1024 + 1), 'It is larger than 1 MiB.'],
    ['a bomb of aliases', `a: &a [x, x]\nb: &b [*a, *a]\nstore: [*b, *b, *b]`, 'aliases'],
    ['nesting without end', `store: ${'['.repeat(5000)}`, 'nested too deeply'],
    [
      'thousands of keys',
      Array.from({ length: 5000 }, (_, index) => `k${index}: 1`).join('\n'),
      'and 4900 more',
    ],
  ])('refuses %s soon', (_, source, said) => {
    const begun = performance.now();
    expect(refusal(source).problems.join('\n')).toContain(said);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('is taken or refused, and never anything else, whatever it is', () => {
    const yaml = fc.array(
      fc.constantFrom(
        'regions',
        'accounts',
        'tags',
        ': ',
        ':',
        '\n',
        '  ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '|',
        '&a ',
        '*a',
        '!!str ',
        '<<',
        '? ',
        '#',
        '%YAML 1.1\n',
        '---\n',
        '\t',
        '012345678901',
        'all',
        'true',
        '~',
        ',',
        '\u0000',
        '\ud800',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          yaml.map((words) => words.join('')),
        ),
        (source) => {
          try {
            expect(parseConfig(source).file).toBe('keyturn.yaml');
          } catch (error) {
            expect(error).toBeInstanceOf(KeyturnError);
            expect((error as KeyturnError).problems.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a suggestion', () => {
  it('is the nearest word, where one is near', () => {
    const known = ['regions', 'excludeRegions', 'roleName', 'tags', 'limit'];
    expect(
      ['region', 'Regions', 'excluderegion', 'rolename', 'tag', 'x', 'zzzz', 'constructor'].map((word) =>
        suggest(word, known),
      ),
    ).toEqual(['regions', 'regions', 'excludeRegions', 'roleName', 'tags', undefined, undefined, undefined]);
  });
});

describe('what docs/ has of the settings', () => {
  it('is what npm run schema writes: the schema for editors', () => {
    expect(readFileSync(docsPath('keyturn.schema.json'), 'utf8')).toBe(jsonSchemaText());
  });

  it.each(PAGES)('is what npm run schema writes: the tables of %s', (page) => {
    const text = readFileSync(docsPath(page), 'utf8');
    expect(text).toContain('<!-- settings: ');
    expect(text).toBe(withTables(text));
  });
});

interface Settings {
  readonly accounts: string;
  readonly regions: string;
  readonly settings: readonly { key: string; value: unknown; source: string; line?: number; flag?: string }[];
}

describe('what holds', () => {
  const home = process.cwd();
  let written = '';

  beforeEach(() => {
    process.chdir(mkdtempSync(join(tmpdir(), 'keyturn-config-')));
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
    const directory = process.cwd();
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });

  async function check(...args: string[]): Promise<Settings> {
    written = '';
    expect(await main(['config', 'check', '--json', ...args]), written).toBe(0);
    return JSON.parse(written);
  }
  const settingOf = ({ settings }: Settings, key: string) => settings.find((setting) => setting.key === key);

  it('is the file over the defaults, and a flag over the file', async () => {
    writeFileSync('keyturn.yaml', 'period: 180\nwait: 5m\nstore: team\n');
    const checked = await check('--wait', '90s', '--store', 'mine');
    expect(settingOf(checked, 'period')).toEqual({ key: 'period', value: 180, source: 'file', line: 1 });
    expect(settingOf(checked, 'wait')).toEqual({
      key: 'wait',
      value: '90s',
      source: 'flag',
      flag: '--wait',
      line: 2,
    });
    expect(settingOf(checked, 'store')).toMatchObject({ value: 'mine', source: 'flag' });
    expect(settingOf(checked, 'settle')).toEqual({ key: 'settle', value: '60s', source: 'default' });
  });

  it.each([
    ['regions: all', ['--region', 'eu-west-1'], 'eu-west-1'],
    ['regions: [eu-west-1]', ['--all-regions'], 'every Region that an account has enabled'],
    ['regions: [eu-west-1, us-east-1]', ['--region', 'eu-north-1'], 'eu-north-1'],
    ['regions: [eu-west-1, us-east-1]', [], 'eu-west-1, us-east-1'],
    [
      'regions: all\nexcludeRegions: [eu-south-1]',
      [],
      'every Region that an account has enabled, without eu-south-1',
    ],
    ['', [], 'the configured Region'],
  ])('of Regions %j with %j', async (source, flags, regions) => {
    writeFileSync('keyturn.yaml', source);
    expect((await check(...flags)).regions).toBe(regions);
  });

  it.each([
    ['organization: true', ['--account', '111122223333'], '111122223333'],
    ['accounts: ["111122223333"]', ['--org'], 'every active account of the organization'],
    ['organizationalUnits: [r-ab12]\norganization: true', ['--account', '111122223333'], '111122223333'],
    ['accounts: ["111122223333"]', ['--ou', 'r-ab12'], 'the active accounts under r-ab12'],
    ['accounts: ["111122223333"]', ['--account', '444455556666'], '444455556666'],
    [
      'organization: true\nexcludeAccounts: ["111122223333"]',
      [],
      'every active account of the organization, without 111122223333',
    ],
    ['organization: false', [], "the caller's own account"],
  ])('of accounts %j with %j', async (source, flags, accounts) => {
    writeFileSync('keyturn.yaml', source);
    expect((await check(...flags)).accounts).toBe(accounts);
  });

  it('says which flag stands in for a line', async () => {
    writeFileSync('keyturn.yaml', '\norganization: true\ntags: false\n');
    const checked = await check('--account', '111122223333', '--tags');
    expect(settingOf(checked, 'organization')).toEqual({
      key: 'organization',
      value: null,
      source: 'flag',
      flag: '--account',
      line: 2,
    });
    expect(settingOf(checked, 'tags')).toMatchObject({ value: true, flag: '--tags', line: 3 });
    expect(await main(['config', 'check', '--account', '111122223333'])).toBe(0);
    expect(written).toMatch(/organization +--account, instead of keyturn.yaml, line 2/);
  });

  it('is read from the file that is named, which has to be there', async () => {
    writeFileSync('keyturn.yaml', 'nonsense');
    writeFileSync('team.yaml', 'roleName: reader\nwaves: 5,rest\n');
    const checked = await check('--config', 'team.yaml');
    expect(checked).toMatchObject({
      file: 'team.yaml',
      roles: { assess: 'reader', configure: 'keyturn-configure' },
    });
    expect(settingOf(checked, 'waves')).toMatchObject({ value: '5,rest', line: 2 });
    expect(await main(['config', 'check', '--config', 'other.yaml'])).toBe(2);
    expect(written).toContain('Could not read other.yaml: it does not exist.');
  });

  it('is refused with every problem, by every command that would use it', async () => {
    writeFileSync('keyturn.yaml', 'regoins: all\nperiod: 1\n');
    for (const command of [['config', 'check'], ['assess'], ['status'], ['report', '--out', 'x']]) {
      written = '';
      expect(await main([...command, '--json'])).toBe(2);
      const { error } = JSON.parse(written);
      expect([error.code, error.problems.length]).toEqual(['input-config', 2]);
    }
    expect(await main(['--version'])).toBe(0);
    expect(await main(['assess', '--help'])).toBe(0);
  });

  it('is refused where every place that is named is left out', async () => {
    writeFileSync('keyturn.yaml', 'regions: [eu-west-1]\naccounts: ["111122223333"]\n');
    const excluding = ['--exclude-region', 'eu-west-1', '--exclude-account', '111122223333'];
    expect(await main(['config', 'check', ...excluding])).toBe(2);
    expect(written).toMatch(/each region .*\n.*each account/i);
  });

  it('needs no file', async () => {
    expect(await main(['config', 'check'])).toBe(0);
    expect(written).toContain('There is no keyturn.yaml here');
  });
});
