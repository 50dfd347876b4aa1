import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Signing } from '../../src/web/host.ts';
import type { ConfirmationAnswer } from '../../src/web/shapes.ts';
import { type Browser, enter, errorCode, openWorld } from './world.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');

/** A world that signs, with all candidates at the last step. */
async function atLastStep(confirm: Signing['confirm']) {
  const asked = vi.fn(confirm);
  const world = await openWorld({ keys: 10, signing: { key, confirm: asked } });
  const browser = await enter(world);
  return { world, browser, asked, shown: await propose(browser) };
}

async function propose(browser: Browser): Promise<ConfirmationAnswer> {
  const { selection } = await browser.openSelection();
  await browser.select(selection, { kind: 'matching', on: true, filter: { tokens: [] } });
  const answer = await browser.post('/api/confirmations', { selection, decision: 'approve' });
  return (await answer.json()) as ConfirmationAnswer;
}

const confirm = (browser: Browser, { confirmation, keys }: ConfirmationAnswer) =>
  browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });

describe('a decision that is signed', () => {
  it('is recorded once the approver has confirmed what was shown, outside of the page', async () => {
    const { world, browser, asked, shown } = await atLastStep(async () => true);
    expect((await confirm(browser, shown)).status).toBe(201);
    const [approval] = await world.store.approvals(world.rollout.id);
    expect(approval?.signature).toBeDefined();
    const [request] = asked.mock.calls[0] ?? [];
    expect(request).toMatchObject({
      decision: 'approve',
      planDigest: shown.planDigest,
      listDigest: shown.listDigest,
      lifeMs: shown.lifeMs,
    });
    expect(request?.keyArns).toHaveLength(shown.keys);
  });

  it('is marked in the list of keys if other keys are trusted', async () => {
    const stranger = { keyid: 'f'.repeat(64), file: 'alice.pub', role: 'approver' } as const;
    const signing = { key, confirm: async () => true };
    for (const [approvers, mark] of [
      [[stranger], /^key:[0-9a-f]{64} \(UNKNOWN KEY\)$/] as const,
      [[], /^key:[0-9a-f]{64}$/] as const,
    ]) {
      const browser = await enter(await openWorld({ keys: 10, signing, approvers }));
      await confirm(browser, await propose(browser));
      const { findings } = await browser.list({ size: 50 });
      expect(findings.find(({ approver }) => approver !== '')?.approver).toMatch(mark);
    }
  });

  it('is not if the approver refuses; the last step has to be made anew', async () => {
    const { world, browser, asked, shown } = await atLastStep(async () => false);
    for (const code of ['not-signed', 'stale-confirmation']) {
      expect(await errorCode(await confirm(browser, shown))).toBe(code);
    }
    expect(asked).toHaveBeenCalledTimes(1);
    expect(await world.store.approvals(world.rollout.id)).toEqual([]);
  });

  it('is asked about one at a time, and what was decided meanwhile refuses it', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { world, browser, asked, shown } = await atLastStep(() => promise);
    const first = confirm(browser, shown);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    expect(await errorCode(await confirm(browser, await propose(browser)))).toBe('already-asked');
    vi.spyOn(world.store, 'approvals').mockResolvedValue([{} as never]);
    resolve(true);
    expect(await errorCode(await first)).toBe('stale-confirmation');
    vi.restoreAllMocks();
    expect(await world.store.approvals(world.rollout.id)).toEqual([]);
  });

  it('is asked about no longer once the page is gone or the review ends', async () => {
    const signals: AbortSignal[] = [];
    const { world, browser, shown } = await atLastStep(async (_, signal) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
    });
    const waiting = confirm(browser, shown);
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    world.host.end('interrupted');
    expect(await errorCode(await waiting)).toBe('not-signed');
  });
});
