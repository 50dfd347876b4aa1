import { expect, it } from 'vitest';
import { startJourney } from '../support/journey.ts';

const RAW = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--\n]/v;
const NAME = 'x\nFORGED \u001b]52;c;cm0=\u0007\u202e';

it('a hostile name of a file, an option or the environment acts on no terminal', async () => {
  const journey = await startJourney({ keys: [{ region: 'eu-central-1', description: 'key' }] });
  await journey.run('assess');
  for (const args of [
    ['report', '--out', NAME],
    ['plan', 'export', `${NAME}.plan`],
    ['signing-key', 'create', `${NAME}.key`],
    ['approve', '--from', `${NAME}.csv`],
    ['approve', '--plan', `${NAME}.json`, '--out', NAME],
    ['approve', '--key', NAME],
    ['verify', NAME],
    ['status', '--rollout', NAME],
    ['status', '--config', NAME],
    ['status', '--store', NAME],
    [NAME],
  ]) {
    const env = { KEYTURN_CALLED_AS: NAME, AWS_PROFILE: NAME };
    const { stdout, stderr } = await journey.runWith(env, ...args);
    expect(stdout + stderr, args.join(' ')).not.toMatch(RAW);
    expect(stdout + stderr, args.join(' ')).not.toMatch(/^FORGED/m);
  }
});
