import { describe, expect, it } from 'vitest';
import { findNewerIncomplete } from '../../../src/workflow/rollout/choose-rollout.ts';
import { statusOf } from '../../../src/workflow/rollout/status.ts';
import { arnOf } from '../../support/facts.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';

async function withKeys(denied: readonly string[] = []) {
  const journey = await beginJourney((aws) => {
    for (const id of ['a', 'b', 'c']) aws.add(id, EU).fates = denied.includes(id) ? ['denied'] : [];
  });
  const next = async (id: string) => {
    const rollout = await journey.store.findRollout(id);
    if (!rollout) throw new Error(`no rollout ${id}`);
    return (await statusOf(journey.store, rollout, journey.clock.now())).next;
  };
  return { ...journey, next };
}

describe('the next step', () => {
  it('is configure until every approved key was tried, whatever was validated between', async () => {
    const { assess, decide, configure, validate, next } = await withKeys();
    const rollout = await assess();
    expect(await next(rollout.id)).toBe('approve');
    await decide(rollout, 'approve', arnOf('a'), arnOf('b'), arnOf('c'));
    await configure(rollout, { limit: 1 });
    expect(await next(rollout.id)).toBe('configure');
    await validate(rollout);
    expect(await next(rollout.id)).toBe('configure');
    await configure(rollout);
    expect(await next(rollout.id)).toBe('validate');
    await validate(rollout);
    expect(await next(rollout.id)).toBe('report');
  });

  it('is the report if nothing can go on: keys that AWS refuses, keys that were declined, none to decide on', async () => {
    const { assess, decide, configure, next } = await withKeys(['a']);
    const refused = await assess();
    await decide(refused, 'approve', arnOf('a'));
    await configure(refused);
    expect(await next(refused.id)).toBe('report');
    const declined = await assess();
    await decide(declined, 'decline', arnOf('a'));
    expect(await next(declined.id)).toBe('report');
    expect(await next((await assess({ filter: "alias=='nowhere'" })).id)).toBe('report');
  });

  it('leaves a newer assessment that is not complete to be told of', async () => {
    const { assess, aws, store } = await withKeys();
    const complete = await assess();
    expect(await findNewerIncomplete(store, complete)).toBeUndefined();
    aws.onCall = () => {
      throw new Error('stopped');
    };
    await expect(assess()).rejects.toThrow('stopped');
    expect(await findNewerIncomplete(store, complete)).toMatchObject({
      id: expect.not.stringMatching(complete.id),
    });
  });

  it('comes with what could not be seen', async () => {
    const { assess, aws, store, clock } = await withKeys();
    const [own, other] = ['111122223333', '444455556666'];
    aws.unreachable.add(other);
    const roles = { assess: 'r', configure: 'c' };
    const rollout = await assess({ accounts: [own, other], regions: [EU], roles });
    expect(await statusOf(store, rollout, clock.now())).toMatchObject({
      notSeen: { accounts: 1, places: 0, uncertain: 0 },
      next: 'approve',
    });
  });
});
