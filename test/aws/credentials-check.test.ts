import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { homeRegion } from '../../src/aws/region-settings.ts';
import { systemClock } from '../../src/cli/session/clock.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const GONE = { kind: 'error', status: 400 } as const;

async function connect(settings: SandboxSettings, region = 'eu-central-1') {
  const sandbox = await startSandbox(settings);
  onTestFinished(() => sandbox.close());
  for (const [name, value] of Object.entries({ ...sandbox.env, AWS_REGION: region })) vi.stubEnv(name, value);
  const aws = connectAws({ readFile, version: 'test', clock: systemClock });
  const asked = () => sandbox.log.filter(({ operation }) => operation === 'GetCallerIdentity').length;
  return { sandbox, asked, place: (name: string) => aws.place({ account: '111122223333', region: name }) };
}

describe('credentials that a Region does not accept', () => {
  it('are good if STS takes them elsewhere: the Region is not available; asked once for many calls', async () => {
    const { place, asked } = await connect({});
    const kms = place('af-south-1');
    const arn = 'arn:aws:kms:af-south-1:111122223333:key/11111111-1111-4111-8111-111111111111';
    const answers = await Promise.all([
      kms.listKeys(),
      kms.describeKey(arn),
      kms.enableKeyRotation(arn, 365),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        certain: true,
        failure: { kind: 'region-unavailable', code: 'UnrecognizedClientException' },
      });
    }
    expect(asked()).toBe(1);
  });

  it('are good also if STS is asked in that very Region by default', async () => {
    const { place } = await connect({}, 'af-south-1');
    expect(await place('af-south-1').listKeys()).toMatchObject({ failure: { kind: 'region-unavailable' } });
  });

  it('are gone if STS does not take them either', async () => {
    const { place } = await connect({
      faults: [
        { ...GONE, operation: 'ListKeys', code: 'UnrecognizedClientException' },
        { ...GONE, operation: 'GetCallerIdentity', code: 'InvalidClientTokenId' },
      ],
    });
    expect(await place('eu-central-1').listKeys()).toMatchObject({ failure: { kind: 'credentials' } });
  });

  it('are not called gone if STS does not answer', async () => {
    const { place } = await connect({
      faults: [
        { ...GONE, operation: 'ListKeys', code: 'UnrecognizedClientException' },
        { kind: 'status', status: 503, operation: 'GetCallerIdentity' },
      ],
    });
    expect(await place('eu-central-1').listKeys()).toMatchObject({ failure: { kind: 'region-unavailable' } });
  });

  it('are gone without a question once they have expired', async () => {
    const { place, asked } = await connect({
      faults: [{ ...GONE, operation: 'ListKeys', code: 'ExpiredTokenException' }],
    });
    expect(await place('eu-central-1').listKeys()).toMatchObject({ failure: { kind: 'credentials' } });
    expect(asked()).toBe(0);
  });
});

it('a key whose role cannot be assumed has the failure of AssumeRole, and nothing was sent', async () => {
  const sandbox = await startSandbox({ organization: { accounts: [{ id: '000000000001', roles: [] }] } });
  onTestFinished(() => sandbox.close());
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const role = { name: 'keyturn-configure', sessionName: 'test' };
  const aws = connectAws({ readFile, version: 'test', clock: systemClock, role });
  const kms = aws.place({ account: '000000000001', region: 'eu-central-1' });
  const arn = 'arn:aws:kms:eu-central-1:000000000001:key/11111111-1111-4111-8111-111111111111';
  for (const answer of [await kms.describeKey(arn), await kms.enableKeyRotation(arn, 365)]) {
    const failure = { operation: 'AssumeRole', kind: 'access-denied' };
    expect(answer).toMatchObject({ ok: false, certain: true, failure });
  }
  expect(sandbox.log.filter(({ service }) => service === 'kms')).toEqual([]);
});

it.each([
  ['af-south-1', 'us-east-1'],
  ['us-gov-east-1', 'us-gov-west-1'],
  ['cn-north-1', 'cn-northwest-1'],
  ['us-iso-west-1', 'us-iso-east-1'],
])('the Region of the partition of %s that is always enabled is %s', (region, home) => {
  expect(homeRegion(region)).toBe(home);
});
