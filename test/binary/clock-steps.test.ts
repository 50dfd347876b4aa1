import { describe, expect, it } from 'vitest';
import { fakeClock, hasFaketime, withoutFaketime } from '../support/clock.ts';
import { candidates, EXIT, enableCalls, startJourney, until } from '../support/journey.ts';

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
    expect(json()).toMatchObject({ outcomes: { enabled: 1 } });
    expect(enableCalls(sandbox)).toHaveLength(calls);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});
