import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { openStore } from '../../src/store/open.ts';
import { storeAssessment } from '../support/big-store.ts';
import { cleanUp } from '../support/cleanup.ts';
import { journeyOn, temporaryDirectory } from '../support/journey.ts';
import { CHROMIUM, openView, serve } from './chromium.ts';

const KEYS = 100_000;
/** Milliseconds. What is aimed at is 1,000 and 300 on a machine that does nothing else; a shared one is slower. */
const SLACK = Number(process.env['KEYTURN_SLACK'] ?? 4);

describe.skipIf(!CHROMIUM)('100,000 keys', () => {
  it('are there to see within a second, and a filter answers within 0.3 s', {
    timeout: 240_000,
  }, async () => {
    const cwd = temporaryDirectory();
    const store = await openStore(makeStoreDirectory(`${cwd}/.keyturn`));
    await storeAssessment(store, KEYS);
    await store.close();
    const sandbox = await startSandbox({});
    cleanUp(() => sandbox.close());
    const { url, origin } = await serve(journeyOn(sandbox, cwd));
    const { page } = await openView(origin);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url);
    await page
      .getByRole('link', { name: /Details of/ })
      .first()
      .waitFor();
    const first = Number(await page.evaluate('performance.now()'));
    const { metrics } = await session.send('Performance.getMetrics');
    // Of the processor's time, which a shared core stretches less than the clock.
    const worked = 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    await page.waitForTimeout(2000);
    const filters = [
      [{ property: 'finding', operator: '=', value: 'candidate' }],
      [{ operator: ':', value: 'payments' }],
      [
        { property: 'tags', operator: ':', value: 'Environment=prod' },
        { property: 'region', operator: '!=', value: 'eu-west-1' },
        { property: 'created', operator: '>=', value: '2022' },
      ],
    ];
    const times: number[] = [];
    for (const tokens of filters) {
      const query = new URLSearchParams({
        filter: JSON.stringify({ tokens }),
        sort: 'description',
        order: 'desc',
      });
      const spent = await page.evaluate(`(async () => {
        const begun = performance.now();
        await (await fetch('/api/findings?${query}')).json();
        return performance.now() - begun;
      })()`);
      times.push(Math.round(Number(spent)));
    }
    console.log(
      `100,000 keys: first view ${Math.round(first)} ms (${Math.round(worked)} ms of work), filters ${times.join(', ')} ms`,
    );
    await page.getByRole('button', { name: 'Select all 60,000 that match' }).click();
    await page.getByText('60,000 keys selected').waitFor();
    expect(worked).toBeLessThan(1000 * SLACK);
    // The clock is stretched by whatever else runs; the processor's time above is the measure.
    expect(first).toBeLessThan(2000 * SLACK);
    for (const spent of times) expect(spent).toBeLessThan(300 * SLACK);
  });
});
