import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DecisionRequest } from '../../../src/approve/request.ts';
import { envelopeText, signPayload } from '../../../src/evidence/dsse.ts';
import { approvalStatement } from '../../../src/evidence/statement.ts';
import type { TrustedKey } from '../../../src/evidence/trust.ts';
import { KeyturnError } from '../../../src/messages/error.ts';
import type { Approval, DecisionKind } from '../../../src/model/approval.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { openTemporaryStore } from '../../../src/store/open.ts';
import { decideApproval } from '../../../src/workflow/approve/approve.ts';
import {
  approvalFile,
  importApproval,
  parseApprovalFile,
} from '../../../src/workflow/approve/import-approval.ts';
import { loadPlan, planFile } from '../../../src/workflow/approve/plan-file.ts';
import { keyIdOfKey } from '../../evidence/forge.ts';
import { APPROVER, STRANGER } from '../../evidence/story.ts';
import { ACCOUNT, arnOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';
const [a, b, on] = [arnOf('a'), arnOf('b'), arnOf('on')];
const BY = { callerArn: 'operator', account: ACCOUNT, userId: 'AIDA', osUser: 'olga', host: 'bastion' };
const TRUSTED: TrustedKey[] = [{ keyid: keyIdOfKey(APPROVER), file: 'alice.pub', role: 'approver' }];
const DAY = 86_400_000;
/** The approver's time. */
const AT = new Date('2026-11-25T12:00:00Z');

async function* bytesOf(text: string | Buffer): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield bytes.subarray(0, bytes.length >> 1);
  yield bytes.subarray(bytes.length >> 1);
}

async function load(plan: string | Buffer) {
  const store = await openTemporaryStore();
  onTestFinished(() => store.close());
  return { store, rollout: await loadPlan(store, bytesOf(plan), AT) };
}

/** An operator with a store, and an approver with nothing but the exported plan. */
async function begin() {
  const journey = await beginJourney((aws) => {
    for (const id of ['a', 'b']) aws.add(id, EU, { Description: `key ${id} \u202e` });
    aws.add('on', EU, {}, true);
  });
  const rollout = await journey.assess();
  const plan = (await gather(planFile(journey.store, rollout))).join('');
  let ids = 0;
  const { clock, store } = journey;
  return {
    ...journey,
    rollout,
    plan,
    /** What the approver writes. */
    write: async (decision: DecisionKind, keyArns: readonly string[], key = APPROVER, lifeMs = DAY) => {
      const loaded = await load(plan);
      const requests = keyArns.map(
        (keyArn): DecisionRequest => ({ location: 'test', keyArn, choice: decision }),
      );
      ids += 1;
      return decideApproval({ ...loaded, clock, newApprovalId: () => `elsewhere-${ids}` }, loaded.rollout, {
        requests,
        problems: [],
        source: 'keys',
        submittedBy: { osUser: 'alice', host: 'laptop' },
        lifeMs,
        key,
      });
    },
    bring: (approval: Approval, trust?: readonly TrustedKey[]) =>
      importApproval({ store, clock }, rollout, parseApprovalFile(approvalFile(approval)), {
        by: BY,
        ...(trust && { trust }),
      }),
    approvals: () => store.approvals(rollout.id),
  };
}

const signedAnew = (approval: Approval, change: Partial<Approval>, key = APPROVER): Approval => {
  const changed = { ...approval, ...change };
  return { ...changed, signature: signPayload(approvalStatement(changed), key) };
};

const refusal = async (work: Promise<unknown>): Promise<{ code: string; problems: readonly string[] }> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KeyturnError)) throw error ?? new Error('nothing was refused');
  return { code: error.code, problems: error.problems };
};

