import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Clients, REGION, sandboxWithKey } from './clients.ts';

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
});
