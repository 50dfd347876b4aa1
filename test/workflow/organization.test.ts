import { describe, expect, it } from 'vitest';
import { requestAll } from '../../src/workflow/approve.ts';
import { readOutcomes } from '../../src/workflow/outcomes.ts';
import { resolveScope, type ScopeRequest } from '../../src/workflow/scope.ts';
import { ACCOUNT, arnOf } from '../support/facts.ts';
import { gather } from '../support/gather.ts';
import { FakeAws, FakeClock } from './fake-aws.ts';
import { beginJourney } from './journey.ts';

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
    expect(await configure(rollout)).toMatchObject({ enabled: 2 });
    expect(aws.keys.get(arnOf('k', EU, A))?.timesTurnedOn).toBe(1);
    expect(await validate(rollout)).toMatchObject({ requested: 2, confirmed: 2 });
  });

  it('leaves the keys of an account pending that cannot be reached for the change', async () => {
    const { aws, store, rollout, decide, configure } = await twoAccounts();
    await decide(rollout, 'approve', arnOf('k', EU, A), arnOf('k'));
    aws.unreachable.add(A);
    expect(await configure(rollout)).toMatchObject({ enabled: 1, pending: 1, failed: 0 });
    expect((await gather(readOutcomes(store, rollout.id))).map(({ outcome }) => outcome)).toEqual([
      'pending',
      'enabled',
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

describe('an assessment that is narrowed', () => {
  it('counts every key, and lets only those be approved that pass', async () => {
    const { aws, store, decide, ...journey } = await beginJourney((world) => {
      world.add('in', EU, { Description: 'ours' });
      world.add('out', EU, { Description: 'theirs' });
    });
    const rollout = await journey.assess({ where: "Description=='ours'" });
    expect(await store.placeCounts(rollout.id)).toMatchObject([{ candidate: 2 }, {}]);
    await expect(decide(rollout, 'approve', arnOf('in'), arnOf('out'))).rejects.toMatchObject({
      code: 'input-decisions',
      problems: [expect.stringContaining('left out by --where')],
    });
    expect(await requestAll(store, rollout)).toMatchObject([{ keyArn: arnOf('in') }]);
    await expect(journey.assess({ where: '==' })).rejects.toMatchObject({ code: 'input-argument' });
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toEqual([]);
  });
});
