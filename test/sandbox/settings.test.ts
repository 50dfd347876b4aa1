import { describe, expect, it } from 'vitest';
import { parseSettings, SettingsError } from '../../sandbox/index.ts';

const problemsOf = (given: unknown): readonly string[] => {
  try {
    parseSettings(given);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};
const key = (fields: object) => ({ keys: [{ region: 'eu-central-1', ...fields }] });

describe('parseSettings', () => {
  it('accepts an empty object and settings of every kind', () => {
    expect(problemsOf({})).toEqual([]);
    expect(
      problemsOf({
        account: '123456789012',
        regions: { 'eu-central-1': 'ENABLED_BY_DEFAULT' },
        world: { generate: { keys: 5, regions: ['eu-central-1'], mix: { candidate: 1 } } },
        ...key({ keySpec: 'HMAC_256', tags: { a: 'b' }, createdAt: '2024-01-01' }),
        latency: 5,
        quotas: { EnableKeyRotation: 2 },
        faults: [{ kind: 'reset', when: 'after', operation: 'EnableKeyRotation', times: 1 }],
        log: 500,
        organization: {
          delegatedAdministrators: ['444455556666'],
          accounts: [
            { id: '444455556666', ou: 'ou-ab12-1a2b3c4d', roles: [{ name: 'path/to/Keyturn', trusts: [] }] },
          ],
          generate: { accounts: 2, keysPerPlace: 1, regions: ['eu-central-1'], suspended: 1, withoutRole: 1 },
        },
        sts: { sessionSeconds: 5 },
      }),
    ).toEqual([]);
  });

  it('tells all problems at once, each with its place', () => {
    const problems = problemsOf({ account: '1', colour: 'red', faults: [{ kind: 'reset', often: true }] });
    expect(problems).toEqual([
      'account: must be 12 digits',
      'faults[0]: Unrecognized key: "often"',
      'settings: Unrecognized key: "colour"',
    ]);
  });

  it.each([
    [5, 'settings: '],
    [{ latency: 'slow' }, 'latency: '],
    [{ latency: { ms: 1, jitter: 1 } }, 'latency: Unrecognized key: "jitter"'],
    [{ quotas: 'some' }, 'quotas: '],
    [{ quotas: { EnableRotation: 3 } }, 'quotas: '],
    [{ world: 'mars' }, 'world: '],
    [{ pages: { caps: { ListKeys: 0 } } }, 'pages.caps.ListKeys: '],
    [{ regions: { 'eu-central-1': 'ON' } }, 'regions.eu-central-1: '],
    [{ faults: [{ kind: 'explode' }] }, 'faults[0].kind: kind must be one of'],
    [{ faults: [{ kind: 'answer', when: 'before' }] }, 'faults[0].when: '],
    [{ faults: [{ kind: 'throttle', operation: 'EnableRotation' }] }, 'faults[0].operation: '],
    [{ deny: [{ operation: 5 }] }, 'deny[0].operation: '],
    [{ log: 0 }, 'log: '],
    [{ organization: { accounts: [{ id: '1' }] } }, 'organization.accounts[0].id: must be 12 digits'],
    [{ organization: { accounts: [{ id: '444455556666', ou: '/a' }] } }, 'organization.accounts[0].ou: '],
    [
      {
        organization: {
          generate: { accounts: 1, keysPerPlace: 1, regions: ['eu-west-1'], suspended: 1, withoutRole: 1 },
        },
      },
      'organization.generate.accounts: suspended and withoutRole are more than the accounts',
    ],
    [{ sts: { sessionSeconds: 0 } }, 'sts.sessionSeconds: '],
    [{ regions: { 'eu-west-1': 'ENABLED' }, ...key({}) }, 'keys[0].region: is not one of the regions given'],
    [key({ aliases: ['orders'] }), 'keys[0].aliases[0]: '],
    [key({ createdAt: 'yesterday' }), 'keys[0].createdAt: '],
    [key({ rotation: { periodInDays: 30 } }), 'keys[0].rotation.periodInDays: '],
  ])('refuses %j', (given, problem) => {
    expect(problemsOf(given).map((text) => text.slice(0, problem.length))).toEqual([problem]);
  });

  it.each([
    [{ origin: 'AWS_CLOUDHSM', multiRegion: true }, 'origin'],
    [{ origin: 'EXTERNAL_KEY_STORE', keySpec: 'RSA_2048' }, 'origin'],
    [{ keyState: 'PendingImport' }, 'keyState'],
    [{ keyState: 'Unavailable' }, 'keyState'],
    [{ keyState: 'Creating' }, 'keyState'],
    [{ keySpec: 'HMAC_256', keyUsage: 'SIGN_VERIFY' }, 'keyUsage'],
    [{ keySpec: 'RSA_2048', rotation: true }, 'rotation'],
    [{ origin: 'EXTERNAL', rotation: true }, 'rotation'],
    [{ keyManager: 'AWS', rotation: true }, 'keyManager'],
    [{ validTo: '2030-01-01' }, 'validTo'],
  ])('refuses the key %j, which cannot exist in AWS', (fields, field) => {
    expect(problemsOf(key(fields))).toEqual([expect.stringContaining(`keys[0].${field}: `)]);
  });
});
