import { expect, it } from 'vitest';
import { fixLines } from '../../src/cli/show/fixes.ts';
import { ACCOUNT, failureOf } from '../support/facts.ts';

const key = (region: string, error?: ReturnType<typeof failureOf>) => ({ account: ACCOUNT, region, error });
const denied = (message: string) => ({ ...failureOf('access-denied', 'EnableKeyRotation'), message });

async function* keys() {
  const rcp = denied('… with an explicit deny in a resource control policy');
  for (let n = 0; n < 3; n++) yield key('eu-central-1', rcp);
  yield key(
    'us-east-1',
    denied('… because no resource-based policy allows the kms:EnableKeyRotation action'),
  );
  yield key('af-south-1', failureOf('region-unavailable'));
  yield key('us-east-1', failureOf('server'));
  yield key('us-east-1');
}

it('says once what fixes the same failure of many keys, most keys first, and nothing of what may pass', async () => {
  expect(await fixLines(keys())).toEqual([
    '→ Have the resource control policy exempt this principal. No IAM or key policy can allow what it denies. (3 keys)\n',
    '→ Allow kms:EnableKeyRotation in the key policy, or let the key policy delegate to the account. (1 key)\n',
    expect.stringContaining('→ Enable the Region af-south-1 for account'),
  ]);
});
