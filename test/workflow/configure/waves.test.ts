import { describe, expect, it } from 'vitest';
import { beginJourney } from '../journey.ts';

const REST = Number.POSITIVE_INFINITY;

async function withApproved(keys: number, spoil: (n: number) => 'denied' | undefined = () => undefined) {
  const journey = await beginJourney((aws) => {
    for (let n = 0; n < keys; n++) {
      const fate = spoil(n);
      aws.add(`k${String(n).padStart(3, '0')}`, 'eu-central-1').fates = fate ? [fate] : [];
    }
  });
  const rollout = await journey.assess();
  await journey.decide(rollout, 'approve', ...journey.aws.keys.keys());
  return { ...journey, rollout };
}

describe('changes in waves', () => {
  it('are all made where every wave is as expected, each validated before the next', async () => {
    const { configureInWaves, rollout, store } = await withApproved(12);
    expect(await configureInWaves(rollout, 2, 5, REST)).toMatchObject({
      wavesDone: 3,
      totals: { applied: 12 },
    });
    const kinds: string[] = [];
    for await (const line of store.journalLines(rollout.id)) kinds.push(JSON.parse(line).kind);
    const verdictsBefore = (intents: number) => {
      const nth = kinds.flatMap((kind, at) => (kind === 'intent' ? [at] : []))[intents] ?? kinds.length;
      return kinds.slice(0, nth).filter((kind) => kind === 'verdict').length;
    };
    expect([verdictsBefore(1), verdictsBefore(2), verdictsBefore(7), verdictsBefore(12)]).toEqual([
      0, 2, 7, 12,
    ]);
  });

  it('stop before the next one where a change failed', async () => {
    const { configureInWaves, rollout } = await withApproved(12, (n) => (n === 1 ? 'denied' : undefined));
    const done = await configureInWaves(rollout, 3, REST);
    expect(done).toMatchObject({ wavesDone: 1, stopped: '1 changes failed' });
    expect(done.totals).toMatchObject({ applied: 2, failed: 1, pending: 9 });
  });

  it('stop before the next one where a key does not read back as it should', async () => {
    const { configureInWaves, rollout, aws } = await withApproved(6);
    aws.onCall = (operation, keyArn) => {
      const key = aws.keys.get(keyArn);
      if (operation === 'DescribeKey' && key?.timesTurnedOn === 1)
        key.rotation = { KeyRotationEnabled: false };
    };
    expect(await configureInWaves(rollout, 2, REST)).toMatchObject({
      wavesDone: 1,
      stopped: '2 discrepant, 0 unreadable',
      totals: { applied: 2, pending: 4 },
    });
  });

  it('make no more changes than the waves name', async () => {
    const { configureInWaves, rollout } = await withApproved(9);
    expect(await configureInWaves(rollout, 2, 3)).toMatchObject({
      wavesDone: 2,
      totals: { applied: 5, pending: 4 },
    });
  });
});
