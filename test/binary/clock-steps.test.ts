import { describe, expect, it } from 'vitest';
import { fakeClock, hasFaketime, withoutFaketime } from '../support/clock.ts';
import { candidates, EXIT, enableCalls, startJourney, until } from '../support/journey.ts';
import type { ErrorDocument } from '../support/shapes.ts';

describe.skipIf(!hasFaketime)(`a clock that is set in mid-configure${withoutFaketime}`, () => {
  it.each([
    ['+1h', 'after', 1],
    ['-1h', 'before', 2],
  ] as const)('by %s: an answer lost %s it took effect is settled in its time', async (step, when, calls) => {
    const journey = await startJourney({ keys: candidates(1), consistency: { rotationMs: 1500 } });
    const { run, runWith, sandbox, cwd } = journey;
    await journey.assess();
    await run('approve', '--all');
    sandbox.configure({ faults: [{ operation: 'EnableKeyRotation', kind: 'reset', when, times: 1 }] });
    const clock = fakeClock(cwd);
    const begun = performance.now();
    const running = runWith(clock.env, 'configure', '--json', '--settle', '4s');
    await until(() => enableCalls(sandbox).length > 0, 'the change was called');
    clock.set(step);
    const { code, json } = await running;
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: 1 } });
    expect(enableCalls(sandbox)).toHaveLength(calls);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  it.each(['+3d', '-3d'])('by %s: the run ends, and its record holds', async (step) => {
    const journey = await startJourney({ keys: candidates(6), latency: { ms: 100 } });
    const { run, runWith, sandbox, cwd } = journey;
    await journey.assess();
    await run('approve', '--all');
    const clock = fakeClock(cwd);
    const running = runWith(clock.env, 'configure', '--json');
    await until(() => enableCalls(sandbox).length > 1, 'two changes were called');
    clock.set(step);
    const { code, json } = await running;
    expect(code).toBe(EXIT.refused);
    expect(json<ErrorDocument>().error).toMatchObject({ code: 'refused-clock' });
    expect(enableCalls(sandbox).length).toBeLessThan(6);
    expect((await run('configure', '--settle', '1s')).code).toBe(EXIT.done);
    expect(enableCalls(sandbox)).toHaveLength(6);
    expect((await run('report', '--out', 'evidence')).code).toBe(EXIT.done);
    expect((await run('verify', 'evidence')).code).toBe(EXIT.done);
  });
});
