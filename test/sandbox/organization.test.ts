import { ListRegionsCommand } from '@aws-sdk/client-account';
import { EnableKeyRotationCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { REGION, sandboxWith } from './clients.ts';
import {
  accountWith,
  assume,
  ec2,
  MANAGEMENT,
  MEMBER,
  OTHER,
  organizations,
  pagesOf,
  ROLE,
  userOf,
} from './organization-clients.ts';

const generate = { accounts: 45, keysPerPlace: 3, regions: [REGION], roles: [{ name: ROLE }] };
const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body['__type'],
];

describe('ListAccounts', () => {
  it('gives 20 at most, the management account among them, each once', async () => {
    const { sandbox } = await sandboxWith({ organization: { generate } });
    const pages = await pagesOf(sandbox.url, 'ListAccounts', 'Accounts');
    expect(pages.map((page) => page.length)).toEqual([20, 20, 6]);
    const ids = pages.flat().map((account) => account.Id);
    expect(new Set(ids).size).toBe(46);
    expect(ids).toContain(MANAGEMENT);
    expect(ids.some((id) => id.startsWith('0'))).toBe(true);
  });

  it('may give empty pages while more follow', async () => {
    const { sandbox } = await sandboxWith({ organization: { generate }, pages: { short: true } });
    const pages = await pagesOf(sandbox.url, 'ListAccounts', 'Accounts', { MaxResults: 2 });
    expect(pages.some((page) => page.length === 0)).toBe(true);
    expect(pages.flat()).toHaveLength(46);
  });

  it.each([
    [undefined, { State: 'CLOSED' }],
    ['both' as const, { State: 'CLOSED', Status: 'SUSPENDED' }],
    ['Status' as const, { Status: 'SUSPENDED' }],
  ])('tells the state of an account in the fields that are asked for: %s', async (accountFields, fields) => {
    const { sandbox } = await sandboxWith({
      organization: {
        accountFields,
        accounts: [{ id: MEMBER, name: 'old', email: 'o@example.com', state: 'CLOSED' }],
      },
    });
    const [, account] = (await pagesOf(sandbox.url, 'ListAccounts', 'Accounts')).flat();
    expect(account).toEqual({
      Id: MEMBER,
      Name: 'old',
      Email: 'o@example.com',
      Arn: expect.stringMatching(`^arn:aws:organizations::${MANAGEMENT}:account/o-[a-z0-9]{10}/${MEMBER}$`),
      JoinedMethod: 'CREATED',
      JoinedTimestamp: expect.any(Number),
      ...fields,
    });
  });

  it('is for the management account and its delegates', async () => {
    const { sandbox } = await sandboxWith({
      organization: { delegatedAdministrators: [OTHER], accounts: [{ id: MEMBER }, { id: OTHER }] },
    });
    const list = (account: string) => organizations(sandbox.url, 'ListAccounts', {}, userOf(account));
    expect(codeOf(await list(MEMBER))).toEqual([400, 'AccessDeniedException']);
    expect((await list(OTHER)).status).toBe(200);
    const described = await organizations(sandbox.url, 'DescribeOrganization', {}, userOf(MEMBER));
    expect(described.body['Organization']).toMatchObject({ MasterAccountId: MANAGEMENT, FeatureSet: 'ALL' });
  });

  it.each([
    [{ MaxResults: 21 }, 'MAX_VALUE_EXCEEDED'],
    [{ MaxResults: 0 }, 'MIN_VALUE_EXCEEDED'],
    [{ NextToken: 'x' }, 'INVALID_NEXT_TOKEN'],
  ])('refuses %j', async (input, Reason) => {
    const { sandbox } = await sandboxWith({ organization: {} });
    expect(await organizations(sandbox.url, 'ListAccounts', input)).toMatchObject({
      status: 400,
      body: { __type: 'InvalidInputException', Reason },
    });
  });

  it('is published to have a small quota', async () => {
    const { sandbox } = await sandboxWith({ organization: {}, quotas: 'published' });
    const calls = Array.from({ length: 20 }, () => organizations(sandbox.url, 'ListAccounts'));
    const codes = (await Promise.all(calls)).map(({ body }) => body['__type']);
    expect(codes).toContain('TooManyRequestsException');
    expect(codes.filter((code) => code === undefined).length).toBeGreaterThanOrEqual(12);
  });

  it('needs an organization', async () => {
    const { sandbox } = await sandboxWith();
    for (const operation of ['ListAccounts', 'DescribeOrganization', 'ListRoots']) {
      expect(codeOf(await organizations(sandbox.url, operation))).toEqual([
        400,
        'AWSOrganizationsNotInUseException',
      ]);
    }
  });
});

