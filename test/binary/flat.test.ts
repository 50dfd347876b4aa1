import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { planDigest as digestOfPlan } from '../../src/assess/plan.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import type { Decision } from '../../src/model/approval.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import { type Event, type JournalHead, journalLine, lineHash } from '../../src/model/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { recordLine } from '../../src/report/lines.ts';
import { openStore } from '../../src/store/open.ts';
import { outcomeRow, verdictRow } from '../../src/store/rows.ts';
import { planHeaderOf } from '../../src/workflow/rollout/plan-header.ts';
import { candidateOf, partsOf } from '../report/fixture.ts';
import { temporaryDirectory } from '../support/journey.ts';

/*
 * Memory is flat: every command that shows what was approved does it with a heap that cannot hold all of it. That the
 * heap is too small is shown by a program that tries.
 */

const KEYS = 12_000;
const HEAP = '--max-old-space-size=48';
const A_PART = 1000;
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const { rollout, approvals } = partsOf('validated');
let directory: string;

const inSmallHeap = (...args: string[]) =>
  promisify(execFile)(process.execPath, [HEAP, '--max-semi-space-size=8', ...args], {
    maxBuffer: 2 ** 30,
    env: { PATH: process.env['PATH'] },
  });
const keyturn = (...args: string[]) =>
  inSmallHeap(path('../../dist/keyturn.js'), ...args, '--store', directory, '--rollout', rollout.id);
const linesOf = (text: string) => text.split('\n').length - 1;

/** Each record carries as much text as a talkative AWS could send: 12,000 of them are 60 MB. */
const explanation = 'x'.repeat(5000);
const AT = '2026-11-22T14:00:00.000Z';

/** A store in which every key was approved, turned on and confirmed, but for some failures, as its journal says. */
async function fillStore(): Promise<void> {
  const store = await openStore(makeStoreDirectory(directory));
  const { planDigest: _, assessedAt: __, ...begun } = rollout;
  const findings = Array.from({ length: KEYS }, (_, n) => candidateOf(n));
  const [{ account, region }] = findings as [Finding];
  const scoped = { ...begun, scope: { ...begun.scope, accounts: [account], regions: [region] } };
  await store.createRollout(scoped, []);
  await store.recordFindings(rollout.id, findings);
  const place = { account, region };
  await store.recordPlace(rollout.id, { kind: 'assessed', place, listed: KEYS, awsManaged: 0, at: AT });
  const lines = createHash('sha256');
  for await (const finding of store.findings(rollout.id)) lines.update(recordLine(finding));
  const planDigest = await digestOfPlan(planHeaderOf(scoped), store.findings(rollout.id));
  await store.completeAssessment(rollout.id, AT, { planDigest, findingsDigest: lines.digest('hex') });
  const [first] = approvals;
  if (!first) throw new Error('the fixture has approvals');
  const decided = findings.map(({ keyArn, keyId, account, region }): Decision => {
    return { keyArn, keyId, account, region, decision: 'approve', RotationPeriodInDays: 365 };
  });
  for (let from = 0; from < KEYS; from += A_PART) {
    const decisions = decided.slice(from, from + A_PART);
    await store.recordApproval({ ...first, planDigest, approval: `a-${from}`, decisions });
  }
  const head = await store.journalHead(rollout.id);
  await store.close();
  const database = new DatabaseSync(store.path);
  database.exec('pragma synchronous = off; begin');
  writeChanges(database, head, decided);
  database.exec('commit');
  database.close();
}

