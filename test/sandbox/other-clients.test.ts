import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { type Clients, REGION, sandboxWith, sandboxWithKey } from './clients.ts';
import { MANAGEMENT, MEMBER, ROLE, roleArn } from './organization-clients.ts';

const run = promisify(execFile);

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const aws = has('aws', '--version');
const boto3 = has('python3', '-c', 'import boto3');
const skipped = (present: boolean, what: string) => (present ? '' : ` (skipped: ${what} is not installed)`);

const environment = ({ sandbox }: Clients) => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  ...sandbox.env,
});

const ORGANIZATION: SandboxSettings = {
  organization: {
    accounts: [{ id: MEMBER, ou: 'Workloads', roles: [{ name: ROLE, externalId: 'orange' }] }],
  },
  keys: [{ account: MEMBER, region: REGION }],
};

describe.skipIf(!aws)(`the AWS CLI${skipped(aws, 'aws')}`, () => {
  it('finds a key, enables its rotation and reads it back', { timeout: 30_000 }, async () => {
    const clients = await sandboxWithKey({ aliases: ['alias/orders'] });
    const cli = async (...args: string[]) =>
      (await run('aws', [...args, '--output', 'json'], { env: environment(clients) })).stdout;
    const identity = JSON.parse(await cli('sts', 'get-caller-identity'));
    expect(identity.Account).toBe('111122223333');
    const regions = JSON.parse(await cli('account', 'list-regions'));
    expect(regions.Regions).toHaveLength(34);
    const described = JSON.parse(await cli('kms', 'describe-key', '--key-id', 'alias/orders'));
    expect(described.KeyMetadata.KeyId).toBe(clients.keyId);
    await cli('kms', 'enable-key-rotation', '--key-id', clients.keyId, '--rotation-period-in-days', '180');
    const status = JSON.parse(await cli('kms', 'get-key-rotation-status', '--key-id', clients.keyId));
    expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 180 });
  });

  it('lists accounts, takes on a role and describes the Regions', { timeout: 30_000 }, async () => {
    const clients = await sandboxWith(ORGANIZATION);
    const cli = async (...args: string[]) =>
      JSON.parse((await run('aws', [...args, '--output', 'json'], { env: environment(clients) })).stdout);
    const { Accounts } = await cli('organizations', 'list-accounts');
    expect(Accounts.map((account: { Id: string }) => account.Id)).toEqual([MANAGEMENT, MEMBER]);
    const assumed = await cli(
      ...['sts', 'assume-role', '--role-arn', roleArn(MEMBER), '--role-session-name', 'cli'],
      ...['--external-id', 'orange'],
    );
    expect(assumed.AssumedRoleUser.Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/${ROLE}/cli`);
    expect((await cli('ec2', 'describe-regions', '--all-regions')).Regions).toHaveLength(34);
  });
});

const JOURNEY = `
import boto3, json
from botocore.exceptions import ClientError
kms = boto3.client('kms')
keys = [k for page in kms.get_paginator('list_keys').paginate() for k in page['Keys']]
key = keys[0]['KeyId']
kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
status = kms.get_key_rotation_status(KeyId=key)
try:
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=2561)
except ClientError as e:
    code = e.response['Error']['Code']
regions = boto3.client('account').list_regions()['Regions']
print(json.dumps({'account': boto3.client('sts').get_caller_identity()['Account'],
  'keys': len(keys), 'enabled': status['KeyRotationEnabled'], 'next': status['NextRotationDate'].isoformat(),
  'code': code, 'regions': len(regions), 'requestId': status['ResponseMetadata']['RequestId']}))
`;

const ACROSS_ACCOUNTS = `
import boto3, json
from botocore.exceptions import ClientError
org = boto3.client('organizations')
root = org.list_roots()['Roots'][0]['Id']
units = org.list_organizational_units_for_parent(ParentId=root)['OrganizationalUnits']
member = org.list_accounts_for_parent(ParentId=units[0]['Id'])['Accounts'][0]
sts, code = boto3.client('sts'), None
role = f"arn:aws:iam::{member['Id']}:role/${ROLE}"
try:
    sts.assume_role(RoleArn=role, RoleSessionName='py')
except ClientError as e:
    code = e.response['Error']['Code']
c = sts.assume_role(RoleArn=role, RoleSessionName='py', ExternalId='orange')['Credentials']
session = boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'])
keys = [k for page in session.client('kms').get_paginator('list_keys').paginate() for k in page['Keys']]
regions = session.client('ec2').describe_regions(Filters=[{'Name': 'opt-in-status', 'Values': ['opted-in']}])
print(json.dumps({'code': code, 'state': member['State'], 'arn': session.client('sts').get_caller_identity()['Arn'],
  'keys': [k['KeyArn'] for k in keys], 'regions': [r['RegionName'] for r in regions['Regions']],
  'master': org.describe_organization()['Organization']['MasterAccountId']}))
`;

describe.skipIf(!boto3)(`boto3${skipped(boto3, 'python3 with boto3')}`, () => {
  it('lists, enables, reads back and is refused a wrong period', { timeout: 30_000 }, async () => {
    const clients = await sandboxWithKey({ region: REGION });
    const { stdout } = await run('python3', ['-c', JOURNEY], { env: environment(clients) });
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({
      account: '111122223333',
      keys: 1,
      enabled: true,
      code: 'ValidationException',
    });
    expect(clients.sandbox.log.map((call) => call.requestId)).toContain(seen.requestId);
  });

  it('works its way from the organization to the keys of a member', { timeout: 30_000 }, async () => {
    const clients = await sandboxWith(ORGANIZATION);
    const { stdout } = await run('python3', ['-c', ACROSS_ACCOUNTS], { env: environment(clients) });
    expect(JSON.parse(stdout)).toEqual({
      code: 'AccessDenied',
      state: 'ACTIVE',
      arn: `arn:aws:sts::${MEMBER}:assumed-role/${ROLE}/py`,
      keys: clients.sandbox.keys().map((key) => key.arn),
      regions: ['eu-central-2', 'eu-south-1'],
      master: MANAGEMENT,
    });
  });
});
