import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { FRANKFURT, IRELAND, startJourney, VIRGINIA } from '../support/journey.ts';
import { CHROMIUM, openView, serve } from './chromium.ts';

/** Where to leave pictures of the page, to be looked at. */
const PICTURES = process.env['KEYTURN_PICTURES'];

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: !name.includes('step') });
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong with the page as it stands; brought in past the page's own policy, which admits no one. */
async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  });
  await session.send('Runtime.evaluate', { expression: axe.source, contextId });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: 'axe.run().then(({ violations }) => JSON.stringify(violations))',
    awaitPromise: true,
    contextId,
  });
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  return (JSON.parse(String(result.value)) as Violation[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

const looks = [
  { name: 'light', width: 1400, dark: false },
  { name: 'dark', width: 1400, dark: true },
  { name: 'narrow-light', width: 360, height: 740, dark: false },
  { name: 'narrow-dark', width: 360, height: 740, dark: true },
];

describe.skipIf(!CHROMIUM)('the page', () => {
  it.each(looks)('is readable by everybody: $name', async ({ name, ...options }) => {
    const journey = await startJourney({ world: 'demo' });
    await journey.run('assess', '--region', FRANKFURT, '--region', IRELAND, '--region', VIRGINIA);
    const { url, origin } = await serve(journey);
    const { page, complaints, foreign } = await openView(origin, options);
    await page.goto(url);
    await page
      .getByRole('link', { name: /Details of/ })
      .first()
      .waitFor();
    await page.getByRole('region', { name: 'Posture by Reason' }).getByRole('link').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /Select all/ }).click();
    await page
      .getByText(/keys selected/)
      .first()
      .waitFor();
    await picture(page, name);
    // Nothing is cut off, and nothing has to be scrolled sideways but a table.
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('button', { name: 'Show what will be recorded' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, `${name}-step-1`);
    await page.getByRole('button', { name: 'Show what will be recorded' }).click();
    await page.getByRole('textbox', { name: /Type \d+ to confirm/ }).waitFor();
    await page.getByText('EnableKeyRotation', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, `${name}-step-2`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByRole('link', { name: /Details of/ })
      .first()
      .click();
    await page.getByText('Key ARN').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, `${name}-step-details`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Group the keys' }).click();
    await page.getByRole('option', { name: 'By Reason' }).click();
    await page.getByRole('table', { name: 'Keys by Reason' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
});

const HOSTILE = [
  '<img src=x onerror="window.owned=1">',
  '<script>window.owned=1</script>',
  '"><svg onload=window.owned=1>',
  'javascript:window.owned=1',
  '{{constructor.constructor("window.owned=1")()}}',
  '\u202egnp.exe\u202c \u200bzero\u0000width\u001b[31m',
  `long ${'w'.repeat(3000)}`,
];

describe.skipIf(!CHROMIUM)('text from AWS', () => {
  it('is text, wherever it is shown: nothing of it runs, loads, hides or breaks the page', async () => {
    const keys = HOSTILE.map((description, index) => ({
      region: FRANKFURT,
      description,
      aliases: [`alias/h${index}`],
      tags: { [`k${index}<b>`]: `<img src=http://evil.example/${index}>` },
    }));
    const journey = await startJourney({ keys });
    await journey.assess('--region', FRANKFURT);
    const { url, origin } = await serve(journey);
    const { page, complaints, foreign } = await openView(origin);
    await page.goto(url);
    await page.getByText('<img src=x onerror="window.owned=1">').waitFor();
    await page.getByText('\\u{202e}gnp.exe\\u{202c} \\u{200b}zero').waitFor();
    for (let index = 0; index < HOSTILE.length; index += 1) {
      await page.getByRole('link', { name: `Details of alias/h${index}` }).click();
      await page.getByText('Key ARN').waitFor();
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: /Select all/ }).click();
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('textbox', { name: /Reason/ }).fill(HOSTILE[0] ?? '');
    await page.getByRole('button', { name: 'Show what will be recorded' }).click();
    await page
      .getByRole('dialog')
      .getByText(HOSTILE[0] ?? '')
      .waitFor();
    expect(await page.evaluate('window.owned')).toBeUndefined();
    expect(await page.locator('img, svg[onload], #page script').count()).toBe(0);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
});
