import { describe, expect, it } from 'vitest';
import { beginJourney } from '../journey.ts';

const [OWN, OTHER] = ['111122223333', '444455556666'];

const refusal = (message: RegExp) => ({ code: 'input-argument', message: expect.stringMatching(message) });

describe('a Region that does not exist', () => {
  it('is refused before AWS is asked and before a rollout begins, with the one that was meant', async () => {
    const { assess, store, aws } = await beginJourney(() => {});
    aws.enabled.set(OWN, 'denied');
    await expect(assess({ regions: ['eu-wset-1', 'eu-west-1'] })).rejects.toMatchObject(
      refusal(/^eu-wset-1 is not an AWS Region\. Did you mean eu-west-1\?$/),
    );
    expect(await store.listRollouts()).toEqual([]);
  });

  it('is refused if AWS lists it for no account, and taken if it does for one, though this version does not know it', async () => {
    const { assess, store, aws } = await beginJourney(() => {});
    await expect(assess({ regions: ['eu-west-9'] })).rejects.toMatchObject(refusal(/eu-west-9 is not/));
    expect(await store.listRollouts()).toEqual([]);
    const roles = { assess: 'r', configure: 'c' };
    aws.enabled.set(OTHER, ['eu-west-9']);
    const rollout = await assess({ regions: ['eu-west-9'], accounts: [OWN, OTHER], roles });
    expect(rollout.scope.regions).toEqual(['eu-west-9']);
  });

  it('is left to the assessment if AWS does not say which are enabled', async () => {
    const { assess, aws } = await beginJourney(() => {});
    aws.enabled.set(OWN, 'denied');
    expect((await assess({ regions: ['eu-west-9'] })).scope.regions).toEqual(['eu-west-9']);
  });

  it('is not meant by a Region that is known and not enabled: that is unreachable, not misspelt', async () => {
    const { assess } = await beginJourney(() => {});
    expect((await assess({ regions: ['ap-southeast-7'] })).scope.regions).toEqual(['ap-southeast-7']);
  });
});
