import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { systemClock } from '../../src/cli/session/clock.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const [WORK, PROD, TRIAL, MANAGEMENT] = [
  '000000000001',
  '000000000002',
  '000000000003',
  '111122223333',
] as const;

async function connect(settings: SandboxSettings = {}) {
  const sandbox = await startSandbox({
    organization: {
      accounts: [
        { id: WORK, ou: 'Workloads' },
        { id: PROD, ou: 'Workloads/Production' },
        { id: TRIAL, ou: 'Trials' },
      ],
    },
    pages: { short: true },
    ...settings,
  });
  onTestFinished(() => sandbox.close());
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const client = new OrganizationsClient({});
  const { Roots } = await client.send(new ListRootsCommand({}));
  const unit = async (name: string, ParentId = Roots?.[0]?.Id): Promise<string> => {
    const { OrganizationalUnits } = await client.send(
      new ListOrganizationalUnitsForParentCommand({ ParentId }),
    );
    return OrganizationalUnits?.find(({ Name }) => Name === name)?.Id ?? '';
  };
  const aws = connectAws({ version: 'test', clock: systemClock });
  const listed = async (units: string[], excluded: string[]) => {
    const answer = await aws.listAccounts(units, excluded);
    return answer.ok ? answer.value.map(({ id }) => id) : answer.failure;
  };
  return { sandbox, unit, listed };
}

describe('the accounts of an organization', () => {
  it('are all but those under an excluded unit, nested ones included', async () => {
    const { unit, listed } = await connect();
    expect(await listed([], [])).toEqual([WORK, PROD, TRIAL, MANAGEMENT]);
    expect(await listed([], [await unit('Workloads')])).toEqual([TRIAL, MANAGEMENT]);
  });

  it('under a unit are without those of a unit below it', async () => {
    const { unit, listed } = await connect();
    const workloads = await unit('Workloads');
    const production = await unit('Production', workloads);
    expect(await listed([workloads], [])).toEqual([WORK, PROD]);
    expect(await listed([workloads], [production])).toEqual([WORK]);
    expect(await listed([], [workloads, production])).toEqual([TRIAL, MANAGEMENT]);
  });

  it('are not listed if an excluded unit does not exist: nothing is left in that a person excluded', async () => {
    const { listed } = await connect();
    expect(await listed([], ['ou-ab12-99999999'])).toMatchObject({ code: 'ParentNotFoundException' });
  });
});

describe('a caller who may not list the accounts', () => {
  const roles = [{ name: 'lister', trusts: [WORK] }];
  const organization = {
    accounts: [
      { id: WORK, roles },
      { id: MANAGEMENT, roles },
    ],
  };

  async function listWith(lister?: { roleArn?: string; profile?: string }) {
    const { sandbox } = await connect({ organization });
    vi.stubEnv('AWS_ACCESS_KEY_ID', `AKIA${WORK}TEST`);
    const aws = connectAws({ version: 'test', clock: systemClock, ...(lister && { lister }) });
    const answer = await aws.listAccounts([]);
    const callers = sandbox.log.flatMap(({ operation, callerArn }) =>
      operation === 'ListAccounts' ? [callerArn] : [],
    );
    return { answer, caller: callers[0], own: (await aws.identify()).account };
  }

  it('is refused without another role or profile', async () => {
    expect((await listWith()).answer).toMatchObject({ failure: { kind: 'access-denied' } });
  });

  it('assumes a role for the listing alone', async () => {
    const { answer, caller, own } = await listWith({ roleArn: `arn:aws:iam::${MANAGEMENT}:role/lister` });
    expect(answer).toMatchObject({ ok: true, value: [{ id: WORK }, { id: MANAGEMENT }] });
    expect(caller).toContain(`${MANAGEMENT}:assumed-role/lister/keyturn`);
    expect(own).toBe(WORK);
  });

  it('is told if that role cannot be assumed', async () => {
    const { answer } = await listWith({ roleArn: `arn:aws:iam::${MANAGEMENT}:role/other` });
    expect(answer).toMatchObject({ failure: { operation: 'AssumeRole', kind: 'access-denied' } });
  });

  it('uses a profile for the listing alone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'credentials');
    writeFileSync(file, `[lister]\naws_access_key_id = AKIA${MANAGEMENT}TEST\naws_secret_access_key = s\n`);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    const { answer, caller, own } = await listWith({ profile: 'lister' });
    expect(answer).toMatchObject({ ok: true });
    expect(caller).toContain(`${MANAGEMENT}:user/`);
    expect(own).toBe(WORK);
  });
});