describe('the tree of an organization', () => {
  it('has the units that the accounts name, and lists only what is right below', async () => {
    const { sandbox } = await sandboxWith({
      organization: {
        accounts: [
          { id: MEMBER, ou: 'Workloads/Production' },
          { id: OTHER, ou: 'Workloads' },
        ],
      },
    });
    const below = async (operation: string, field: string, ParentId: string | undefined) =>
      (await pagesOf(sandbox.url, operation, field, { ParentId })).flat();
    const [root] = (await pagesOf(sandbox.url, 'ListRoots', 'Roots')).flat();
    const unitsBelow = (id?: string) => below('ListOrganizationalUnitsForParent', 'OrganizationalUnits', id);
    const idsBelow = async (id?: string) =>
      (await below('ListAccountsForParent', 'Accounts', id)).map((account) => account.Id);
    const [workloads] = await unitsBelow(root?.Id);
    const [production] = await unitsBelow(workloads?.Id);
    expect(workloads?.Id).toMatch(new RegExp(`^ou-${root?.Id.slice(2)}-[0-9a-f]{8}$`));
    expect([workloads?.Name, production?.Name]).toEqual(['Workloads', 'Production']);
    expect(await idsBelow(root?.Id)).toEqual([MANAGEMENT]);
    expect(await idsBelow(workloads?.Id)).toEqual([OTHER]);
    expect(await idsBelow(production?.Id)).toEqual([MEMBER]);
    const missing = await organizations(sandbox.url, 'ListAccountsForParent', { ParentId: 'r-none' });
    expect(codeOf(missing)).toEqual([400, 'ParentNotFoundException']);
    const wrong = await organizations(sandbox.url, 'ListAccountsForParent', { ParentId: 'Workloads' });
    expect(codeOf(wrong)).toEqual([400, 'InvalidInputException']);
  });
});

describe('the Regions of an account', () => {
  const settings: SandboxSettings = {
    organization: {
      delegatedAdministrators: [OTHER],
      accounts: [{ id: MEMBER, regions: { 'af-south-1': 'ENABLED' } }, { id: OTHER }],
    },
  };

  it('ListRegions answers the management account and its delegates about others', async () => {
    const { account } = await sandboxWith(settings);
    const enabled = async (AccountId?: string, as = MANAGEMENT) =>
      (
        await account(userOf(as)).send(
          new ListRegionsCommand({ AccountId, RegionOptStatusContains: ['ENABLED'], MaxResults: 50 }),
        )
      ).Regions?.map((region) => region.RegionName);
    expect(await enabled(MEMBER)).toContain('af-south-1');
    expect(await enabled(MEMBER, OTHER)).toContain('af-south-1');
    expect(await enabled()).not.toContain('af-south-1');
    const denied = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } };
    await expect(enabled(MANAGEMENT)).rejects.toMatchObject(denied);
    await expect(enabled(OTHER, MEMBER)).rejects.toMatchObject(denied);
    await expect(enabled('999999999999')).rejects.toMatchObject(denied);
  });

  it('DescribeRegions gives the enabled ones, or all with their opt-in status', async () => {
    const { sandbox } = await sandboxWith(settings);
    const count = (text: string, what: string) => text.split(what).length - 1;
    const enabled = await ec2(sandbox.url, {}, { keys: userOf(MEMBER) });
    expect(enabled.status).toBe(200);
    expect(count(enabled.text, '<item>')).toBe(20);
    expect(enabled.text).toContain(
      '<item><regionName>af-south-1</regionName><regionEndpoint>ec2.af-south-1.amazonaws.com</regionEndpoint><optInStatus>opted-in</optInStatus></item>',
    );
    const all = await ec2(sandbox.url, { AllRegions: 'true' });
    expect(count(all.text, '<item>')).toBe(34);
    expect(count(all.text, 'not-opted-in')).toBe(15);
    const named = await ec2(sandbox.url, { 'RegionName.1': 'eu-west-1', 'RegionName.2': 'us-east-1' });
    expect(count(named.text, '<item>')).toBe(2);
    const filter = { 'Filter.1.Name': 'opt-in-status', 'Filter.1.Value.1': 'opted-in' };
    expect(count((await ec2(sandbox.url, filter)).text, '<item>')).toBe(2);
  });

  it('DescribeRegions is refused in EC2’s words', async () => {
    const { sandbox } = await sandboxWith({ deny: [{ operation: 'DescribeRegions' }] });
    expect(await ec2(sandbox.url, {})).toMatchObject({
      status: 403,
      text: expect.stringContaining('<Response><Errors><Error><Code>UnauthorizedOperation</Code>'),
    });
    expect(await ec2(sandbox.url, {}, { region: 'af-south-1' })).toMatchObject({
      status: 401,
      text: expect.stringContaining('<Code>AuthFailure</Code>'),
    });
  });
});

