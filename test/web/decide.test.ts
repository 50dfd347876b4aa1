import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DecisionKind } from '../../src/model/approval.ts';
import type { ConfirmationAnswer, FindingsAnswer, RecordedAnswer } from '../../src/web/shapes.ts';
import { type Browser, enter, errorCode, openWorld, type World } from './world.ts';

const token = (property: string, value: string, operator = '=') => ({ property, operator, value });
const matching = (...tokens: unknown[]) => ({ kind: 'matching', on: true, filter: { tokens } });

const propose = (browser: Browser, selection: string, decision: DecisionKind = 'approve', more = {}) =>
  browser.post('/api/confirmations', { selection, decision, reason: 'CIS 3.6', ...more });

const confirmationOf = async (answer: Response) => (await answer.json()) as ConfirmationAnswer;

async function decisionsOf({ store, rollout }: World): Promise<Map<string, string>> {
  const decided = new Map<string, string>();
  for await (const { keyArn, choice } of store.decisions(rollout.id)) {
    if (choice !== 'undecided') decided.set(keyArn, choice);
  }
  return decided;
}

/** A world with one browser, and a selection of all candidates of one Region. */
async function withSelection(options: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(options);
  const browser = await enter(world);
  const { selection } = await browser.openSelection();
  const selected = await browser.select(selection, matching(token('region', 'eu-west-1')));
  return { world, browser, selection, selected };
}

describe('the last step', () => {
  it('shows exactly what is then recorded: the keys, the digest of their list, the plan, the submitter', async () => {
    const { world, browser, selection, selected } = await withSelection();
    const shown = await confirmationOf(await propose(browser, selection));
    expect(shown).toMatchObject({
      keys: selected.keys,
      planDigest: world.rollout.planDigest,
      reason: 'CIS 3.6',
    });
    const listed = (await (
      await browser.get(`/api/confirmations/${shown.confirmation}/findings?size=200`)
    ).json()) as FindingsAnswer;
    const keyArns = listed.findings.map(({ keyArn }) => keyArn);
    expect(keyArns).toHaveLength(selected.keys);
    const digest = createHash('sha256')
      .update(keyArns.map((arn) => `${arn}\n`).join(''))
      .digest('hex');
    expect(shown.listDigest).toBe(digest);
    const answer = await browser.post(`/api/confirmations/${shown.confirmation}`, {
      typed: String(shown.keys),
    });
    expect(answer.status).toBe(201);
    expect((await answer.json()) as RecordedAnswer).toMatchObject({
      keys: selected.keys,
      decision: 'approve',
    });
    expect([...(await decisionsOf(world)).keys()].sort()).toEqual(keyArns);
    const [approval] = await world.store.approvals(world.rollout.id);
    expect(approval).toMatchObject({
      source: 'page',
      reason: 'CIS 3.6',
      submittedBy: { callerArn: 'arn:aws:iam::111122220000:user/reviewer' },
    });
  });

  it('records nothing for another number, and can then be confirmed with the right one', async () => {
    const { world, browser, selection } = await withSelection();
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection));
    for (const typed of ['', '0', String(keys + 1), `${keys}.0`, `0${keys}`, 'all']) {
      const answer = await browser.post(`/api/confirmations/${confirmation}`, { typed });
      expect([typed, answer.status, await errorCode(answer)]).toEqual([typed, 422, 'wrong-number']);
    }
    expect((await decisionsOf(world)).size).toBe(0);
    expect((await browser.post(`/api/confirmations/${confirmation}`, { typed: ` ${keys} ` })).status).toBe(
      201,
    );
  });

  it('can be confirmed once, by two clicks at once too', async () => {
    const { world, browser, selection } = await withSelection();
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection));
    const click = () => browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
    const statuses = (await Promise.all([click(), click(), click()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409]);
    expect(await world.store.approvals(world.rollout.id)).toHaveLength(1);
  });

  it('holds for the keys that it showed, whatever is selected afterwards', async () => {
    const { world, browser, selection } = await withSelection();
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection));
    await browser.select(selection, matching());
    await browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
    expect((await decisionsOf(world)).size).toBe(keys);
  });

  it('is refused once somebody has decided meanwhile', async () => {
    const { world, browser, selection } = await withSelection();
    const first = await confirmationOf(await propose(browser, selection));
    const second = await confirmationOf(await propose(browser, selection, 'decline'));
    await browser.post(`/api/confirmations/${second.confirmation}`, { typed: String(second.keys) });
    const answer = await browser.post(`/api/confirmations/${first.confirmation}`, {
      typed: String(first.keys),
    });
    expect([answer.status, await errorCode(answer)]).toEqual([409, 'stale-confirmation']);
    expect(new Set((await decisionsOf(world)).values())).toEqual(new Set(['decline']));
  });

  it('is refused where somebody decides between the check and the record', async () => {
    const { world, browser, selection } = await withSelection();
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection));
    const { store, rollout } = world;
    const record = store.recordApproval;
    const slow = { ...world.host.store, recordApproval: record };
    let intruded = false;
    Object.assign(store, {
      recordApproval: async (...given: Parameters<typeof record>) => {
        if (!intruded) {
          intruded = true;
          await slow.recordApproval({ ...given[0], id: 'intruder' });
        }
        return record(...given);
      },
    });
    const answer = await browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
    expect([answer.status, await errorCode(answer)]).toEqual([409, 'refused-decisions']);
    expect((await store.approvals(rollout.id)).map(({ id }) => id)).toEqual(['intruder']);
  });

  it('is refused once it is old', async () => {
    const { world, browser, selection } = await withSelection();
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection));
    await world.clock.sleep(16 * 60_000);
    const answer = await browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
    expect(answer.status).toBe(409);
    expect((await decisionsOf(world)).size).toBe(0);
  });

  it('needs something that is selected, and a reason to decline or to defer', async () => {
    const { browser, selection } = await withSelection();
    const empty = await browser.openSelection();
    expect(await errorCode(await propose(browser, empty.selection))).toBe('nothing-selected');
    for (const decision of ['decline', 'defer'] as const) {
      expect((await propose(browser, selection, decision, { reason: undefined })).status).toBe(400);
      expect((await propose(browser, selection, decision, { reason: '  ' })).status).toBe(400);
    }
  });
});

