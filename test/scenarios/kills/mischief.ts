import { setTimeout as sleep } from 'node:timers/promises';
import { fakeClock, hasFaketime } from '../../support/clock.ts';
import { deleteLocks, isStoreOpen, LOSSES, moveStoreAway } from '../../support/interfere.ts';
import type { Journey } from '../../support/journey.ts';
import type { Ended, Running } from '../../support/keyturn.ts';
import { between, pick, type Random } from '../../support/random.ts';
import { type Entry, readJournal } from '../../support/store.ts';
import { done } from './figures.ts';
import type { Phase } from './plan.ts';

/** What befalls a command, besides the kill, while it works. */
export type Mischief =
  /** Somebody approves more keys at the same time. */
  | { readonly kind: 'more approved' }
  /** The lock file is deleted, and the command started once more. */
  | { readonly kind: 'locks deleted'; readonly killed: 'first' | 'second' }
  /** The process is stopped, the command started once more, and the first continued after so long. */
  | { readonly kind: 'stopped'; readonly forMs: number; readonly locksDeleted: boolean }
  /** The store is renamed, and put back when the command has ended. */
  | { readonly kind: 'store away' }
  | { readonly kind: 'store lost'; readonly how: string }
  /** The clock of the process is set. */
  | { readonly kind: 'clock set'; readonly by: string };

const CLOCKS = ['+4m', '-4m', '+1h', '-1h', '+10h', '-10h', '+3d', '-3d', '+30d'];

const DRAWN: Readonly<Record<Mischief['kind'], (random: Random) => Mischief>> = {
  'more approved': () => ({ kind: 'more approved' }),
  'locks deleted': (random) => ({
    kind: 'locks deleted',
    killed: pick(random, ['first', 'second'] as const),
  }),
  stopped: (random) => ({
    kind: 'stopped',
    forMs: between(random, 100, 4000),
    locksDeleted: random() < 0.6,
  }),
  'store away': () => ({ kind: 'store away' }),
  'store lost': (random) => ({ kind: 'store lost', how: pick(random, Object.keys(LOSSES)) }),
  'clock set': (random) => ({ kind: 'clock set', by: pick(random, CLOCKS) }),
};

const ANYWHERE: readonly Mischief['kind'][] = ['locks deleted', 'stopped', 'store away', 'clock set'];
/** What each phase meets, and how often. A store is lost once a case at most: there is nothing left then. */
const MEETS: Readonly<
  Record<Phase, { readonly often: number; readonly kinds: readonly Mischief['kind'][] }>
> = {
  assess: { often: 0.3, kinds: ANYWHERE },
  approve: { often: 0.3, kinds: ['stopped', 'store away', 'clock set'] },
  configure: { often: 0.7, kinds: [...ANYWHERE, 'locks deleted', 'stopped', 'more approved', 'store lost'] },
  validate: { often: 0.3, kinds: ANYWHERE },
  report: { often: 0, kinds: ANYWHERE },
};

export function mischiefIn(random: Random, phase: Phase): Mischief | undefined {
  const { often, kinds } = MEETS[phase];
  return random() < often ? DRAWN[pick(random, kinds)](random) : undefined;
}

export function sayMischief(mischief: Mischief): string {
  switch (mischief.kind) {
    case 'locks deleted':
      return `locks deleted, ${mischief.killed} of two killed`;
    case 'stopped':
      return `stopped for ${mischief.forMs} ms${mischief.locksDeleted ? ' and locks deleted' : ''}`;
    case 'store lost':
      return `store lost: ${mischief.how}`;
    case 'clock set':
      return `clock set by ${mischief.by}${hasFaketime ? '' : ' (skipped: there is no libfaketime)'}`;
    default:
      return mischief.kind;
  }
}

/** What came of it. */
export interface Made {
  /** The process to kill instead. */
  readonly victim?: Running;
  /** What else ends by itself. */
  readonly others?: readonly Promise<Ended>[];
  /** Called when all has ended. */
  readonly repair?: () => void;
  /** The journal as it was when the store was lost. */
  readonly lost?: readonly Entry[];
}

/** A command under way and how it, or another one, is started. */
export interface Target {
  readonly journey: Journey;
  readonly running: Running;
  readonly again: () => Running;
  /** Approves more keys. */
  readonly approve: () => Running;
  readonly setClock: (by: string) => void;
}

/** Long enough for a process to have stopped. */
const STOPPED_MS = 30;

export async function make(mischief: Mischief, target: Target): Promise<Made> {
  const { journey, running, again } = target;
  // Before the command has opened its store there is nothing to take away.
  if (!isStoreOpen(journey.cwd)) return {};
  if (mischief.kind !== 'clock set' || hasFaketime) done[mischief.kind] += 1;
  switch (mischief.kind) {
    case 'more approved':
      return { others: [target.approve().ended] };
    case 'locks deleted': {
      deleteLocks(journey.cwd);
      const second = again();
      return mischief.killed === 'second'
        ? { victim: second, others: [second.ended] }
        : { others: [second.ended] };
    }
    case 'stopped':
      running.child.kill('SIGSTOP');
      if (mischief.locksDeleted) deleteLocks(journey.cwd);
      return continueLater(running, again(), mischief.forMs);
    case 'store away':
      return { repair: moveStoreAway(journey.cwd) };
    case 'store lost':
      return { lost: await loseStore(journey, running, mischief.how) };
    case 'clock set':
      target.setClock(mischief.by);
      return {};
  }
}

async function continueLater({ child }: Running, second: Running, forMs: number): Promise<Made> {
  await Promise.race([second.ended, sleep(forMs)]);
  child.kill('SIGCONT');
  return { others: [second.ended] };
}

/** The process stands still meanwhile, so that it is known what it had on record. */
async function loseStore({ cwd }: Journey, { child }: Running, how: string): Promise<readonly Entry[]> {
  child.kill('SIGSTOP');
  await sleep(STOPPED_MS);
  const journal = readJournal(cwd);
  LOSSES[how]?.(cwd);
  child.kill('SIGCONT');
  return journal;
}

/** A clock for a command that may be set; the true one if it will not, or cannot, be. */
export function clockFor({ cwd }: Journey, mischief: Mischief | undefined) {
  const isFake = mischief?.kind === 'clock set' && hasFaketime;
  return isFake ? fakeClock(cwd) : { env: {}, set: () => {} };
}
