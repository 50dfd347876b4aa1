import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { candidates, FRANKFURT, type Journey, startJourney } from '../support/journey.ts';
import { CHROMIUM, openView, serve } from './chromium.ts';
import { LEFTOVERS, startEarlierOwner } from './earlier-owner.ts';

const NAMES = ['127.0.0.1', 'localhost', 'keyturn.localhost'];
const ASSETS = readdirSync(new URL('../../dist/ui/assets/', import.meta.url)).map(
  (name) => `/assets/${name}`,
);
/** What the page of this version asks for, which the earlier owner knows. */
const PATHS = ['/', '/enter', ...ASSETS];

async function approved({ run }: Journey): Promise<unknown[]> {
  const decisions = (await run('list', 'decisions', '--json')).lines<{ choice: string }>();
  return decisions.filter(({ choice }) => choice === 'approve');
}

describe.skipIf(!CHROMIUM)('a server that had the port before leaves behind', () => {
  it.each(Object.entries(LEFTOVERS))('%s: none of it runs in the review', async (_, leave) => {
    const journey = await startJourney({ keys: candidates(2) });
    await journey.assess('--region', FRANKFURT);
    const owner = await startEarlierOwner(leave);
    const { page } = await openView('');
    for (const name of NAMES) {
      const origin = `http://${name}:${owner.port}`;
      await page.goto(`${origin}/`);
      await expect.poll(() => page.title()).toMatch(/^(left|owned)$/);
      for (const path of PATHS)
        await page.evaluate(`fetch(${JSON.stringify(path)}).then((answer) => answer.text())`).catch(() => {});
    }
    await owner.close();
    const asked = owner.asked.length;
    const { url } = await serve(journey, '--port', String(owner.port));
    const tab = await page.context().newPage();
    try {
      await tab.goto(url);
      for (let visit = 0; visit < 2; visit += 1) {
        await tab.getByRole('button', { name: /Select all 2/ }).waitFor({ timeout: 8000 });
        expect(await tab.evaluate('document.documentElement.dataset.owned')).toBeUndefined();
        await tab.reload();
      }
    } finally {
      expect(await approved(journey)).toEqual([]);
    }
    expect(owner.asked).toHaveLength(asked);
  });
});
