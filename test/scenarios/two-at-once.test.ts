import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, startJourney, until } from '../support/journey.ts';
import type { ErrorDocument } from '../support/shapes.ts';

describe.concurrent('two processes on one rollout', () => {
  it.each(['configure', 'validate'])(
    'the second is refused while the first works: configure and %s',
    async (second) => {
      const { assess, run, start, sandbox } = await startJourney({ keys: candidates(4) });
      await assess();
      await run('approve', '--all');
      sandbox.configure({ latency: { operations: { EnableKeyRotation: 5000 } } });
      const first = start('configure', '--json');
      await until(() => enableCalls(sandbox).length > 0, 'the first one works');
      const { code, json } = await run(second, '--json');
      expect(code).toBe(EXIT.refused);
      expect(json<ErrorDocument>().error).toMatchObject({
        code: 'refused-busy',
        fix: expect.stringMatching(/status/),
      });
      // Looking on is not refused.
      const status = await run('status', '--json');
      expect(status.json()).toMatchObject({ outcomes: { pending: expect.any(Number) } });
      const ended = await first.ended;
      expect(ended.code).toBe(EXIT.done);
      expect(ended.json()).toMatchObject({ outcomes: { applied: 4 } });
      expect(enableCalls(sandbox)).toHaveLength(4);
    },
  );

  it('the second takes over where the first was killed, says so, and settles what that one had begun', async () => {
    const { assess, run, start, sandbox, outcomes } = await startJourney({ keys: candidates(6) });
    await assess();
    await run('approve', '--all');
    sandbox.configure({ latency: { operations: { EnableKeyRotation: 3000 } } });
    const first = start('configure');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    first.child.kill('SIGKILL');
    await first.ended;
    const begun = enableCalls(sandbox).filter(({ acted }) => acted);
    expect(begun.length).toBeGreaterThan(0);
    sandbox.configure({ latency: null });
    const { code, json, stderr } = await run('configure', '--json', '--settle', '3s');
    expect(stderr).toMatch(/did not end well/);
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: 6 } });
    const presumed = (await outcomes()).filter(({ proof }) => proof === 'presumed');
    expect(presumed.map(({ keyArn }) => keyArn).sort()).toEqual(begun.map(({ keyArn }) => keyArn).sort());
    expect(enableCalls(sandbox)).toHaveLength(6);
    // The name of a holder that ended by itself is not held against the next one.
    expect((await run('configure', '--json')).stderr).not.toMatch(/did not end well/);
  });

  it('five at the same moment turn each key on once between them', async () => {
    const { assess, run, sandbox } = await startJourney({
      keys: candidates(6),
      latency: { ms: 5, jitterMs: 20 },
    });
    await assess();
    await run('approve', '--all');
    const runs = await Promise.all(Array.from({ length: 5 }, () => run('configure', '--json')));
    for (const { code, json } of runs) {
      if (code === EXIT.refused) expect(json<ErrorDocument>().error.code).toBe('refused-busy');
      else expect({ code, ...json<object>() }).toMatchObject({ code: EXIT.done, outcomes: { applied: 6 } });
    }
    expect(runs.filter(({ code }) => code === EXIT.done).length).toBeGreaterThan(0);
    expect(enableCalls(sandbox)).toHaveLength(6);
  });

  it('two different rollouts, of which the second finds on what the first has turned on', async () => {
    const { assess, run, sandbox, outcomes } = await startJourney({ keys: candidates(5) });
    const [one, two] = [await assess(), await assess()].map(({ rollout }) => rollout);
    for (const rollout of [one, two]) await run('approve', '--all', '--rollout', String(rollout));
    const [first, second] = [
      await run('configure', '--json', '--rollout', String(one)),
      await run('configure', '--json', '--rollout', String(two)),
    ];
    expect(first.json()).toMatchObject({ outcomes: { applied: 5 } });
    expect(second.json()).toMatchObject({ outcomes: { applied: 0, 'already-in-place': 5 } });
    expect(await outcomes('--rollout', String(two))).toHaveLength(5);
    expect(enableCalls(sandbox)).toHaveLength(5);
  });

  it('an approval may be added while another process configures, and is not lost', async () => {
    const { assess, run, start, sandbox } = await startJourney({ keys: candidates(3) });
    await assess();
    const [one, two, three] = sandbox.keys().map(({ arn }) => arn);
    await run('approve', '--key', String(one), '--key', String(two));
    sandbox.configure({ latency: { operations: { EnableKeyRotation: 1000 } } });
    const first = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    expect((await run('approve', '--key', String(three))).code).toBe(EXIT.done);
    await first.ended;
    expect((await run('configure', '--json')).json()).toMatchObject({ outcomes: { applied: 3 } });
    expect(enableCalls(sandbox)).toHaveLength(3);
  });
});