describe('a selection', () => {
  it('holds what can be decided on, whoever asks for more', async () => {
    const { browser, selection } = await withSelection();
    await browser.select(selection, { kind: 'matching', on: false, filter: {} });
    const others = await browser.list({
      filter: { tokens: [token('finding', 'candidate', '!=')] },
      size: 200,
    });
    const keyArns = others.findings.map(({ keyArn }) => keyArn);
    expect(keyArns.length).toBeGreaterThan(5);
    const named = await browser.select(selection, {
      kind: 'keys',
      on: true,
      keyArns: [...keyArns, 'nonsense'],
    });
    expect(named.keys).toBe(0);
    const all = await browser.select(selection, matching());
    expect(all.keys).toBe(24);
  });

  it('leaves out what --filter leaves out', async () => {
    const world = await openWorld({ filter: "region=='us-east-1'" });
    const browser = await enter(world);
    const { selection } = await browser.openSelection();
    await browser.select(selection, matching());
    const shown = await confirmationOf(await propose(browser, selection));
    expect(new Set(shown.places.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
    const hidden = await browser.list({ filter: { tokens: [token('region', 'eu-west-1')] } });
    expect(hidden.selectable).toBe(0);
    const answer = await browser.post(`/api/confirmations/${shown.confirmation}`, {
      typed: String(shown.keys),
    });
    expect(answer.status).toBe(201);
  });

  it('is of exact keys: what comes to match later is not in it', async () => {
    const { browser, selection } = await withSelection();
    const one = await browser.openSelection();
    const undecided = token('decision', 'undecided');
    const before = await browser.select(one.selection, matching(undecided));
    await browser.select(selection, matching());
    const { confirmation, keys } = await confirmationOf(await propose(browser, selection, 'defer'));
    await browser.post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
    const after = (await (await browser.get(`/api/selections/${one.selection}`)).json()) as { keys: number };
    expect(after.keys).toBe(before.keys);
  });

  it('of one tab is not that of another', async () => {
    const { browser, selected } = await withSelection();
    expect(selected.keys).toBeGreaterThan(0);
    expect((await browser.openSelection()).keys).toBe(0);
    expect((await browser.post('/api/selections/unknown/changes', matching())).status).toBe(404);
  });
});

describe('a filter', () => {
  const counts = [
    [[token('region', 'eu-west-1')], 9],
    [[token('region', 'eu-', '^')], 18],
    [[token('region', 'EU-WEST-1')], 9],
    [[token('alias', 'payments', ':')], 7],
    [[{ operator: ':', value: 'ALIAS/PAYMENTS' }], 7],
    [[token('tags', 'Environment=prod', ':')], 14],
    [[token('created', '2020-01-01T06', '>=')], 28],
    [[token('description', '%', ':')], 0],
    [[token('alias', '_', ':')], 0],
    [[token('description', "' or 1=1 --", ':')], 0],
    [[token('finding', 'candidate'), token('finding', 'enabled')], 0],
  ] as const;
  it.each(counts)('%j matches %i keys', async (tokens, total) => {
    const { list } = await enter(await openWorld());
    expect((await list({ filter: { tokens } })).total).toBe(total);
  });

  it('is refused where it names what there is not', async () => {
    const { get } = await enter(await openWorld());
    const bad = [
      { tokens: [token('record', 'x')] },
      { tokens: [token('region', 'x', 'like')] },
      { tokens: [{ ...token('region', 'x'), more: 1 }] },
      { operation: 'xor' },
      { tokens: Array.from({ length: 51 }, () => token('region', 'x')) },
      { tokens: [token('region', 'x'.repeat(1001))] },
    ];
    for (const filter of bad) {
      const query = new URLSearchParams({ filter: JSON.stringify(filter) });
      expect((await get(`/api/findings?${query}`)).status).toBe(400);
    }
    for (const query of ['filter=no', 'sort=record', 'size=0', 'size=201', 'page=0', 'page=x', 'order=up']) {
      expect([query, (await get(`/api/findings?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('goes with sorting and pages: every key once, in order', async () => {
    const { list } = await enter(await openWorld());
    for (const sort of ['keyArn', 'alias', 'region', 'decision', 'created'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        const pages = [1, 2, 3, 4].map((page) => list({ sort, order, page, size: 12 }));
        const rows = (await Promise.all(pages)).flatMap(({ findings }) => findings);
        expect(new Set(rows.map(({ keyArn }) => keyArn)).size).toBe(40);
        const values = rows.map((row) => row[sort]);
        const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect(values).toEqual(order === 'asc' ? sorted : sorted.reverse());
      }
    }
  });
});