describe('an exported plan', () => {
  it('holds the rollout and every finding, and comes to the same plan elsewhere', async () => {
    const { plan, store, rollout } = await begin();
    const loaded = await load(plan);
    const { id, planDigest, RotationPeriodInDays } = rollout;
    expect(loaded.rollout).toMatchObject({ id, planDigest, RotationPeriodInDays });
    const shown = ({ keyArn, kind, explanation, advice, Description }: Finding) => [
      keyArn,
      kind,
      explanation,
      advice,
      Description,
    ];
    expect((await gather(loaded.store.findings(id))).map(shown)).toEqual(
      (await gather(store.findings(id))).map(shown),
    );
    await load((await gather(planFile(loaded.store, loaded.rollout))).join(''));
  });

  it.each<[string, (plan: string) => string | Buffer, RegExp]>([
    ['a description changed', (plan) => plan.replace('key a', 'key c'), /^its findings have the digest/],
    ['a key dropped', (plan) => plan.replace(/^.*key\/b".*\n/m, ''), /digest/],
    [
      'another period',
      (plan) => plan.replace('"RotationPeriodInDays":365', '"RotationPeriodInDays":90'),
      /digest/,
    ],
    ['a narrower scope', (plan) => plan.replace('"policies":true', '"policies":false'), /digest/],
    [
      'two keys swapped',
      (plan) =>
        plan
          .split('\n')
          .with(1, plan.split('\n')[2] ?? '')
          .join('\n'),
      /line 3: .*order/,
    ],
    ['a key twice', (plan) => plan.replace('{"keyArn"', '{"keyId":"x","keyArn"'), /line 2: .*not written as/],
    ['no end', (plan) => plan.slice(0, -1), /no end/],
    ['nothing', () => '', /empty/],
    ['no plan at all', () => '{"a":1}\n', /^line 1: /],
    ['bytes', () => Buffer.from([0xff, 0xfe, 0x0a]), /UTF-8/],
    ['a rollout that was not assessed', (plan) => plan.replace(/,"planDigest":"\w+"/, ''), /not complete/],
    ['something deep', () => `${'['.repeat(50_000)}\n`, /^line 1: /],
  ])('with %s is refused', async (_, spoil, said) => {
    const { plan } = await begin();
    const { code, problems } = await refusal(load(spoil(plan)));
    expect(code).toBe('input-plan');
    expect(problems.join('\n')).toMatch(said);
  });

  it('has every bad line named at once', async () => {
    const { plan } = await begin();
    const { problems } = await refusal(load(plan.replaceAll('"kind":"', '"kind":"un')));
    expect(problems.map((problem) => problem.slice(0, 7))).toEqual(['line 2:', 'line 3:', 'line 4:']);
  });
});

describe('an approval that was made elsewhere', () => {
  it('counts once it is brought in, with who brought it, and is its signer’s', async () => {
    const { write, bring, approvals, configure, rollout, store } = await begin();
    const approval = await write('approve', [a, b]);
    expect(await bring(approval, TRUSTED)).toMatchObject({ approved: 2, blocked: 0 });
    expect(await approvals()).toMatchObject([
      {
        submittedBy: { osUser: 'alice', host: 'laptop' },
        imported: { by: BY },
        signature: approval.signature,
      },
    ]);
    expect(await gather(store.decisions(rollout.id))).toMatchObject([
      { approver: `key:${keyIdOfKey(APPROVER)}`, expiresAt: approval.expiresAt },
      {},
    ]);
    expect(await configure(rollout)).toMatchObject({ applied: 2 });
  });

  it('is one voice with what the same key signs here', async () => {
    const { write, bring, clock } = await begin();
    await bring(await write('decline', [a]));
    await clock.sleep(1000);
    expect(await bring(await write('approve', [a], STRANGER))).toMatchObject({ approved: 0, blocked: 1 });
    expect(await bring(await write('defer', [a]))).toMatchObject({ approved: 1, declined: 0 });
  });

  it('without a signature is taken, but not with --trust', async () => {
    const { write, bring } = await begin();
    const { signature, ...unsigned } = await write('approve', [a]);
    expect(await refusal(bring(unsigned, TRUSTED))).toEqual({
      code: 'refused-approval',
      problems: ['it is not signed'],
    });
    expect(await bring(unsigned)).toMatchObject({ approved: 1 });
  });

  it('is refused with all that stands against it: expired, used, by a stranger', async () => {
    const { write, bring, clock } = await begin();
    const approval = await write('approve', [a], STRANGER);
    await bring(approval);
    await clock.sleep(DAY);
    const { code, problems } = await refusal(bring(approval, TRUSTED));
    expect(code).toBe('refused-approval');
    expect(problems).toEqual([
      'it was recorded before',
      expect.stringContaining('expired'),
      expect.stringContaining('not trusted'),
    ]);
  });

  it('does not undo what its approver decided since', async () => {
    const { write, bring, clock } = await begin();
    const early = await write('approve', [a, b]);
    await clock.sleep(1000);
    await bring(await write('decline', [b]));
    const { code, problems } = await refusal(bring(early));
    expect(code).toBe('refused-decisions');
    expect(problems).toEqual([expect.stringContaining(b)]);
  });

  it('of another plan, rollout or time to come is refused', async () => {
    const { write, bring } = await begin();
    const approval = await write('approve', [a]);
    for (const change of [{ planDigest: 'f'.repeat(64) }, { rollout: 'rollout-9' }]) {
      expect((await refusal(bring(signedAnew(approval, change)))).code).toBe('refused-foreign-plan');
    }
    const ahead = signedAnew(approval, { at: '2026-11-22T12:00:00.000Z' });
    expect((await refusal(bring(ahead))).problems).toEqual([expect.stringContaining('clock')]);
  });

  it('that does not fit the plan is refused with every problem', async () => {
    const { write, bring, approvals } = await begin();
    const approval = await write('approve', [a, b]);
    const [one, two] = approval.decisions;
    if (!one || !two) throw new Error('no decisions');
    const decisions = [
      { ...one, RotationPeriodInDays: 90 },
      { ...two, region: 'us-east-1' },
    ];
    const misfit = await refusal(bring(signedAnew(approval, { decisions })));
    expect(misfit.code).toBe('input-approval');
    expect(misfit.problems).toHaveLength(2);
    const strange = [one, one, { ...two, keyArn: on }, { ...two, keyArn: arnOf('nobody') }];
    expect((await refusal(bring(signedAnew(approval, { decisions: strange })))).problems).toEqual([
      expect.stringContaining('named twice'),
      expect.stringContaining('not a candidate'),
      expect.stringContaining('not in this plan'),
    ]);
    expect(await approvals()).toEqual([]);
  });

  it.each<[string, Partial<Approval>, RegExp]>([
    ['an id that is a path', { id: '../../x' }, /id/],
    ['no decisions', { decisions: [] }, /nothing/],
    ['no end in sight', { expiresAt: '2036-11-22T10:00:00.000Z' }, /366 days/],
    ['an end before its beginning', { expiresAt: '2026-11-21T10:00:00.000Z' }, /before/],
    ['a caller of AWS', { submittedBy: BY }, /caller/],
    ['times without milliseconds', { at: '2026-11-22T10:00:00Z' }, /no approval/],
    ['an import of its own', { more: 1 } as object, /belong/],
  ])('with %s is refused, however well it is signed', async (_, change, said) => {
    const { write, bring } = await begin();
    const { code, problems } = await refusal(
      (async () => bring(signedAnew(await write('approve', [a]), change)))(),
    );
    expect(code).toBe('input-approval');
    expect(problems.join('\n')).toMatch(said);
  });

  it('with a signature that does not hold, or two, is refused', async () => {
    const { write } = await begin();
    const approval = await write('approve', [a]);
    const other = signPayload('{}', APPROVER);
    const statement = approvalStatement(approval);
    for (const signatures of [[other], [approval.signature ?? other, signPayload(statement, STRANGER)]]) {
      expect(() => parseApprovalFile(envelopeText(statement, signatures))).toThrow(
        expect.objectContaining({ code: 'input-approval' }),
      );
    }
  });

  it('that was changed in any byte is refused', async () => {
    const { write } = await begin();
    const bytes = Buffer.from(approvalFile(await write('approve', [a])));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const spoilt = Buffer.from(bytes);
        spoilt[index] = (spoilt[index] ?? 0) ^ change;
        expect(() => parseApprovalFile(spoilt.toString())).toThrow(
          expect.objectContaining({ code: 'input-approval' }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused, and never breaks, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const files = [text, envelopeText(text, []), envelopeText(`{"predicate":${text}}`, [])];
        for (const file of files) {
          expect(() => parseApprovalFile(file)).toThrow(expect.objectContaining({ code: 'input-approval' }));
        }
      }),
      { numRuns: 300 },
    );
  });
});
