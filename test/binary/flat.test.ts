import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import type { Decision } from '../../src/model/approval.ts';
import { openStore } from '../../src/store/open.ts';
import { candidateOf, partsOf } from '../report/fixture.ts';
import { temporaryDirectory } from '../support/journey.ts';

/*
 * Memory is flat: every command that shows what was approved does it with a heap that cannot hold all of it. That the
 * heap is too small is shown by a program that tries.
 */

const KEYS = 12_000;
const HEAP = '--max-old-space-size=40';
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
const ERROR = JSON.stringify({
  operation: 'DescribeKey',
  kind: 'server',
  code: 'Odd',
  message: 'x'.repeat(5000),
});

/** A store in which every key was approved, turned on and confirmed, but for some failures. */
async function fillStore(): Promise<void> {
  const store = await openStore(makeStoreDirectory(directory));
  const findings = Array.from({ length: KEYS }, (_, n) => candidateOf(n));
  await store.createRollout(rollout, []);
  await store.recordFindings(rollout.id, findings);
  const [first] = approvals;
  if (!first) throw new Error('the fixture has approvals');
  for (let from = 0; from < KEYS; from += A_PART) {
    const decisions = findings.slice(from, from + A_PART).map(({ keyArn, keyId, account, region }) => {
      return { keyArn, keyId, account, region, decision: 'approve', RotationPeriodInDays: 365 } as Decision;
    });
    await store.recordApproval({ ...first, approval: `a-${from}`, decisions });
  }
  await store.close();
  const database = new DatabaseSync(store.path);
  database.exec(`
    insert into changes (rollout, key_arn, state, outcome, record)
      select rollout, key_arn, 'ended', iif(rowid % 50 = 0, 'failed', 'enabled'),
      json_set(record, '$.outcome', iif(rowid % 50 = 0, 'failed', 'enabled'), '$.attempts', 1,
        '$.drift', json('[]'), '$.error', json('${ERROR}'), '$.finishedAt', '2026-11-22T14:00:00.000Z') from decisions;
    insert into verdicts select rollout, key_arn, 'confirmed',
      json_set(record, '$.verdict', 'confirmed', '$.differences', json('[]'), '$.replicas', json('[]'),
        '$.readAt', '2026-11-22T15:00:00.000Z', '$.reads', 1) from changes where outcome = 'enabled';`);
  database.close();
}

beforeAll(async () => {
  directory = join(temporaryDirectory(), 'store');
  await fillStore();
});

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
  });

  it.each(['decisions', 'outcomes', 'verdicts'])('list shows all %s', async (what) => {
    expect(linesOf((await keyturn('list', what)).stdout)).toBe(KEYS + 1);
    expect(linesOf((await keyturn('list', what, '--json')).stdout)).toBe(KEYS);
  });

  it('report writes them all', async () => {
    const out = join(temporaryDirectory(), 'report');
    await keyturn('report', '--out', out);
    expect(linesOf(readFileSync(join(out, 'verdicts.jsonl'), 'utf8'))).toBe(KEYS);
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({
      decisions: { approved: KEYS },
      validation: { requested: KEYS, confirmed: KEYS - KEYS / 50 },
    });
  }, 120_000);
});
