import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/journey.ts';
import { fillValidatedStore } from '../support/validated-store.ts';

/*
 * Memory is flat: every command that shows what was approved does it with a heap that cannot hold all of it. That the
 * heap is too small is shown by a program that tries.
 */

const KEYS = 12_000;
const HEAP = '--max-old-space-size=48';
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
let directory: string;
let rollout: string;

const inSmallHeap = (...args: string[]) =>
  promisify(execFile)(process.execPath, [HEAP, '--max-semi-space-size=8', ...args], {
    maxBuffer: 2 ** 30,
    env: { PATH: process.env['PATH'] },
  });
const keyturn = (...args: string[]) =>
  inSmallHeap(path('../../dist/keyturn.js'), ...args, '--store', directory, '--rollout', rollout);
const linesOf = (text: string) => text.split('\n').length - 1;

/** Each record carries as much text as a talkative AWS could send: 12,000 of them are 60 MB. */
const explanation = 'x'.repeat(5000);

beforeAll(async () => {
  directory = join(temporaryDirectory(), 'store');
  rollout = await fillValidatedStore(directory, { keys: KEYS, decisions: 1000, explanation });
}, 180_000);

describe(`with ${KEYS} approved keys and a heap that cannot hold them`, () => {
  it('a program that holds them all dies', async () => {
    const holdAll = `
      import { openStore } from '${path('../../src/store/open.ts')}';
      const store = await openStore('${directory}');
      const keys = [];
      for await (const key of store.approvedKeys('${rollout}')) keys.push(key);`;
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
