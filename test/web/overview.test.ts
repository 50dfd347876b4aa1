import { describe, expect, it } from 'vitest';
import type { Overview } from '../../src/web/shapes.ts';
import { storeAssessment } from '../support/big-store.ts';
import { temporaryStore } from '../workflow/fake-aws.ts';
import { enter, openWorld, serveWorld } from './world.ts';

describe('the overview', () => {
  it('counts what could not be seen, and lists all of it', async () => {
    const store = await temporaryStore();
    const accounts = Array.from({ length: 240 }, (_, n) => String(500_000_000_000 + n));
    const rollout = await storeAssessment(store, 40, {
      unreachable: accounts.map((account) => ({ account, region: '*', reason: 'r', fix: 'f' })),
    });
    const { get } = await enter(await serveWorld(store, rollout));
    const overview = (await (await get('/api/overview')).json()) as Overview;
    expect(overview.notSeen).toBe('240 accounts could not be listed');
    expect(overview.unreachableTotal).toBe(240);
    expect(overview.unreachable.map(({ account }) => account)).toEqual(accounts);
  });
});

describe('a row of the list', () => {
  it('tells a use that was not asked for from one that was not recorded, and has the cost', async () => {
    const { list } = await enter(await openWorld());
    const { findings } = await list({ size: 40 });
    expect(new Set(findings.map(({ lastUse }) => lastUse))).toEqual(new Set(['not asked']));
    for (const { finding, addsAMonth } of findings) {
      expect(addsAMonth, finding).toMatch(finding === 'candidate' ? /^(≤ )?1, then 2 USD$/ : /^$/);
    }
  });

  it('has the whole next command as the terminal would print it', async () => {
    const { get } = await enter(await openWorld());
    const { status } = (await (await get('/api/overview')).json()) as Overview;
    expect(status).toMatchObject({ next: 'approve', nextCommand: 'keyturn approve --store s2' });
  });
});
