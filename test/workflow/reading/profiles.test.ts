import { describe, expect, it } from 'vitest';
import { KeyturnError } from '../../../src/messages/error.ts';
import type { AskedProfile } from '../../../src/workflow/ports.ts';
import { callersOf, chooseProfiles } from '../../../src/workflow/reading/profiles.ts';
import { ACCOUNT, arnOf } from '../../support/facts.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';
const [A, B] = ['000000000001', '000000000002'] as const;

function profile(name: string, account: string, partition = 'aws'): AskedProfile {
  const callerArn = `arn:${partition}:iam::${account}:user/${name}`;
  return { kind: 'answered', name, caller: { account, callerArn, userId: 'AIDA', partition } };
}
const broken = (name: string): AskedProfile => ({
  kind: 'failed',
  name,
  error: new KeyturnError(
    'aws-credentials',
    'They expired.',
    `Sign in with: aws sso login --profile ${name}`,
  ),
});
const problems = (said: string[]) =>
  expect.objectContaining({ code: 'input-profiles', problems: said }) as KeyturnError;

describe('several profiles', () => {
  it('are the accounts that they are of, or those of them that are named', () => {
    const both = [profile('a', A), profile('b', B)];
    expect(chooseProfiles(both, [])).toEqual(both);
    expect(chooseProfiles(both, [B])).toEqual([both[1]]);
  });

  it('are refused with every problem, and what mends it', () => {
    const asked = [profile('a', A), broken('b'), profile('c', A), profile('d', B, 'aws-cn'), broken('e')];
    expect(() => chooseProfiles(asked, [])).toThrow(
      problems([
        'Profile b: They expired. Sign in with: aws sso login --profile b',
        'Profile e: They expired. Sign in with: aws sso login --profile e',
        `Profiles a and c are of the same account ${A}.`,
        'Profile d is of the partition aws-cn, a of another.',
      ]),
    );
    expect(() => chooseProfiles([profile('a', A)], [B])).toThrow(
      problems([`No profile is of account ${B}.`]),
    );
  });

  it('need not all answer later on, and are still each of another account', () => {
    expect(callersOf([profile('a', A), broken('b')])).toMatchObject([{ account: A }]);
    expect(() => callersOf([profile('a', A), profile('b', A)])).toThrow(
      problems([`Profiles a and b are of the same account ${A}.`]),
    );
  });
});

describe('a journey by profiles', () => {
  const journey = () =>
    beginJourney((aws) => {
      aws.account = A;
      aws.profiles = [profile('b', B), profile('a', A), profile('other', ACCOUNT)];
      aws.add('k', EU, {}, false, A);
      aws.add('k', EU, {}, false, B);
      aws.add('k', EU);
    });
  const byProfiles = { regions: [EU], excludeAccounts: [ACCOUNT] };

  it('records which profile served which account, and each caller of a change', async () => {
    const { store, assess, decide, configure, validate } = await journey();
    const rollout = await assess(byProfiles);
    expect(rollout.profiles).toEqual([
      { name: 'b', account: B },
      { name: 'a', account: A },
    ]);
    expect(rollout.scope.accounts).toEqual([A, B]);
    expect(rollout.callerArn).toContain(B);
    await decide(rollout, 'approve', arnOf('k', EU, A), arnOf('k', EU, B));
    expect(await configure(rollout)).toMatchObject({ applied: 2 });
    expect(await validate(rollout)).toMatchObject({ confirmed: 2 });
    const callers: unknown[] = [];
    for await (const line of store.journalLines(rollout.id)) {
      const { kind, body } = JSON.parse(line);
      if (/^(configure|check)-begun$/.test(kind)) callers.push(body.caller);
    }
    expect(callers).toEqual(Array(2).fill(`arn:aws:iam::${B}:user/b, arn:aws:iam::${A}:user/a`));
  });

  it('refuses credentials that are all of other accounts', async () => {
    const { aws, assess, decide, configure } = await journey();
    const rollout = await assess(byProfiles);
    await decide(rollout, 'approve', arnOf('k', EU, A));
    aws.profiles = [profile('other', ACCOUNT), broken('a')];
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-foreign-account' });
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toEqual([]);
  });
});
