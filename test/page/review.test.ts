import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { candidates, enableCalls, FRANKFURT, IRELAND, startJourney } from '../support/journey.ts';
import { CHROMIUM, openView, serve } from './chromium.ts';

async function startReview(count: number, ...args: string[]) {
  const journey = await startJourney({
    keys: [
      ...candidates(count),
      ...candidates(2, IRELAND),
      { region: FRANKFURT, description: 'on', rotation: {} },
    ],
  });
  const { rollout } = await journey.assess('--region', FRANKFURT, '--region', IRELAND);
  const served = await serve(journey, ...args);
  return { journey, rollout, ...served };
}

/** The keys that are listed. */
const rowsOf = (page: Page) =>
  page
    .getByRole('table', { name: 'Keys' })
    .getByRole('row')
    .filter({ hasNot: page.getByRole('columnheader') });

describe.skipIf(!CHROMIUM)('the whole approval', () => {
  it('by mouse: filter, select all that match, look at the last step, type the number', async () => {
    const { journey, url, origin, running } = await startReview(5);
    const { page, complaints, foreign } = await openView(origin);
    await page.goto(url);
    expect(page.url()).toBe(`${origin}/`);
    await rowsOf(page).first().waitFor();
    await page.getByRole('link', { name: /Show .* of Region eu-central-1/ }).click();
    await page.getByText('6 match').first().waitFor();
    await page.getByRole('button', { name: 'Select all 5 that match' }).click();
    const bar = page.getByRole('region', { name: 'Selected keys' });
    await bar.getByText('5 keys selected').waitFor();
    expect(await bar.innerText()).toMatch(/1 account, 1 Region.*month/s);
    await rowsOf(page).filter({ hasText: 'c03' }).getByRole('checkbox').click();
    await bar.getByText('4 keys selected').waitFor();
    await bar.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('textbox', { name: /Reason/ }).fill('CIS 3.6');
    await page.getByRole('button', { name: 'Show what will be recorded' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve 4 keys' });
    await dialog.getByText(/EnableKeyRotation/).waitFor();
    expect(await dialog.innerText()).toMatch(/[0-9a-f]{64}[\s\S]*[0-9a-f]{64}/);
    const approve = dialog.getByRole('button', { name: 'Approve 4 keys' });
    expect(await approve.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type 4 to confirm' }).fill('5');
    expect(await approve.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type 4 to confirm' }).fill('4');
    await approve.click();
    await page.getByText('Recorded: approve on 4 keys').waitFor();
    await bar.getByText('No keys selected').waitFor();
    expect(enableCalls(journey.sandbox)).toHaveLength(0);
    await page.getByRole('button', { name: 'Done' }).click();
    const question = page.getByRole('dialog', { name: 'End the review?' });
    await question.getByRole('button', { name: 'Stay' }).click();
    await rowsOf(page).first().waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await question.getByRole('button', { name: 'End the review' }).click();
    await page.getByText('Keyturn review has ended').waitFor();
    expect((await running.ended).code).toBe(0);
    const decisions = (await journey.run('list', 'decisions', '--json')).lines<{
      choice: string;
      reason?: string;
    }>();
    expect(decisions.filter(({ choice }) => choice === 'approve')).toHaveLength(4);
    expect(decisions.find(({ choice }) => choice === 'approve')?.reason).toBe('CIS 3.6');
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });

  it('by keyboard alone', async () => {
    const { journey, url, origin } = await startReview(3);
    const { page } = await openView(origin);
    await page.goto(url);
    await rowsOf(page).first().waitFor();
    const focused = () =>
      page.evaluate(
        'document.activeElement?.textContent || document.activeElement?.getAttribute("aria-label") || ""',
      );
    const tabTo = async (what: RegExp) => {
      for (let step = 0; step < 200; step += 1) {
        if (what.test(String(await focused()))) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${what}`);
    };
    await tabTo(/^Select this page$/);
    await page.keyboard.press('Enter');
    await page.getByText('5 keys selected').waitFor();
    await tabTo(/^Approve…$/);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: /Reason/ }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
    await page.keyboard.type('by keyboard');
    await tabTo(/^Show what will be recorded$/);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Type 5 to confirm' }).waitFor();
    for (let step = 0; (await page.evaluate('document.activeElement?.tagName')) !== 'INPUT'; step += 1) {
      if (step > 60) throw new Error('the keyboard does not reach where the number is typed');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('5');
    await page.keyboard.press('Enter');
    await page.getByText('Recorded: approve on 5 keys').waitFor();
    const decisions = (await journey.run('list', 'decisions', '--json')).lines<{ choice: string }>();
    expect(decisions.map(({ choice }) => choice)).toEqual(Array(5).fill('approve'));
  });

  it('declines with a reason, and shows what stands', async () => {
    const { url, origin } = await startReview(2);
    const { page } = await openView(origin);
    await page.goto(url);
    await page.getByRole('button', { name: /Select all 4/ }).click();
    await page.getByRole('button', { name: 'Decline…' }).click();
    expect(await page.getByRole('button', { name: 'Show what will be recorded' }).isDisabled()).toBe(true);
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
    await page.keyboard.type('its owner turns it on');
    await page.getByRole('button', { name: 'Show what will be recorded' }).click();
    await page.getByRole('textbox', { name: 'Type 4 to confirm' }).fill('4');
    await page.keyboard.press('Enter');
    await page.getByText('Recorded: decline on 4 keys').waitFor();
    await expect.poll(() => page.getByRole('row', { name: /declined/ }).count()).toBe(4);
  });
});

describe.skipIf(!CHROMIUM)('a page that is open', () => {
  it('follows configure and validate, which run elsewhere', async () => {
    const { journey, url, origin, rollout } = await startReview(3);
    const { page } = await openView(origin);
    await page.goto(url);
    await rowsOf(page).first().waitFor();
    await journey.run('approve', '--all', '--rollout', rollout);
    await page.getByText('5 approved, 0 declined').waitFor();
    expect(enableCalls(journey.sandbox)).toHaveLength(0);
    await journey.run('configure', '--rollout', rollout);
    await page.getByText('5 on, 0 skipped, 0 failed, 0 pending').waitFor();
    await page
      .getByRole('row', { name: /turned on/ })
      .nth(4)
      .waitFor();
    await journey.run('validate', '--wait', '1s', '--rollout', rollout);
    await page.getByText('5 confirmed, 0 discrepant').waitFor();
    expect(await page.getByRole('button', { name: /Select all 0/ }).isDisabled()).toBe(true);
  });

  it('gives the report and the evidence to keep, which verifies', async () => {
    const { journey, url, origin, rollout } = await startReview(1);
    const { page } = await openView(origin);
    await page.goto(url);
    for (const [name, file] of [
      ['Report', `keyturn-${rollout}.html`],
      ['Evidence', `keyturn-${rollout}.zip`],
    ]) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: new RegExp(`^${name}`) }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(file);
      await download.saveAs(`${journey.cwd}/${file}`);
    }
    const { execFileSync } = await import('node:child_process');
    execFileSync('python3', ['-m', 'zipfile', '-e', `keyturn-${rollout}.zip`, 'evidence'], {
      cwd: journey.cwd,
    });
    expect((await journey.run('verify', 'evidence')).code).toBe(0);
    expect(journey.read(`keyturn-${rollout}.html`)).toContain('</html>');
  });

  it('is for looking only with --read-only, and asks AWS nothing', async () => {
    const { journey, url, origin } = await startReview(2, '--read-only');
    journey.sandbox.clearLog();
    const { page } = await openView(origin);
    await page.goto(url);
    await rowsOf(page).first().waitFor();
    await page.getByText('This page is for looking only.').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Approve|Select/ }).count()).toBe(0);
    expect(journey.sandbox.log).toHaveLength(0);
  });

  it('groups, and selects a group; a page of many goes on', async () => {
    const { url, origin } = await startReview(60);
    const { page } = await openView(origin);
    await page.goto(url);
    await page.getByRole('button', { name: 'Select this page' }).click();
    await page.getByText('50 keys selected').waitFor();
    await page
      .getByRole('button', { name: /page 2|Next page/i })
      .first()
      .click();
    await rowsOf(page).nth(11).waitFor();
    await expect.poll(() => rowsOf(page).count()).toBe(12);
    await page.getByRole('button', { name: 'Group the keys' }).click();
    await page.getByRole('option', { name: 'By Region' }).click();
    await page
      .getByRole('row', { name: /eu-west-1/ })
      .getByRole('checkbox')
      .click();
    await page.getByText(/5[0-2] keys selected/).waitFor();
    await page.getByRole('link', { name: 'Show the keys of eu-west-1' }).click();
    await page.getByText('2 match').first().waitFor();
  });
});
