import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { planDigest } from '../../src/assess/plan.ts';
import { exitCodeOf } from '../../src/cli/exit.ts';
import { showAndChoose } from '../../src/cli/phases/choose-keys.ts';
import { reportError } from '../../src/cli/report-error.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { KeyturnError } from '../../src/messages/error.ts';
import { finding as findingSchema } from '../../src/model/finding.ts';
import { jsonText } from '../../src/model/json-text.ts';
import { rollout as rolloutSchema } from '../../src/model/rollout.ts';
import { recordLines } from '../../src/report/lines.ts';
import { openTemporaryStore } from '../../src/store/open.ts';
import { decideApproval } from '../../src/workflow/approve/approve.ts';
import { approvalFile, parseApprovalFile } from '../../src/workflow/approve/import-approval.ts';
import { loadPlan, planFile } from '../../src/workflow/approve/plan-file.ts';
import { planHeaderOf } from '../../src/workflow/rollout/plan-header.ts';
import type { Loose } from '../evidence/forge.ts';
import { type Path, pathsIn } from '../evidence/tamper-json.ts';
import { arnOf } from '../support/facts.ts';
import { gather } from '../support/gather.ts';
import { HOSTILE, requireHarmless } from '../support/hostile-field.ts';
import { beginJourney } from '../workflow/journey.ts';

const EU = 'eu-central-1';

/** A terminal that keeps what it is given, as it is before the last escape. */
function recording(): { terminal: Terminal; printed: string[] } {
  const printed: string[] = [];
  const same = (text: string) => text;
  const styles = { bold: same, dim: same, red: same, yellow: same, green: same };
  const terminal: Terminal = {
    ...{ json: false, quiet: false, colour: false, width: 100, interactive: false, ...styles },
    isClosed: () => false,
    err: (text) => printed.push(text),
    out: async (text) => {
      printed.push(text);
    },
  };
  return { terminal, printed };
}

const plan = async () => {
  const journey = await beginJourney((aws) => {
    aws.add('a', EU, { Description: 'key a', CreationDate: '2020-01-01T00:00:00.000Z' });
    aws.add('on', EU, {}, true);
    aws.add('off', EU, { Enabled: false, KeyState: 'Disabled' });
    aws.unreadable.set(`DescribeKey ${aws.add('hidden', EU).keyArn}`, 'access-denied');
  });
  const rollout = await journey.assess({ lastUsage: true });
  const text = (await gather(planFile(journey.store, rollout))).join('');
  return {
    journey,
    rollout,
    records: text
      .trimEnd()
      .split('\n')
      .map((line): Loose => JSON.parse(line)),
  };
};

/** The plan file with these records, written in their order, its digest made anew. */
async function planText([head, ...lines]: Loose[]): Promise<string> {
  const inOrder = <T>(schema: z.ZodType<T>, value: Loose): T => schema.safeParse(value).data ?? value;
  const rollout = inOrder(rolloutSchema, head.rollout);
  const findings = lines.map(({ reason, ...line }) =>
    inOrder(findingSchema, reason ? { ...line, reason } : line),
  );
  const digest = await planDigest(planHeaderOf(rollout), findings).catch(() => '');
  const first = jsonText({ ...head, rollout: { ...rollout, planDigest: digest } });
  return [`${first}\n`, ...(await gather(recordLines(findings)))].join('');
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Each record with one of its texts replaced, by where that is; of records of one kind the first stands for all. */
function* hostileFields(records: readonly Loose[]): Generator<[string, Loose[]]> {
  const seen = new Set<string>();
  for (const [index, record] of records.entries()) {
    for (const path of pathsIn(record)) {
      const name = `${record.finding ?? record.schema ?? ''} ${path.join('/')}`;
      if (seen.has(name) || typeof at(record, path) !== 'string') continue;
      seen.add(name);
      const changed = structuredClone(record);
      at(changed, path.slice(0, -1))[path.at(-1) ?? ''] = HOSTILE;
      yield [name, records.with(index, changed)];
    }
  }
}

const at = (record: Loose, path: Path): Loose => path.reduce((held, part) => held[part], record);

describe('a text of somebody else, in each field in turn, acts on no terminal', () => {
  it('in a plan file: it is shown spelled out, or refused with exit code 2 in a message that is harmless', async () => {
    const { records } = await plan();
    const refused: string[] = [];
    const shown: string[] = [];
    for (const [name, changed] of hostileFields(records)) {
      const { terminal, printed } = recording();
      const store = await openTemporaryStore();
      try {
        const rollout = await loadPlan(
          store,
          bytesOf(await planText(changed)),
          new Date('2026-11-25T12:00:00Z'),
        );
        await showAndChoose({ store, terminal }, rollout, { all: true } as never);
        shown.push(name);
      } catch (thrown) {
        expect(thrown, name).toBeInstanceOf(KeyturnError);
        expect([name, exitCodeOf(thrown as KeyturnError)]).toEqual([name, 2]);
        await reportError(terminal, thrown, { store: 'store' } as never);
        refused.push(name);
      } finally {
        await store.close();
      }
      requireHarmless(printed.join(''), name);
    }
    expect(refused.length).toBeGreaterThan(20);
    expect(shown.length).toBeGreaterThan(20);
  });

  it('in an approval that is to be imported', async () => {
    const { journey, rollout } = await plan();
    const host = { store: journey.store, clock: journey.clock, newApprovalId: () => 'elsewhere' };
    const approval = await decideApproval(host, rollout, {
      requests: [{ location: 'test', keyArn: arnOf('a'), choice: 'approve' }],
      problems: [],
      source: 'keys',
      reason: 'because',
      submittedBy: { osUser: 'alice', host: 'laptop' },
    });
    let tried = 0;
    for (const [name, [changed]] of hostileFields([approval])) {
      const { terminal, printed } = recording();
      try {
        parseApprovalFile(approvalFile(changed));
      } catch (thrown) {
        expect([name, exitCodeOf(thrown as KeyturnError)]).toEqual([name, 2]);
        await reportError(terminal, thrown, { store: 'store' } as never);
      }
      requireHarmless(printed.join(''), name);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(10);
  });
});
