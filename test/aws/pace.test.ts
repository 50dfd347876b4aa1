import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/aws/pace.ts';
import { FakeClock } from '../workflow/fake-aws.ts';

/** The most calls that any second holds. */
function busiestSecond(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}

async function callTimes(rate: number, calls: number): Promise<number[]> {
  const clock = new FakeClock();
  const pace = new Pace(clock, rate);
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    await pace.turn();
    times.push(clock.now().getTime());
  }
  return times;
}

describe('the pace', () => {
  it('lets no second hold more calls than the rate, give or take the timer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (rate) => {
        expect(busiestSecond(await callTimes(rate, rate * 3))).toBeLessThanOrEqual(rate + 1);
      }),
      { numRuns: 20 },
    );
  });

  it('wastes no time: as many calls as the rate take about a second', async () => {
    const times = await callTimes(12, 37);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2990);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(3010);
  });

  it.each([3_600_000, -3_600_000])(
    'does not depend on the time of day, which is stepped by %i ms',
    async (step) => {
      const clock = new FakeClock();
      const pace = new Pace(clock, 10);
      await pace.turn();
      clock.step(step);
      const before = clock.monotonic();
      for (let call = 0; call < 10; call++) await pace.turn();
      expect(clock.monotonic() - before).toBeCloseTo(1000, -1);
    },
  );

  it('holds everybody back when a call was throttled, goes slower, and recovers', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, 100);
    const gap = async () => {
      await pace.turn();
      const before = clock.now().getTime();
      await pace.turn();
      return clock.now().getTime() - before;
    };
    expect(await gap()).toBeCloseTo(10, 0);
    pace.holdBack(500);
    expect(await gap()).toBeGreaterThan(15);
    for (let call = 0; call < 100; call++) pace.recover();
    await pace.turn();
    expect(await gap()).toBeCloseTo(10, 0);
  });
});