/** Writes entries and rows as configure and validate do, without a transaction for each. */
function writeChanges(database: DatabaseSync, from: JournalHead, decided: readonly Decision[]): void {
  const entry = database.prepare('insert into journal values (?, ?, ?, ?)');
  const change = database.prepare('insert into changes values (?, ?, ?, ?, ?, ?)');
  const judged = database.prepare('insert into verdicts values (?, ?, ?, ?)');
  let head = from;
  const append = (event: Event) => {
    const line = journalLine(rollout.id, head, event);
    head = { entries: head.entries + 1, hash: lineHash(line) };
    entry.run(rollout.id, head.entries, line, head.hash);
  };
  const caller = 'arn:aws:iam::111122223333:user/tester';
  const bounds = { limit: null, maxFailures: null, settleMs: 1000 };
  append({ at: AT, kind: 'configure-begun', body: { caller, keys: KEYS, ...bounds } });
  for (const [n, { decision: _, ...key }] of decided.entries()) {
    const announced = {
      ...key,
      outcome: 'pending' as const,
      attempts: 1,
      drift: [],
      found: { KeyState: 'Enabled' as const, rotation: 'off' as const },
      checkedAt: AT,
      intendedAt: AT,
    };
    append({ at: AT, kind: 'intent', body: { approval: `a-${n - (n % A_PART)}`, change: announced } });
    const ended: Outcome =
      n % 50 === 0
        ? { ...announced, outcome: 'failed', explanation, finishedAt: AT, error: DENIED }
        : {
            ...announced,
            outcome: 'enabled',
            explanation,
            finishedAt: AT,
            proof: 'proven',
            requestId: `r-${n}`,
          };
    append({ at: AT, kind: 'outcome', body: ended });
    const row = outcomeRow(rollout.id, ended);
    change.run(row.rollout, row.key_arn, row.state, row.outcome, row.reason, row.record);
  }
  append({ at: AT, kind: 'validate-begun', body: { caller, keys: KEYS, waitMs: 1000 } });
  for (const [n, { keyArn, keyId, account, region }] of decided.entries()) {
    if (n % 50 === 0) continue;
    const place = { keyArn, keyId, account, region };
    const verdict: Verdict = {
      ...place,
      verdict: 'confirmed',
      differences: [],
      KeyState: 'Enabled',
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: '2027-11-22T14:00:00.000Z',
      replicas: [],
      readAt: AT,
      reads: 1,
    };
    append({ at: AT, kind: 'verdict', body: verdict });
    const row = verdictRow(rollout.id, verdict);
    judged.run(row.rollout, row.key_arn, row.verdict, row.record);
  }
}

const DENIED: Failure = {
  operation: 'EnableKeyRotation',
  kind: 'access-denied',
  code: 'AccessDenied',
  message: '',
};

beforeAll(async () => {
  directory = join(temporaryDirectory(), 'store');
  await fillStore();
}, 180_000);

describe(`with ${KEYS} approved keys and a heap that cannot hold them`, () => {
  it('a program that holds them all dies', async () => {
    const holdAll = `
      import { openStore } from '${path('../../src/store/open.ts')}';
      const store = await openStore('${directory}');
      const keys = [];
      for await (const key of store.approvedKeys('${rollout.id}')) keys.push(key);`;
    await expect(inSmallHeap('--input-type=module', '-e', holdAll)).rejects.toMatchObject({
      stderr: expect.stringContaining('out of memory'),
    });
  });

  it('status counts them', async () => {
    const { stdout } = await keyturn('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verdicts: { requested: KEYS, notChanged: KEYS / 50 } });
  }, 240_000);

  it.each(['decisions', 'outcomes', 'verdicts'])(
    'list shows all %s',
    async (what) => {
      expect(linesOf((await keyturn('list', what)).stdout)).toBe(KEYS + 1);
      expect(linesOf((await keyturn('list', what, '--json')).stdout)).toBe(KEYS);
    },
    240_000,
  );

  it('report writes them all', async () => {
    const out = join(temporaryDirectory(), 'report');
    await keyturn('report', '--out', out);
    expect(linesOf(readFileSync(join(out, 'verdicts.jsonl'), 'utf8'))).toBe(KEYS);
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({
      decisions: { approved: KEYS },
      validation: { requested: KEYS, confirmed: KEYS - KEYS / 50 },
    });
  }, 240_000);
});
