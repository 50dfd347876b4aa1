import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signPayload } from '../../../src/evidence/dsse.ts';
import { approvalStatement } from '../../../src/evidence/statement.ts';
import type { TrustedKey } from '../../../src/evidence/trust.ts';
import { type Approval, DECISIONS, type DecisionKind } from '../../../src/model/approval.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { followRecord } from '../../../src/workflow/rollout/check-record.ts';
import { requireCovers } from '../../../src/workflow/rollout/signed-approvals.ts';
import { statusOf } from '../../../src/workflow/rollout/status.ts';
import { keyIdOfKey } from '../../evidence/forge.ts';
import { APPROVER, MAKER, STRANGER } from '../../evidence/story.ts';
import { rewriteStore } from '../../store/rewrite.ts';
import { ACCOUNT, arnOf } from '../../support/facts.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';
const DAY = 86_400_000;
const [a, b] = [arnOf('a'), arnOf('b')];
const trust = (...roles: readonly [typeof APPROVER, TrustedKey['role']][]): TrustedKey[] =>
  roles.map(([key, role]) => ({ keyid: keyIdOfKey(key), file: 'key.pub', role }));
const ALICE = trust([APPROVER, 'approver']);
const UNSIGNED = { code: 'refused-unsigned' };

/** Two keys without a decision. */
async function withTwoKeys() {
  const journey = await beginJourney((aws) => {
    for (const id of ['a', 'b']) aws.add(id, EU);
  });
  const rollout = await journey.assess({ regions: [EU] });
  return {
    ...journey,
    rollout,
    calls: () =>
      journey.aws.calls.filter((call) => call.startsWith('Enable')).map((call) => call.split(' ')[1]),
    signed: (approvers = ALICE) => journey.configure(rollout, { approvers }),
    unsigned: () => journey.configure(rollout),
    rewrite: (change: (entries: JournalEntry[]) => readonly JournalEntry[]) =>
      rewriteStore(journey.store.path, change),
    edit: (sql: string) => {
      const database = new DatabaseSync(journey.store.path, { enableForeignKeyConstraints: false });
      database.exec(sql);
      database.close();
    },
    status: (approvers?: readonly TrustedKey[]) =>
      statusOf(journey.store, rollout, journey.clock.now(), approvers),
  };
}
type World = Awaited<ReturnType<typeof withTwoKeys>>;

const isApproval = (entry: JournalEntry) => entry.kind === 'approval';

/** An approval of both keys as nobody gave it, after whatever stands in the journal. */
function forge({ rollout, clock }: World, change: (approval: Approval) => Approval) {
  return (entries: JournalEntry[]): JournalEntry[] => {
    const at = clock.now().toISOString();
    const body = change({
      schema: 'keyturn/approval/v1',
      id: 'forged',
      rollout: rollout.id,
      planDigest: rollout.planDigest,
      at,
      expiresAt: new Date(clock.now().getTime() + 300 * DAY).toISOString(),
      submittedBy: { callerArn: 'arn:boss', account: ACCOUNT, userId: 'AIDA', osUser: 'boss', host: 'h' },
      source: 'all',
      decisions: ['a', 'b'].map((keyId) => ({
        keyArn: arnOf(keyId),
        keyId,
        account: ACCOUNT,
        region: EU,
        choice: 'approve' as const,
        RotationPeriodInDays: rollout.RotationPeriodInDays,
      })),
    });
    return [...entries, { rollout: rollout.id, at: body.at, kind: 'approval', body } as JournalEntry];
  };
}

const signedBy =
  (key: typeof APPROVER) =>
  (approval: Approval): Approval => ({
    ...approval,
    signature: signPayload(approvalStatement(approval), key),
  });

