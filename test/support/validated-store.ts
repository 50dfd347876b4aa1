import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { planDigest as digestOfPlan } from '../../src/assess/plan.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import type { Decision } from '../../src/model/approval.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import { type Event, type JournalHead, journalLine, lineHash } from '../../src/model/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { recordLine } from '../../src/report/lines.ts';
import { openStore } from '../../src/store/open.ts';
import { changeRow, verdictRow } from '../../src/store/rows.ts';
import { planHeaderOf } from '../../src/workflow/rollout/plan-header.ts';
import { candidateOf, partsOf } from '../report/fixture.ts';

export interface ValidatedStore {
  readonly keys: number;
  /** Decisions in each approval. */
  readonly decisions: number;
  /** What each outcome says, if anything. */
  readonly explanation?: string;
}

const AT = '2026-11-22T14:00:00.000Z';

/**
 * Fills a store in which every key was approved, turned on and confirmed, as its journal says. Of 50 changes one failed.
 * @returns the id of its rollout
 */
export async function fillValidatedStore(directory: string, filling: ValidatedStore): Promise<string> {
  const { rollout, approvals } = partsOf('validated');
  const [approval] = approvals;
  const store = await openStore(makeStoreDirectory(directory));
  const { planDigest: _, assessedAt: __, ...begun } = rollout;
  const findings = Array.from({ length: filling.keys }, (_, n) => candidateOf(n));
  const [{ account, region }] = findings as [Finding];
  const place = { account, region };
  const scoped: Rollout = { ...begun, scope: { ...begun.scope, accounts: [account], regions: [region] } };
  await store.createRollout(scoped, []);
  await store.recordFindings(rollout.id, findings);
  await store.recordPlace(rollout.id, {
    kind: 'assessed',
    place,
    listed: filling.keys,
    awsManaged: 0,
    at: AT,
  });
  const lines = createHash('sha256');
  for await (const finding of store.findings(rollout.id)) lines.update(recordLine(finding));
  const planDigest = await digestOfPlan(planHeaderOf(scoped), store.findings(rollout.id));
  await store.completeAssessment(rollout.id, AT, { planDigest, findingsDigest: lines.digest('hex') });
  const decided = findings.map(({ keyArn, keyId, account, region }): Decision => {
    return { keyArn, keyId, account, region, choice: 'approve', RotationPeriodInDays: 365 };
  });
  for (let from = 0; from < filling.keys; from += filling.decisions) {
    if (!approval) throw new Error('the fixture has approvals');
    const decisions = decided.slice(from, from + filling.decisions);
    await store.recordApproval({ ...approval, planDigest, id: `a-${from}`, decisions });
  }
  const head = await store.journalHead(rollout.id);
  await store.close();
  const database = new DatabaseSync(store.path);
  database.exec('pragma synchronous = off; begin');
  writeChanges(database, head, rollout.id, decided, filling);
  database.exec('commit');
  database.close();
  return rollout.id;
}

/** Writes entries and rows as configure and validate do, without a transaction for each. */
function writeChanges(
  database: DatabaseSync,
  from: JournalHead,
  rollout: string,
  decided: readonly Decision[],
  { keys, decisions, explanation }: ValidatedStore,
): void {
  const entry = database.prepare('insert into journal values (?, ?, ?, ?)');
  const change = database.prepare('insert into changes values (?, ?, ?, ?, ?)');
  const judged = database.prepare('insert into verdicts values (?, ?, ?, ?)');
  let head = from;
  const append = (event: Event) => {
    const line = journalLine(rollout, head, event);
    head = { entries: head.entries + 1, hash: lineHash(line) };
    entry.run(rollout, head.entries, line, head.hash);
  };
  const caller = 'arn:aws:iam::111122223333:user/tester';
  const bounds = { limit: null, maxFailures: null, settleMs: 1000 };
  append({ at: AT, kind: 'configure-begun', body: { caller, keys, ...bounds } });
  for (const [n, key] of decided.entries()) {
    const announced = announce(key);
    append({ at: AT, kind: 'intent', body: { approval: `a-${n - (n % decisions)}`, change: announced } });
    const ended: Outcome = {
      ...announced,
      ...(explanation !== undefined && { explanation }),
      finishedAt: AT,
      ...(isFailed(n)
        ? { status: 'failed', error: DENIED }
        : { status: 'applied', proof: 'proven', requestId: `r-${n}` }),
    };
    append({ at: AT, kind: 'outcome', body: ended });
    const row = changeRow(rollout, ended);
    change.run(row.rollout, row.key_arn, row.status, row.reason, row.record);
  }
  append({ at: AT, kind: 'check-begun', body: { check: 'check-1', caller, keys, waitMs: 1000 } });
  for (const [n, key] of decided.entries()) {
    if (isFailed(n)) continue;
    const verdict = confirm(key);
    append({ at: AT, kind: 'verdict', body: verdict });
    const row = verdictRow(rollout, verdict);
    judged.run(row.rollout, row.key_arn, row.kind, row.record);
  }
}

const isFailed = (n: number): boolean => n % 50 === 0;

function announce({ choice: _, ...key }: Decision): Outcome {
  return {
    ...key,
    status: 'unsettled',
    attempts: 1,
    drift: [],
    found: { KeyState: 'Enabled', rotation: 'off' },
    checkedAt: AT,
    intendedAt: AT,
  };
}

const confirm = ({ keyArn, keyId, account, region }: Decision): Verdict => ({
  check: 'check-1',
  keyArn,
  keyId,
  account,
  region,
  kind: 'confirmed',
  differences: [],
  KeyState: 'Enabled',
  KeyRotationEnabled: true,
  RotationPeriodInDays: 365,
  NextRotationDate: '2027-11-22T14:00:00.000Z',
  replicas: [],
  readAt: AT,
  reads: 1,
});

const DENIED: Failure = {
  operation: 'EnableKeyRotation',
  kind: 'access-denied',
  code: 'AccessDenied',
  message: '',
};
