import { describe, expect, it } from 'vitest';
import { requestAll } from '../../../src/workflow/approve/approve.ts';
import { resolveScope, type ScopeRequest } from '../../../src/workflow/assess/scope.ts';
import { readOutcomes } from '../../../src/workflow/rollout/outcomes.ts';
import { ACCOUNT, arnOf, failureOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import { FakeAws, FakeClock } from '../fake-aws.ts';
import { beginJourney } from '../journey.ts';

const [EU, US] = ['eu-central-1', 'us-east-1'] as const;
const [A, B, GONE] = ['000000000001', '000000000002', '000000000003'] as const;
const ORGANIZATION = [
  { id: ACCOUNT, name: 'management', state: 'ACTIVE' },
  { id: A, name: 'a', state: 'ACTIVE' },
  { id: B, name: 'b', state: 'ACTIVE' },
  { id: GONE, name: 'gone', state: 'SUSPENDED' },
];
const ANY: ScopeRequest = {
  regions: [EU],
  allRegions: false,
  excludeRegions: [],
  accounts: [],
  organization: true,
  units: [],
  excludedUnits: [],
  excludeAccounts: [],
};

function organization(): FakeAws {
  const aws = new FakeAws(new FakeClock());
  aws.organization = ORGANIZATION;
  return aws;
}

describe('the scope of an organization', () => {
  it('is every active account, and names the others without an error', async () => {
    const scope = await resolveScope(organization(), ANY);
    expect(scope.accounts).toEqual([A, B, ACCOUNT]);
    expect(scope.notAssessed).toEqual([{ id: GONE, name: 'gone', state: 'SUSPENDED' }]);
    expect(scope.places).toHaveLength(3);
  });

  it('leaves out what is excluded, and refuses to be empty', async () => {
    const scope = await resolveScope(organization(), {
      ...ANY,
      regions: [],
      allRegions: true,
      excludeAccounts: [B],
      excludeRegions: [US],
    });
    expect(scope.places).toEqual([
      { account: A, region: EU },
      { account: ACCOUNT, region: EU },
    ]);
    expect(scope.regionsLeftOut).toEqual([US]);
    await expect(resolveScope(organization(), { ...ANY, excludeRegions: [EU] })).rejects.toMatchObject({
      code: 'input-argument',
    });
  });

  it('tells of an account whose every enabled Region is excluded', async () => {
    const aws = organization();
    const all = aws.listEnabledRegions.bind(aws);
    aws.listEnabledRegions = async (account) => {
      const answer = await all(account);
      return answer.ok && account === A ? { ...answer, value: [US] } : answer;
    };
    const request = { ...ANY, regions: [], allRegions: true, excludeRegions: [US] };
    const { places, unreachable } = await resolveScope(aws, request);
    expect(places.map(({ account }) => account)).toEqual([B, ACCOUNT]);
    expect(unreachable).toMatchObject([
      { account: A, region: '*', fix: expect.stringContaining(`--exclude-account ${A}`) },
    ]);
    await expect(resolveScope(aws, { ...request, excludeRegions: [EU, US] })).rejects.toMatchObject({
      code: 'input-argument',
    });
  });

  it.each([
    [
      'AccessDeniedException',
      'access-denied',
      'aws-denied',
      /organizations:ListOrganizationalUnitsForParent/,
    ],
    [
      'ParentNotFoundException',
      'invalid-request',
      'input-argument',
      /Check the ids of --ou and --exclude-ou/,
    ],
    ['AWSOrganizationsNotInUseException', 'invalid-request', 'aws-failed', /account in the organization/],
    ['ServiceException', 'server', 'aws-failed', /--account/],
  ] as const)('is refused if it cannot be listed: %s', async (code, kind, refusal, fix) => {
    const aws = organization();
    const failure = failureOf(kind, 'ListOrganizationalUnitsForParent', code);
    aws.listAccounts = async () => ({ ok: false, failure, at: '', certain: true });
    await expect(resolveScope(aws, ANY)).rejects.toMatchObject({
      code: refusal,
      message: expect.stringContaining('ListOrganizationalUnitsForParent'),
      fix: expect.stringMatching(fix),
    });
  });

  it('is refused what has no effect without an organization, before AWS is asked', async () => {
    for (const about of [{ excludedUnits: ['ou-ab12-11111111'] }, { listedBy: 'lister' }]) {
      const request = { ...ANY, organization: false, ...about };
      await expect(resolveScope(organization(), request)).rejects.toMatchObject({ code: 'input-argument' });
    }
  });

  it('is kept as it was asked for', async () => {
    const { accountsAsked } = await resolveScope(organization(), {
      ...ANY,
      excludedUnits: ['ou-ab12-11111111'],
      excludeAccounts: [B],
      listedBy: 'lister',
    });
    expect(accountsAsked).toEqual({
      organization: true,
      units: [],
      excludedUnits: ['ou-ab12-11111111'],
      named: [],
      excluded: [B],
      listedBy: 'lister',
    });
    expect(await resolveScope(organization(), { ...ANY, organization: false })).not.toHaveProperty(
      'accountsAsked',
    );
  });

  it('reports an account that cannot be reached as such, never as empty', async () => {
    const aws = organization();
    aws.unreachable.add(B);
    const { places, unreachable } = await resolveScope(aws, ANY);
    expect(places.map(({ account }) => account)).toEqual([A, ACCOUNT]);
    expect(unreachable).toMatchObject([
      { account: B, region: '*', reason: expect.stringContaining('AssumeRole') },
    ]);
  });
});

describe('a journey over several accounts', () => {
  async function twoAccounts() {
    const journey = await beginJourney((aws) => {
      aws.organization = ORGANIZATION;
      aws.unreachable.add(B);
      aws.add('k', EU, {}, false, A);
      aws.add('k', EU);
    });
    const roles = { assess: 'reader', configure: 'changer' };
    const rollout = await journey.assess({ organization: true, regions: [EU], roles });
    return { ...journey, rollout };
  }

  it('keeps keys of the same id in two accounts apart, and changes each in its own', async () => {
    const { aws, store, rollout, decide, configure, validate } = await twoAccounts();
    expect(await store.unreachablePlaces(rollout.id)).toMatchObject([{ account: B, region: '*' }]);
    await decide(rollout, 'approve', arnOf('k', EU, A), arnOf('k'));
    expect(await configure(rollout)).toMatchObject({ applied: 2 });
    expect(aws.keys.get(arnOf('k', EU, A))?.timesTurnedOn).toBe(1);
    expect(await validate(rollout)).toMatchObject({ requested: 2, confirmed: 2 });
  });

  it('leaves the keys of an account pending that cannot be reached for the change', async () => {
    const { aws, store, rollout, decide, configure } = await twoAccounts();
    await decide(rollout, 'approve', arnOf('k', EU, A), arnOf('k'));
    aws.unreachable.add(A);
    expect(await configure(rollout)).toMatchObject({ applied: 1, pending: 1, failed: 0 });
    expect((await gather(readOutcomes(store, rollout.id))).map(({ status }) => status)).toEqual([
      'pending',
      'applied',
    ]);
  });
});

describe('an interrupted assessment', () => {
  it('goes on with the places that are left, and ends in the same plan', async () => {
    const journey = await beginJourney((aws) => {
      aws.add('k', EU);
      aws.add('l', US);
    });
    const whole = await journey.assess();
    const { aws, store } = journey;
    aws.onCall = (operation, keyArn) => {
      if (operation === 'DescribeKey' && keyArn.includes(US)) throw new Error('killed');
    };
    await expect(journey.assess()).rejects.toThrow('killed');
    aws.onCall = () => {};
    aws.calls.length = 0;
    const [interrupted] = await store.listRollouts();
    if (!interrupted) throw new Error('no rollout');
    expect(interrupted.assessedAt).toBeUndefined();
    const { planDigest } = await journey.resume(interrupted);
    expect(planDigest).toBe(whole.planDigest);
    expect(aws.calls.some((call) => call.includes(EU))).toBe(false);
  });
});

describe('an interrupted assessment of an organization', () => {
  const ALL = { organization: true, regions: [], allRegions: true, excludeRegions: ['eu-west-1'] };

  /** Interrupted in the one account that can be reached; `A` has a Region enabled that it has not. */
  async function interrupted() {
    const journey = await beginJourney((world) => {
      world.organization = ORGANIZATION.filter(({ id }) => id !== GONE);
      for (const account of [A, B]) world.unreachable.add(account);
      world.enabled.set(A, [EU, 'eu-west-1', 'us-west-2']);
      world.add('k', EU);
      world.add('k', 'us-west-2', {}, false, A);
    });
    const { aws, store } = journey;
    aws.onCall = () => {
      throw new Error('killed');
    };
    await expect(journey.assess(ALL)).rejects.toThrow('killed');
    aws.onCall = () => {};
    const [rollout] = await store.listRollouts();
    if (!rollout) throw new Error('no rollout');
    return { ...journey, rollout };
  }
  const said = (places: readonly { account: string; region: string }[]) =>
    places.map(({ account, region }) => `${account} ${region}`);

  it('reaches the accounts again, and asks for their Regions as at the beginning', async () => {
    const { aws, store, rollout, resume } = await interrupted();
    expect(rollout.scope.regions).toEqual([EU, US]);
    aws.unreachable.delete(A);
    const { places, unreachable, planDigest } = await resume(rollout);
    expect(said(places)).toEqual([`${A} ${EU}`, `${A} us-west-2`, `${ACCOUNT} ${EU}`, `${ACCOUNT} ${US}`]);
    expect(said(unreachable)).toEqual([`${B} *`]);
    const stored = await store.findRollout(rollout.id);
    expect(stored).toMatchObject({ planDigest, scope: { regions: [EU, US, 'us-west-2'] } });
    const kinds: string[] = [];
    for await (const line of store.journalLines(rollout.id)) {
      const { kind, body } = JSON.parse(line);
      kinds.push(kind);
      if (kind === 'accounts-reached') expect(body).toMatchObject({ accounts: [A], places: [{}, {}] });
    }
    expect(kinds.filter((kind) => kind === 'accounts-reached')).toHaveLength(1);
    const whole = await assessAnew(aws);
    expect(planDigest).toBe(whole);
  });

  it('keeps one that still cannot be reached, with the reason of today', async () => {
    const { aws, store, rollout, resume } = await interrupted();
    aws.unreachable.delete(B);
    aws.enabled.set(B, 'denied');
    await resume(rollout);
    expect(await store.unreachablePlaces(rollout.id)).toMatchObject([
      { account: A, region: '*', reason: expect.stringContaining('AssumeRole') },
      { account: B, region: '*', reason: expect.stringContaining('ListRegions') },
    ]);
    expect((await store.findRollout(rollout.id))?.scope).toEqual(rollout.scope);
  });

  it('reaches one again that was not even recorded before the process ended', async () => {
    const journey = await beginJourney((world) => {
      world.organization = ORGANIZATION;
      world.unreachable.add(B);
      world.add('k', EU, {}, false, B);
    });
    const { aws, store } = journey;
    const { recordPlace } = store;
    store.recordPlace = async () => {
      throw new Error('killed');
    };
    await expect(journey.assess({ organization: true, regions: [EU] })).rejects.toThrow('killed');
    store.recordPlace = recordPlace;
    aws.unreachable.clear();
    const [rollout] = await store.listRollouts();
    if (!rollout) throw new Error('no rollout');
    const { places, unreachable } = await journey.resume(rollout);
    expect([said(places), unreachable]).toEqual([[`${A} ${EU}`, `${B} ${EU}`, `${ACCOUNT} ${EU}`], []]);
  });

  async function assessAnew(aws: FakeAws): Promise<string> {
    const anew = await beginJourney((world) => {
      world.organization = aws.organization;
      world.unreachable.add(B);
      for (const [account, regions] of aws.enabled) world.enabled.set(account, regions);
      for (const [arn, key] of aws.keys) world.keys.set(arn, key);
    });
    return (await anew.assess(ALL)).planDigest;
  }
});

describe('an assessment that is narrowed', () => {
  it('counts every key, and lets only those be approved that pass', async () => {
    const { aws, store, decide, ...journey } = await beginJourney((world) => {
      world.add('in', EU, { Description: 'ours' });
      world.add('out', EU, { Description: 'theirs' });
    });
    const rollout = await journey.assess({ filter: "Description=='ours'" });
    expect(await store.placeCounts(rollout.id)).toMatchObject([{ candidate: 2 }, {}]);
    await expect(decide(rollout, 'approve', arnOf('in'), arnOf('out'))).rejects.toMatchObject({
      code: 'input-decisions',
      problems: [expect.stringContaining('left out by --filter')],
    });
    expect(await requestAll(store, rollout)).toMatchObject([{ keyArn: arnOf('in') }]);
    await expect(journey.assess({ filter: '==' })).rejects.toMatchObject({ code: 'input-argument' });
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toEqual([]);
  });
});