describe('a generated organization', () => {
  it('follows from the seed, and makes a place when it is asked for', async () => {
    const listed = async (seed: string) => {
      const clients = await sandboxWith({ organization: { generate: { ...generate, seed } } });
      const { sandbox, kms } = clients;
      expect(sandbox.keys()).toEqual([]);
      const member = accountWith(sandbox, ({ id }) => id.startsWith('0'));
      await kms(REGION, await assume(clients, member)).send(new ListKeysCommand({}));
      const keys = sandbox.keys();
      expect(keys.map((key) => key.account)).toEqual([member, member, member]);
      expect(sandbox.keys({ account: member, region: REGION })).toEqual(keys);
      expect(sandbox.keys({ account: member, region: 'us-east-1' })).toEqual([]);
      return keys;
    };
    expect(await listed('one')).toEqual(await listed('one'));
    expect((await listed('two'))[0]?.arn).not.toBe((await listed('one'))[0]?.arn);
  });

  it('has as many suspended accounts, and accounts without a role, as asked for', async () => {
    const { sandbox } = await sandboxWith({
      organization: { generate: { ...generate, suspended: 4, withoutRole: 5 } },
    });
    const members = sandbox.accounts().filter(({ id }) => id !== MANAGEMENT);
    expect(members.filter(({ state }) => state === 'SUSPENDED')).toHaveLength(4);
    expect(members.filter(({ roles }) => roles.length === 0)).toHaveLength(5);
    const asked = await fetch(`${sandbox.url}/_sandbox/accounts`);
    expect(await asked.json()).toEqual(sandbox.accounts());
  });

  it('answers over HTTP for one place', async () => {
    const { sandbox } = await sandboxWith({ organization: { generate } });
    const member = accountWith(sandbox, () => true);
    const get = async (what: string) => (await fetch(`${sandbox.url}/_sandbox/${what}`)).json();
    expect(await get(`keys?account=${member}&region=${REGION}`)).toHaveLength(3);
    expect(await get('keys?account=999999999999')).toEqual([]);
    await organizations(sandbox.url, 'ListRoots');
    expect(await get(`peaks?account=${MANAGEMENT}`)).toEqual([
      {
        account: MANAGEMENT,
        region: 'us-east-1',
        operation: 'ListRoots',
        calls: 1,
        throttled: 0,
        peakPerSecond: 1,
      },
    ]);
  });

  it('of 1,000 accounts in 17 Regions starts at once, and forgets only what it can make again', async () => {
    const started = performance.now();
    const regions = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2'];
    const clients = await sandboxWith({
      organization: {
        generate: { ...generate, accounts: 1000, keysPerPlace: 30, regions, mix: { candidate: 1 } },
      },
    });
    expect(performance.now() - started).toBeLessThan(500);
    const { sandbox } = clients;
    const members = sandbox.accounts().slice(1);
    const [first] = members;
    const place = { account: first?.id, region: REGION };
    const [key, untouched] = sandbox.keys(place);
    const keys = await assume(clients, first?.id);
    await clients.kms(REGION, keys).send(new EnableKeyRotationCommand({ KeyId: key?.keyId }));
    for (const { id } of members.slice(0, 600))
      for (const region of regions) sandbox.keys({ account: id, region });
    expect(sandbox.keys(place)[0]).toMatchObject({ keyId: key?.keyId, rotation: { enabled: true } });
    expect(sandbox.keys(place)[1]).toEqual(untouched);
  });
});

describe('the settings of an organization', () => {
  it('are refused with every problem', async () => {
    const organization = {
      delegatedAdministrators: ['999999999999', MANAGEMENT],
      accounts: [
        { id: MEMBER, ou: 'ou-ab12-11111111' },
        { id: MEMBER, ou: 'ou-cd34-11111111' },
        { id: MANAGEMENT, state: 'SUSPENDED' as const, deniedRegions: [REGION] },
      ],
    };
    await expect(
      startSandbox({ organization, keys: [{ account: '999999999999', region: REGION }] }),
    ).rejects.toMatchObject({
      problems: [
        'keys[0].account: is not one of the accounts',
        'organization.delegatedAdministrators[0]: is not one of the accounts',
        'organization.delegatedAdministrators[1]: the management account needs no delegation',
        'organization.accounts[1].id: is given twice',
        'organization.accounts[1].ou: belongs to another root than the units before it',
        'organization.accounts[2].deniedRegions: no SCP binds the management account',
        'organization.accounts[2].state: the management account is always ACTIVE',
      ],
    });
  });

  it('that are wrong leave a running sandbox as it was', async () => {
    const { sandbox } = await sandboxWith({ organization: { accounts: [{ id: MEMBER }] } });
    const wrong = { organization: { accounts: [{ id: MEMBER }, { id: MEMBER }] }, log: false };
    expect(() => sandbox.configure(wrong)).toThrow('is given twice');
    await organizations(sandbox.url, 'ListRoots');
    expect(sandbox.log).toHaveLength(1);
  });
});
