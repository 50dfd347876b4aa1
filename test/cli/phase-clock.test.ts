import { describe, expect, it } from 'vitest';
import { openPhaseClock } from '../../src/cli/session/phase-clock.ts';
import { FakeClock } from '../workflow/fake-aws.ts';

const HOUR_MS = 3_600_000;

function phase() {
  const system = new FakeClock();
  const stop = new AbortController();
  return { system, stop, begun: system.now().getTime(), ...openPhaseClock(stop.signal, system) };
}

describe('the clock of a phase', () => {
  it.each([0, 1, -1, 11, -11])('is the time of day as long as that moves by no more than %i h', (hours) => {
    const { system, clock, signal } = phase();
    system.step(hours * HOUR_MS);
    expect(clock.now()).toEqual(system.now());
    expect(signal.aborted).toBe(false);
  });

  it.each([12, -12, 72, -72, 24 * 366])(
    'ends the phase if it moves by %i h, and goes by what passed',
    async (hours) => {
      const { system, begun, clock, signal } = phase();
      await system.sleep(5000);
      system.step(hours * HOUR_MS);
      expect(clock.now().getTime()).toBe(begun + 5000);
      expect(signal.reason).toMatchObject({ code: 'refused-clock' });
    },
  );

  it('goes by what passed, and the time of day again once that is right', () => {
    const { system, clock } = phase();
    system.step(72 * HOUR_MS);
    clock.now();
    system.step(-72 * HOUR_MS);
    expect(clock.now()).toEqual(system.now());
  });

  it('ends for the other reason too', () => {
    const { stop, signal } = phase();
    stop.abort('asked');
    expect(signal.reason).toBe('asked');
  });
});
