import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html.ts';
import { candidateOf, partsOf, recordOf } from '../report/fixture.ts';
import { collect } from '../report/hostile.ts';
import { temporaryDirectory } from '../support/journey.ts';
import { CHROMIUM, openView } from './chromium.ts';

/** The example with more failures than a table shows unfolded. */
async function openReport(width: number) {
  const parts = partsOf('validated');
  const failed = parts.outcomes[19];
  if (!failed) throw new Error('the fixture has outcomes');
  const keys = Array.from({ length: 60 }, (_, n) => candidateOf(n));
  const record = recordOf({
    ...parts,
    findings: keys,
    outcomes: keys.map(({ keyArn, keyId }) => ({ ...failed, keyArn, keyId })),
  });
  const file = join(temporaryDirectory(), 'report.html');
  writeFileSync(file, await collect(htmlReport(record)));
  const address = pathToFileURL(file).href;
  const view = await openView(address, { width, height: 800 });
  await view.page.goto(address);
  return view;
}

describe.skipIf(!CHROMIUM)('the report', () => {
  it.each([320, 390, 1440])('has nothing beside the page at %i pixels, and breaks no name', async (width) => {
    const { page, complaints } = await openReport(width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    // Each identifier's last part, the id of a key, stands on one line.
    const lines =
      await page.evaluate(`[...document.querySelectorAll('#attention ~ .scroll code.key')].map((code) => {
      const range = document.createRange();
      range.selectNodeContents(code.lastChild);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    })`);
    expect(new Set(lines as number[])).toEqual(new Set([1]));
    expect(complaints).toEqual([]);
  });

  it('leads from what needs attention to the row, also in a folded table', async () => {
    const { page } = await openReport(1000);
    const row = page.locator('#changes ~ details tbody tr').first();
    expect(await row.isVisible()).toBe(false);
    await page.getByRole('link', { name: /alias\/ledger-0 / }).click();
    await expect.poll(() => row.isVisible()).toBe(true);
  });

  it('has the rollout and page numbers on paper', async () => {
    const { page } = await openReport(1000);
    const style = await page.locator('style').textContent();
    expect(style).toMatch(
      /@page\{@bottom-left\{content:"Keyturn rollout r-20261122-7k3q".*counter\(page\).*counter\(pages\)/,
    );
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.length).toBeGreaterThan(10_000);
  });
});