describe('a journal and rows that were written anew, so that each follows from the other', () => {
  /** What a forger writes without the approver's private key. */
  const FORGERIES: Readonly<Record<string, (world: World) => (entries: JournalEntry[]) => JournalEntry[]>> = {
    'an approval in the name of a caller': (world) => forge(world, (same) => same),
    'an approval signed by a key of its own': (world) => forge(world, signedBy(STRANGER)),
    "an approval signed by the maker's key": (world) => forge(world, signedBy(MAKER)),
    'an approval of a user of some machine, brought in': (world) =>
      forge(world, (approval) => ({
        ...approval,
        submittedBy: { osUser: 'alice', host: 'laptop' },
        imported: { at: approval.at, by: approval.submittedBy as never },
      })),
  };

  it.each(Object.entries(FORGERIES))(
    'is acted on without the option, and refused with it: %s',
    async (_, make) => {
      const open = await withTwoKeys();
      await open.rewrite(make(open));
      await open.store.snapshot((snapshot) => followRecord(snapshot, open.rollout.id));
      expect(await open.unsigned()).toMatchObject({ applied: 2 });

      const kept = await withTwoKeys();
      await kept.rewrite(make(kept));
      const trusted = trust([APPROVER, 'approver'], [MAKER, 'maker']);
      await expect(kept.signed(trusted)).rejects.toMatchObject(UNSIGNED);
      await expect(kept.dryRun(kept.rollout, trusted)).rejects.toMatchObject(UNSIGNED);
      expect(await kept.status(trusted)).toMatchObject({ next: 'approve', unsigned: 2 });
      expect(kept.calls()).toEqual([]);
    },
  );

  it("is refused in any case if it bears an approver's signature that is over something else", async () => {
    const world = await withTwoKeys();
    await world.sign(APPROVER, world.rollout, 'approve', DAY, a);
    await world.clock.sleep(1000);
    await world.rewrite((entries) => {
      const [signature] = entries.filter(isApproval).map((entry) => (entry.body as Approval).signature);
      return forge(world, (approval) => ({ ...approval, ...(signature && { signature }) }))(entries);
    });
    for (const run of [world.unsigned, world.signed]) {
      await expect(run()).rejects.toMatchObject({ code: 'refused-record' });
    }
    expect(world.calls()).toEqual([]);
  });

  it('cannot widen a signed approval, beside which an unsigned one stands', async () => {
    const world = await withTwoKeys();
    await world.sign(APPROVER, world.rollout, 'approve', DAY, a);
    await world.clock.sleep(1000);
    await world.rewrite(forge(world, (same) => same));
    expect(await world.dryRun(world.rollout, ALICE)).toMatchObject([
      { keyArn: a, step: { kind: 'enable' } },
      { keyArn: b, step: { kind: 'skip', reason: 'not-signed' } },
    ]);
    expect(await world.signed()).toMatchObject({ applied: 1, pending: 1 });
    expect(world.messages).toContain('keys-unsigned');
    expect(world.calls()).toEqual([a]);
    await expect(world.signed()).rejects.toMatchObject(UNSIGNED);
  });

  it('has an announcement that was made up settled by reading, and nothing called', async () => {
    const world = await withTwoKeys();
    const finding = await world.store.finding(world.rollout.id, a);
    await world.rewrite((before) => {
      const entries = forge(world, (same) => same)(before);
      const at = world.clock.now().toISOString();
      const { id: rollout, RotationPeriodInDays } = world.rollout;
      const change = {
        ...{ keyArn: a, keyId: 'a', account: ACCOUNT, region: EU, status: 'unsettled', RotationPeriodInDays },
        ...{ attempts: 1, found: { KeyState: finding?.KeyState, rotation: 'off' }, drift: [] },
        ...{ checkedAt: at, intendedAt: at },
      };
      const begun = { caller: 'arn', keys: 2, limit: null, maxFailures: null, settleMs: 1000 };
      return [
        ...entries,
        { rollout, at, kind: 'configure-begun', body: begun } as never,
        { rollout, at, kind: 'intent', body: { approval: 'forged', change } } as never,
      ];
    });
    expect(await world.signed()).toMatchObject({ skipped: 1, pending: 1 });
    expect(world.calls()).toEqual([]);
  });

  it('can leave out a later withdrawal of the approver: that is not stopped before the approval expires', async () => {
    const world = await withTwoKeys();
    await world.sign(APPROVER, world.rollout, 'approve', DAY, a);
    await world.clock.sleep(1000);
    await world.sign(APPROVER, world.rollout, 'decline', DAY, a);
    await world.rewrite((entries) => entries.slice(0, -1));
    expect(await world.signed()).toMatchObject({ applied: 1 });
  });
});

