import { planDigest } from '../../assess/plan.ts';
import { type ChainedEntry, verifyChain } from '../../evidence/chain.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { followHistory } from '../../evidence/history.ts';
import { readPopulation } from '../../evidence/population.ts';
import { verifyApprovals } from '../../evidence/signatures.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { Rollout } from '../../model/rollout.ts';
import { recordLine } from '../../report/lines.ts';
import type { RebuiltRows, Store } from '../ports.ts';
import { planHeaderOf } from './plan-header.ts';

/*
 * The journal is the truth and the rows of the store are its index. Whoever can write the file can write rows that no
 * entry made: before anything is done with them, the journal is followed and every row is held against it.
 */

/** Entries that are rebuilt at once: each can hold as much text as AWS sends. */
const BATCH = 100;

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
  const rebuilt = await store.openRebuilt();
  try {
    const population = await readPopulation(findingLines(store, id));
    const { rollout, approvals } = await followHistory(rebuilding(store, rebuilt, id), population);
    verifyApprovals(approvals);
    await requirePlan(store, rollout);
    await rebuilt.requireSame(id);
  } finally {
    await rebuilt.close();
  }
}

/** The entries of a journal, each of which is rebuilt once its chain was found to hold. */
async function* rebuilding(store: Store, rebuilt: RebuiltRows, id: string): AsyncGenerator<ChainedEntry> {
  let line = '';
  const held: JournalEntry[] = [];
  async function* lines() {
    for await (line of store.journalLines(id)) yield line;
  }
  for await (const next of verifyChain(id, lines())) {
    // As it was written, and not as the schema orders its fields: rows are compared to the byte.
    held.push(JSON.parse(line));
    if (held.length >= BATCH || next.entry.kind === 'approval') await rebuilt.add(held.splice(0));
    yield next;
  }
  await rebuilt.add(held);
}

/** The plan that approvals name is that of the findings and of the scope. */
async function requirePlan(store: Store, rollout: Rollout): Promise<void> {
  if (rollout.planDigest === undefined) return;
  const digest = await planDigest(planHeaderOf(rollout), store.findings(rollout.id));
  if (digest !== rollout.planDigest)
    throw refused(`the digest of its plan is ${digest}, not ${rollout.planDigest}`);
}

function refused(what: string, cause?: unknown): KeyturnError {
  return new KeyturnError(
    'refused-record',
    `The store is not what its journal says: ${what.replace(/\.$/, '')}.`,
    'Do not trust this store. Restore it from a copy, or begin a new rollout with: keyturn assess',
    { cause },
  );
}

async function* findingLines(store: Store, id: string): AsyncGenerator<string> {
  for await (const finding of store.findings(id)) yield recordLine(finding).slice(0, -1);
}
