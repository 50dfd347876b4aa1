import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, startJourney, until } from '../support/journey.ts';

const LIBRARY = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']
  .map((directory) => join(directory, 'faketime/libfaketimeMT.so.1'))
  .find((path) => existsSync(path));
const without = LIBRARY ? '' : ' (skipped: there is no libfaketime)';

describe.skipIf(!LIBRARY)(`a clock that is set in mid-configure${without}`, () => {
  it.each([
    ['+1h', 'after', 1],
    ['-1h', 'before', 2],
  ] as const)('by %s: an answer lost %s it took effect is settled in its time', async (step, when, calls) => {
    const journey = await startJourney({ keys: candidates(1), consistency: { rotationMs: 1500 } });
    const { run, runWith, sandbox, cwd } = journey;
    await journey.assess();
    await run('approve', '--all');
    sandbox.configure({ faults: [{ operation: 'EnableKeyRotation', kind: 'reset', when, times: 1 }] });
    const clock = join(cwd, 'clock');
    writeFileSync(clock, '+0\n');
    const begun = performance.now();
    const faked = {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const running = runWith(faked, 'configure', '--json', '--settle', '4s');
    await until(() => enableCalls(sandbox).length > 0, 'the change was called');
    writeFileSync(clock, `${step}\n`);
    const { code, json } = await running;
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { enabled: 1 } });
    expect(enableCalls(sandbox)).toHaveLength(calls);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});