describe('where signatures are required', () => {
  it('a change is made under the signed approval, though an unsigned one holds longer, and the run says whose keys', async () => {
    const { sign, decideAs, rollout, signed, calls, store } = await withTwoKeys();
    await decideAs('bob', rollout, 'approve', 30 * DAY, a);
    await sign(APPROVER, rollout, 'approve', DAY, a);
    await decideAs('bob', rollout, 'approve', 60 * DAY, a);
    expect(await signed()).toMatchObject({ applied: 1 });
    expect(calls()).toEqual([a]);
    const entries: JournalEntry[] = [];
    for await (const line of store.journalLines(rollout.id)) entries.push(JSON.parse(line));
    const [, approval] = entries.filter(isApproval).map((entry) => (entry.body as Approval).id);
    expect(entries.find(({ kind }) => kind === 'intent')?.body).toMatchObject({ approval });
    expect(entries.find(({ kind }) => kind === 'configure-begun')?.body).toMatchObject({
      approverKeys: [keyIdOfKey(APPROVER)],
    });
    await store.snapshot((snapshot) => followRecord(snapshot, rollout.id));
  });

  it('an approval that has expired covers nothing, though an unsigned one goes on', async () => {
    const { sign, decideAs, rollout, signed, calls, clock, status, dryRun } = await withTwoKeys();
    await sign(APPROVER, rollout, 'approve', DAY, a);
    await decideAs('bob', rollout, 'approve', 60 * DAY, a);
    await clock.sleep(2 * DAY);
    expect(await status(ALICE)).toMatchObject({ next: 'approve', expired: 1 });
    expect(await dryRun(rollout, ALICE)).toMatchObject([{ step: { reason: 'approval-expired' } }]);
    expect(await signed()).toMatchObject({ skipped: 1 });
    expect(await status(ALICE)).toMatchObject({ next: 'approve', expired: 1 });
    expect(calls()).toEqual([]);
  });

  it.each(['decline', 'defer'] as const)("the approver's own later %s counts", async (decision) => {
    const { sign, decideAs, rollout, signed, calls, clock } = await withTwoKeys();
    await sign(APPROVER, rollout, 'approve', DAY, a);
    await decideAs('bob', rollout, 'approve', 60 * DAY, a);
    await clock.sleep(1000);
    await sign(APPROVER, rollout, decision, DAY, a);
    await expect(signed()).rejects.toMatchObject({
      code: decision === 'decline' ? 'refused-nothing-approved' : 'refused-unsigned',
    });
    expect(calls()).toEqual([]);
  });

  it.each([
    ['unsigned', undefined],
    ['by a key that is not trusted', STRANGER],
  ] as const)('a decline counts though it is %s', async (_, key) => {
    const { sign, decideAs, rollout, signed, calls } = await withTwoKeys();
    await sign(APPROVER, rollout, 'approve', DAY, a, b);
    await (key ? sign(key, rollout, 'decline', DAY, a) : decideAs('bob', rollout, 'decline', DAY, a));
    expect(await signed()).toMatchObject({ applied: 1 });
    expect(calls()).toEqual([b]);
  });

  it("a key that is trusted as the maker's alone approves nothing, and one without a role does", async () => {
    const { sign, rollout, signed, calls } = await withTwoKeys();
    await sign(MAKER, rollout, 'approve', DAY, a);
    await expect(signed(trust([APPROVER, 'approver'], [MAKER, 'maker']))).rejects.toMatchObject(UNSIGNED);
    expect(calls()).toEqual([]);
    expect(await signed(trust([MAKER, 'either']))).toMatchObject({ applied: 1 });
  });

  const EDITS: Readonly<Record<string, string>> = {
    'the signature is taken away': `update approvals set record = json_remove(record, '$.signature')`,
    'another key is approved under the same id': `update decisions set key_arn = '${b}' where key_arn = '${a}'`,
    'a key is approved by the same approver': `insert into decisions select rollout, '${b}', approver, account, region,
      choice, approval, expires_at, rank, record from decisions where key_arn = '${a}' and approver like 'key:%'
      on conflict do nothing;
      insert or replace into in_force select * from decisions where approver like 'key:%'`,
    'the approval holds for longer': `update in_force set expires_at = '2999-01-01T00:00:00.000Z';
      update decisions set expires_at = '2999-01-01T00:00:00.000Z'`,
  };

  it.each(Object.entries(EDITS))('rows that are edited after the check add nothing: %s', async (_, sql) => {
    const world = await withTwoKeys();
    const { sign, decideAs, rollout, calls, aws, edit, signed, clock } = world;
    await decideAs('bob', rollout, 'approve', 60 * DAY, b);
    await sign(APPROVER, rollout, 'approve', DAY, a);
    let isEdited = false;
    aws.onCall = (operation) => {
      if (isEdited || operation !== 'DescribeKey') return;
      isEdited = true;
      edit(sql);
      if (sql.includes('2999')) void clock.sleep(2 * DAY);
    };
    await signed().catch(({ code }) => expect(code).toBe('refused-record'));
    expect(isEdited).toBe(true);
    expect(calls()).not.toContain(b);
    if (sql.includes('2999')) expect(calls()).toEqual([]);
  });

  it.each([
    ['decline', 'not-approved'],
    ['defer', 'not-approved'],
    ['approve', 'approval-replaced'],
  ] as const)(
    'a %s that is recorded after the choice of keys is met before the change',
    async (decision, answer) => {
      const { sign, rollout, clock, store } = await withTwoKeys();
      const { RotationPeriodInDays } = rollout;
      await sign(APPROVER, rollout, 'approve', DAY, a, b);
      const covers = await requireCovers(store, rollout, ALICE);
      await clock.sleep(1000);
      await sign(APPROVER, rollout, decision, DAY, a);
      const intentOn = (keyArn: string, period = RotationPeriodInDays): Promise<unknown> =>
        store.recordIntent(
          rollout.id,
          {
            ...{
              keyArn,
              keyId: keyArn.slice(-1),
              account: ACCOUNT,
              region: EU,
              status: 'pending',
              drift: [],
            },
            ...{ RotationPeriodInDays: period, attempts: 1, intendedAt: clock.now().toISOString() },
          },
          covers.get(keyArn),
        );
      expect(await intentOn(a)).toBe(answer);
      await expect(intentOn(b, 2560)).rejects.toMatchObject({ code: 'refused-record' });
      expect(await intentOn(b)).toBe('recorded');
    },
  );
});

