import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/messages/message.ts';
import { configure } from '../../../src/workflow/configure/configure.ts';
import { configureInWaves } from '../../../src/workflow/configure/waves.ts';
import { beginJourney, UNBOUNDED } from '../journey.ts';

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];

async function approvedIn(regions: readonly string[], keysEach: number) {
  const journey = await beginJourney((aws) => {
    for (const region of regions) for (let n = 0; n < keysEach; n++) aws.add(`k${n}`, region);
  });
  const rollout = await journey.assess({ regions });
  await journey.decide(rollout, 'approve', ...journey.aws.keys.keys());
  const said: Message[] = [];
  const { aws, store, clock } = journey;
  const host = { aws, store, clock, holder: 'test', notify: (message: Message) => said.push(message) };
  const left = () => said.filter(({ code }) => code === 'keys-left');
  return { ...journey, rollout, host, left };
}

describe('what a configure leaves', () => {
  it('at its limit is told once, however many places there are', async () => {
    const { host, rollout, left } = await approvedIn(REGIONS, 4);
    await configure(host, rollout, { ...UNBOUNDED, limit: 5 });
    expect(left()).toMatchObject([{ bound: '--limit 5', keys: 7, changes: 5 }]);
  });

  it('after each wave is told by the wave, and by --limit if that is given and reached', async () => {
    const { host, rollout, left, aws } = await approvedIn(REGIONS, 4);
    await configureInWaves(
      { ...host, reading: aws, newCheckId: () => 'check' },
      rollout,
      { ...UNBOUNDED, limit: 6 },
      [2, 10],
      1000,
    );
    expect(left()).toMatchObject([
      { bound: 'wave 1 of 2', keys: 10, changes: 2 },
      { bound: '--limit 6', keys: 6, changes: 4 },
    ]);
  });
});
