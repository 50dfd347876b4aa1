import { withLastUsage } from '../../assess/assemble.ts';
import type { Finding } from '../../model/finding.ts';
import type { Place } from '../../model/place.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import { limitConcurrency } from '../limit-concurrency.ts';
import type { KmsPlace, Store } from '../ports.ts';
import { toReading } from '../reading/read-key.ts';

/** KMS takes 5 a second in a place (kms-facts §2), so the places are many at once and each has little in flight. */
const PLACES_AT_ONCE = 256;
const KEYS_AT_ONCE = 8;
/** Keys whose answers are stored together: what a process that is killed asks again. */
const BATCH = 20;

export interface LastUses {
  /** Begins to ask about the candidates of a place that was assessed. */
  add(place: Place): void;
  /** Goes on until every place is done, or the work fails; then nothing goes on behind the caller's back. */
  during(work: () => Promise<void>): Promise<void>;
}

/**
 * Asks when candidates were last used, behind the rest of an assessment: a place is listed, read and stored before, so
 * that no other place waits for these answers.
 */
export function askLastUses({ aws, store, notify, signal }: Host, rollout: string): LastUses {
  const turn = limitConcurrency(PLACES_AT_ONCE);
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const asking: Promise<void>[] = [];
  const waiting = new Set<Place>();
  const ask = async (place: Place) => {
    await turn(() => askPlace(aws.place(place), store, rollout, stopped));
    waiting.delete(place);
  };
  return {
    add: (place) => {
      waiting.add(place);
      const asked = ask(place);
      // Looked at when the rest is done; until then nobody is to take it for forgotten.
      asked.catch(() => stop.abort());
      asking.push(asked);
    },
    during: async (work) => {
      try {
        await work();
        if (waiting.size > 0) notify({ code: 'last-usage-waiting', places: waiting.size });
        await Promise.all(asking);
      } finally {
        stop.abort();
        await Promise.allSettled(asking);
      }
    },
  };
}

/** Asks about the candidates of one place that nobody asked about yet, a batch at a time. */
async function askPlace(kms: KmsPlace, store: Store, rollout: string, signal: AbortSignal): Promise<void> {
  let batch: Finding[] = [];
  const ask = async () => {
    const told: Finding[] = [];
    const askOne = async (finding: Finding) => {
      told.push(withLastUsage(finding, toReading(await kms.getKeyLastUsage(finding.keyArn))));
    };
    await concurrently(batch, KEYS_AT_ONCE, askOne, signal);
    batch = [];
    await store.recordFindings(rollout, told);
  };
  for await (const finding of store.findings(rollout, { kind: 'candidate', place: kms.place })) {
    if (finding.readAt['lastUsage'] !== undefined) continue;
    batch.push(finding);
    if (batch.length >= BATCH) await ask();
  }
  if (batch.length > 0) await ask();
}