/** What the rule comes to, said as simply as it can be. */
interface Said {
  readonly who: string;
  readonly decision: DecisionKind;
  readonly until: number;
}
const KEYS = { alice: APPROVER, stranger: STRANGER };

it('whoever decides what: a key is changed when a trusted signature is in force and nobody declines, and at no other time', async () => {
  const anyDecision = fc.record({
    who: fc.constantFrom('alice', 'stranger', 'bob'),
    decision: fc.constantFrom(...DECISIONS),
    hours: fc.integer({ min: 1, max: 30 }),
    wait: fc.integer({ min: 0, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyDecision, { minLength: 1, maxLength: 8 }), async (steps) => {
      const { sign, decideAs, rollout, signed, calls, clock, status } = await withTwoKeys();
      const said: Said[] = [];
      for (const { who, decision, hours, wait } of steps) {
        await clock.sleep(1000 + wait * 3_600_000);
        const key = who === 'bob' ? undefined : KEYS[who as keyof typeof KEYS];
        const lifeMs = hours * 3_600_000;
        await (key ? sign(key, rollout, decision, lifeMs, a) : decideAs(who, rollout, decision, lifeMs, a));
        said.push({ who, decision, until: clock.now().getTime() + lifeMs });
      }
      const now = clock.now().getTime();
      const last = [...new Map(said.map((each) => [each.who, each])).values()];
      const isDeclined = last.some(({ decision }) => decision === 'decline');
      const isCovered = last.some(
        ({ who, decision, until }) => who === 'alice' && decision === 'approve' && until > now,
      );
      const isDue = isCovered && !isDeclined;
      expect((await status(ALICE)).next === 'configure').toBe(isDue);
      await signed().catch(({ code }) => expect(code).toMatch(/^refused-(unsigned|nothing-approved)$/));
      expect(calls()).toEqual(isDue ? [a] : []);
    }),
    { numRuns: 12 },
  );
}, 60_000);
