import { PlanDigest } from '../../assess/plan.ts';
import { type ChainedEntry, verifyChain } from '../../evidence/chain.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { followHistory } from '../../evidence/history.ts';
import { type Population, PopulationCount, requireFinding } from '../../evidence/population.ts';
import { verifyApprovals } from '../../evidence/signatures.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Rollout } from '../../model/rollout.ts';
import { recordLine } from '../../report/lines.ts';
import type { DueRows, JournalRow, Store } from '../ports.ts';
import { planHeaderOf } from './plan-header.ts';

/*
 * The journal is the truth and the rows of the store are its index. Whoever can write the file can write rows that no
 * entry made: before anything is done with them, the journal is followed and every row is held against it.
 */

/** The revision at which a rollout was checked: what this process has written since needs no second look. */
const checked = new WeakMap<Store, Map<string, number>>();

/**
 * Follows the journal of a rollout and holds every row of the store against it, at one time.
 * @throws KeyturnError `refused-record` if an entry or a row does not follow from the entries before
 */
export async function checkRecord(store: Store, { id }: Rollout): Promise<void> {
  const revision = await store.revision();
  const known = checked.get(store) ?? new Map<string, number>();
  if (known.get(id) === revision) return;
  await store.snapshot((snapshot) => followRecord(snapshot, id));
  checked.set(store, known.set(id, revision));
}

/**
 * For commands that only show: what is wrong with the record, to be told beside what is shown.
 * @returns undefined if nothing is
 */
export async function findRecordProblem(store: Store, rollout: Rollout): Promise<string | undefined> {
  try {
    await checkRecord(store, rollout);
    return undefined;
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'refused-record') return error.message;
    throw error;
  }
}

/**
 * The same over a store that shows one time.
 * @throws KeyturnError `refused-record`
 */
export async function followRecord(store: Store, id: string): Promise<void> {
  try {
    await follow(store, id);
  } catch (cause) {
    const isDamaged = cause instanceof KeyturnError && cause.code === 'store-damaged';
    if (cause instanceof EvidenceError) throw refused(`${cause.where}: ${cause.message}`, cause);
    throw isDamaged ? refused(cause.message, cause) : cause;
  }
}

async function follow(store: Store, id: string): Promise<void> {
  const { population, planDigest } = await readFindings(store, id);
  const due = store.openDueRows();
  const { rollout, approvals } = await followHistory(readEntries(store, due, id), population);
  verifyApprovals(approvals);
  await due.requireSame(id);
  if (rollout.planDigest !== undefined && rollout.planDigest !== planDigest)
    throw refused(`the digest of its plan is ${planDigest}, not ${rollout.planDigest}`);
}

/**
 * What the findings come to, read once.
 * @returns also the digest of the plan that they make under the scope in the row of the rollout, which has to be held
 *   against the journal
 */
async function readFindings(
  store: Store,
  id: string,
): Promise<{ population: Population; planDigest: string }> {
  const rollout = await store.findRollout(id);
  if (!rollout) throw refused(`it has no rollout ${id}`);
  const counted = new PopulationCount();
  const plan = new PlanDigest(planHeaderOf(rollout));
  for await (const finding of store.findings(id)) {
    const line = recordLine(finding).slice(0, -1);
    requireFinding(finding, line);
    counted.add(finding, line);
    plan.add(finding);
  }
  return { population: counted.read(), planDigest: plan.read() };
}

/** The entries of a journal, each of which makes its rows due once it was followed. */
async function* readEntries(store: Store, due: DueRows, id: string): AsyncGenerator<ChainedEntry> {
  let row: JournalRow | undefined;
  async function* lines() {
    for await (row of store.journalRows(id)) yield row.line;
  }
  for await (const next of verifyChain(id, lines())) {
    const { entries, hash } = next.head;
    if (row?.seq !== entries || row.hash !== hash)
      throw refused(`entry ${entries} of the journal is stored with another number or hash`);
    yield next;
    due.add(next.entry);
  }
}

function refused(what: string, cause?: unknown): KeyturnError {
  return new KeyturnError(
    'refused-record',
    `The store is not what its journal says: ${what.replace(/\.$/, '')}.`,
    'Do not trust this store. Restore it from a copy, or begin a new rollout with: keyturn assess',
    { cause },
  );
}
