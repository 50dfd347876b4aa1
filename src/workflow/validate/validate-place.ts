import type { Outcome } from '../../model/outcome.ts';
import type { Place } from '../../model/place.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import type { limitConcurrency } from '../limit-concurrency.ts';
import type { ApprovedFilter } from '../ports.ts';
import type { OpenPlaces } from '../reading/open-places.ts';
import { outcomeOf, readOutcomes } from '../rollout/outcomes.ts';
import { readBack } from './reread-key.ts';
import type { Lagging, Waiting } from './waiting.ts';

export interface PlaceValidation {
  readonly host: Host;
  /** The id of the check. */
  readonly check: string;
  readonly rollout: AssessedRollout;
  readonly places: OpenPlaces;
  /** Which keys are to be read. */
  readonly changed: ApprovedFilter;
  /** Until when a change is read again, in the clock's monotonic milliseconds. */
  readonly deadlineOf: (outcome: Outcome) => number;
  readonly signal: AbortSignal;
  readonly inTurn: ReturnType<typeof limitConcurrency>;
  readonly waiting: Waiting;
  /** Called after each verdict. */
  readonly onKey: () => void;
}

const KEYS_AT_ONCE = 32;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Validates one place. What has to be read again is kept by its ARN alone; the store knows the rest. */
export async function validatePlace(work: PlaceValidation, place: Place): Promise<void> {
  const { host, rollout, places, changed, signal, inTurn, waiting } = work;
  const { store, clock } = host;
  let lagging = await inTurn(() => readKeys(work, readOutcomes(store, rollout.id, { ...changed, place }), 1));
  for (let reads = 2, pause = FIRST_PAUSE_MS; lagging.keyArns.length > 0; reads++) {
    waiting.begin(lagging);
    await clock.sleep(Math.max(1, Math.min(pause, lagging.until - clock.monotonic())), signal);
    waiting.end(lagging);
    const again = outcomesOf(work, lagging.keyArns);
    lagging = await inTurn(() => readKeys(work, again, reads));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  places.leave(place);
  waiting.done();
}

/** Reads keys and records a verdict on each that is as expected, or has had its time. Returns the others. */
async function readKeys(
  { host, check, rollout, places, deadlineOf, signal, onKey }: PlaceValidation,
  outcomes: AsyncIterable<Outcome>,
  reads: number,
): Promise<Lagging> {
  const { store, clock } = host;
  const keyArns: string[] = [];
  let until = 0;
  const readOne = async (outcome: Outcome) => {
    const deadline = deadlineOf(outcome);
    const isLast = clock.monotonic() >= deadline;
    const verdict = { check, ...(await readBack(places, outcome, reads)) };
    if (verdict.kind !== 'confirmed' && !isLast) {
      keyArns.push(outcome.keyArn);
      until = Math.max(until, deadline);
      return;
    }
    await store.recordVerdict(rollout.id, verdict);
    onKey();
  };
  await concurrently(outcomes, KEYS_AT_ONCE, readOne, signal);
  return { keyArns, until };
}

async function* outcomesOf(
  { host, rollout }: PlaceValidation,
  keyArns: readonly string[],
): AsyncGenerator<Outcome> {
  for (const keyArn of keyArns) {
    const key = await host.store.approvedKey(rollout.id, keyArn);
    if (key) yield outcomeOf(key);
  }
}
