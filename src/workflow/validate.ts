import { KeyturnError } from '../messages/error.ts';
import type { KeyMetadata, Reading } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { parseKeyArn } from '../model/place.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { ReplicaVerdict, Verdict, VerdictKind } from '../model/verdict.ts';
import { judgeChange, judgeReplica } from '../validate/verdict.ts';
import { checkCaller } from './check-caller.ts';
import { concurrently } from './concurrently.ts';
import type { Host } from './host.ts';
import { outcomesOf } from './outcomes.ts';
import type { KmsPlace, Store } from './ports.ts';
import { readRotationFacts, toReading } from './read-key.ts';

/** `requested = confirmed + discrepant + unreadable + notChanged` */
export type VerdictTotals = Readonly<Record<'requested' | VerdictKind | 'notChanged', number>>;

const KEYS_AT_ONCE = 32;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Re-reads every key that was reported as enabled and records a verdict on each. What is not as expected is read again
 * until `waitMs` after its change have passed: KMS may take minutes to agree with itself (kms-facts §3).
 * @param which `unconfirmed` leaves out what an earlier validation confirmed: enough between two waves
 * @throws KeyturnError `refused-nothing-approved` where nothing was asked for
 */
export async function validate(
  host: Host,
  rollout: AssessedRollout,
  waitMs: number,
  which: 'all' | 'unconfirmed' = 'all',
): Promise<VerdictTotals> {
  const { store, clock } = host;
  const lock = store.lockRollout(rollout.id, host.holder);
  try {
    const confirmed = which === 'all' ? new Set<string>() : await confirmedKeys(store, rollout.id);
    const outcomes = await outcomesOf(store, rollout.id);
    if (outcomes.length === 0) throw nothingRequested();
    const changed = outcomes.filter(({ outcome, keyArn }) => outcome === 'enabled' && !confirmed.has(keyArn));
    const caller = await checkCaller(host.aws, rollout);
    const body = { caller, keys: changed.length, waitMs };
    await store.journal(rollout.id, { at: clock.now().toISOString(), kind: 'validate-begun', body });
    await readUntilSettled(host, rollout, changed, waitMs);
    return totalVerdicts(outcomes, await store.verdicts(rollout.id));
  } finally {
    lock.release();
  }
}

async function confirmedKeys(store: Store, rollout: string): Promise<Set<string>> {
  const verdicts = await store.verdicts(rollout);
  return new Set(verdicts.filter(({ verdict }) => verdict === 'confirmed').map(({ keyArn }) => keyArn));
}

/** Counts the verdicts over everything that was approved; `notChanged` is all that configure did not change. */
export function totalVerdicts(outcomes: readonly Outcome[], verdicts: readonly Verdict[]): VerdictTotals {
  const enabled = new Set(outcomes.filter((each) => each.outcome === 'enabled').map(({ keyArn }) => keyArn));
  const totals = { requested: outcomes.length, confirmed: 0, discrepant: 0, unreadable: 0 };
  for (const { keyArn, verdict } of verdicts) if (enabled.has(keyArn)) totals[verdict] += 1;
  return { ...totals, notChanged: outcomes.length - enabled.size };
}

async function readUntilSettled(
  { aws, store, clock, notify, signal }: Host,
  rollout: AssessedRollout,
  changed: readonly Outcome[],
  waitMs: number,
): Promise<void> {
  const places = new Map<string, KmsPlace>();
  const place = (account: string, region: string): KmsPlace => {
    const known = places.get(`${account} ${region}`) ?? aws.place({ account, region });
    places.set(`${account} ${region}`, known);
    return known;
  };
  let judged = 0;
  let left = changed.map((outcome) => ({ outcome, reads: 0 }));
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const again: typeof left = [];
    const readOne = async ({ outcome, reads }: (typeof left)[number]) => {
      const isLast = clock.now().getTime() >= deadline(outcome, waitMs);
      const verdict = await readVerdict(place, outcome, reads + 1);
      if (verdict.verdict !== 'confirmed' && !isLast) {
        again.push({ outcome, reads: reads + 1 });
        return;
      }
      await store.recordVerdict(rollout.id, verdict);
      judged += 1;
      notify({ code: 'progress', phase: 'validate', done: judged, of: changed.length });
    };
    await concurrently(left, KEYS_AT_ONCE, readOne, signal);
    if (again.length === 0) return;
    const untilLast =
      Math.max(...again.map(({ outcome }) => deadline(outcome, waitMs))) - clock.now().getTime();
    notify({
      code: 'validate-waiting',
      keys: again.length,
      seconds: Math.ceil(Math.max(0, untilLast) / 1000),
    });
    await clock.sleep(Math.max(1, Math.min(pause, untilLast)), signal);
    left = again;
  }
}

function deadline({ finishedAt }: Outcome, waitMs: number): number {
  return Date.parse(finishedAt ?? '') + waitMs || 0;
}

async function readVerdict(
  place: (account: string, region: string) => KmsPlace,
  outcome: Outcome,
  reads: number,
): Promise<Verdict> {
  const { keyArn, keyId, account, region } = outcome;
  const kms = place(account, region);
  const facts = await readRotationFacts(kms, keyArn);
  const judgement = judgeChange(outcome, facts);
  const replicas = await readReplicas(place, outcome, facts.metadata);
  const readAt = facts.rotation?.at ?? facts.metadata.at;
  return { keyArn, keyId, account, region, ...judgement, replicas, readAt, reads };
}

async function readReplicas(
  place: (account: string, region: string) => KmsPlace,
  outcome: Outcome,
  metadata: Reading<KeyMetadata>,
): Promise<ReplicaVerdict[]> {
  const family = metadata.kind === 'read' ? metadata.value.MultiRegionConfiguration : undefined;
  if (family?.MultiRegionKeyType !== 'PRIMARY') return [];
  const replicas = (family.ReplicaKeys ?? []).flatMap(({ Arn }) => {
    const parsed = parseKeyArn(Arn);
    return parsed ? [{ keyArn: Arn, ...parsed }] : [];
  });
  return Promise.all(
    replicas.map(async ({ keyArn, account, region }) => {
      const rotation = toReading(await place(account, region).getKeyRotationStatus(keyArn));
      return judgeReplica(outcome, { keyArn, region }, rotation);
    }),
  );
}

function nothingRequested(): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    'Nothing was approved in this rollout, so there is nothing to validate.',
    'Approve keys with: keyturn approve',
  );
}
