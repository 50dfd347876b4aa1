import { KeyturnError } from '../../src/messages/error.ts';
import type { Clock, RolloutLock, Store } from '../../src/workflow/ports.ts';
import { between, type Random } from '../support/random.ts';
import type { Log } from './log.ts';
import type { ModelClock } from './model-aws.ts';

/**
 * How a process ends before its time, at one of its steps. `killed`: it does nothing more. `interrupted`: Ctrl-C.
 * `disk full`: from then on the store refuses to write.
 */
export interface End {
  readonly how: 'killed' | 'interrupted' | 'disk full';
  readonly step: number;
}

/** What is written, by method; all others only read. */
const WRITES = new Set<keyof Store>([
  'createRollout',
  'recordReached',
  'placesToAssess',
  'recordPlace',
  'recordFindings',
  'completeAssessment',
  'recordApproval',
  'recordIntent',
  'recordOutcome',
  'recordVerdict',
  'journal',
]);
const RECORDED: Partial<Record<keyof Store, 'approval' | 'intent' | 'outcome' | 'verdict'>> = {
  recordApproval: 'approval',
  recordIntent: 'intent',
  recordOutcome: 'outcome',
  recordVerdict: 'verdict',
};

/** One of its own for each who waits: a shared one would keep all of them in memory. */
const never = () => new Promise<never>(() => {});

/**
 * A process of ours: whatever it asks of the world goes through `step`, which may be the last thing that it does,
 * before or after the world has acted. A dead process's promises never settle, so nothing of it goes on.
 */
export class Process {
  readonly id: number;
  readonly signal: AbortSignal;
  /** Resolves when it is killed. */
  readonly death: Promise<'killed'>;
  readonly #stop = new AbortController();
  readonly #end: End | undefined;
  readonly #random: Random;
  readonly #log: Log;
  readonly #clock: ModelClock;
  /** Called between any two of its steps. */
  readonly #between: () => void;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #locks = new Set<RolloutLock>();
  #die: (how: 'killed') => void = () => {};
  #steps = 0;
  #dead = false;
  #diskIsFull = false;

  constructor(
    id: number,
    world: { readonly log: Log; readonly clock: ModelClock; readonly random: Random; between(): void },
    end?: End,
  ) {
    this.id = id;
    this.#end = end;
    this.#random = world.random;
    this.#log = world.log;
    this.#clock = world.clock;
    this.#between = () => world.between();
    this.signal = this.#stop.signal;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** Something of the world's that takes effect at one moment, at once or once the promise is resolved. */
  async step<T>(_name: string, effect: () => T | Promise<T>): Promise<T> {
    await this.#moment();
    const acting = (async () => effect())();
    this.#underWay.add(acting);
    try {
      return await acting;
    } finally {
      this.#underWay.delete(acting);
      await this.#moment();
    }
  }

  /** Waits until nothing of a dead process is under way any more, and drops its locks as the system does. */
  async bury(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    for (const lock of this.#locks) await lock.release();
  }

  async #moment(): Promise<void> {
    for (let turns = between(this.#random, 0, 3); turns > 0 && !this.#dead; turns--) await null;
    if (this.#dead) await never();
    this.#steps += 1;
    this.#between();
    if (this.#end && this.#steps === this.#end.step) await this.#meet(this.#end.how);
  }

  #meet(how: End['how']): Promise<void> {
    this.#log.push({ kind: 'process', at: this.#clock.now().getTime(), process: this.id, what: how });
    if (how === 'disk full') this.#diskIsFull = true;
    if (how === 'interrupted') this.#stop.abort(new KeyturnError('interrupted', 'stopped', 'go on'));
    if (how !== 'killed') return Promise.resolve();
    this.#dead = true;
    this.#die('killed');
    return never();
  }

  clock(): Clock {
    return {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        await this.step('sleep', () => this.#clock.sleep(ms));
        signal?.throwIfAborted();
      },
    };
  }

  /** The store as this process has it: each method is a step, and a read by pages is one a row. */
  store(store: Store): Store {
    const lockRollout: Store['lockRollout'] = async (rollout, holder) => {
      const lock = await store.lockRollout(rollout, holder);
      this.#locks.add(lock);
      const release = async () => {
        if (this.#dead) return;
        this.#locks.delete(lock);
        await lock.release();
      };
      return { ...lock, release };
    };
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        const method = target[name];
        if (name === 'lockRollout') return lockRollout;
        if (typeof method !== 'function') return method;
        const call = method.bind(target) as (...given: unknown[]) => unknown;
        if (WRITES.has(name)) return (...given: unknown[]) => this.#write(name, call, given);
        return (...given: unknown[]) => this.#read(name, call(...given));
      },
    });
  }

  #write(name: keyof Store, call: (...given: unknown[]) => unknown, given: unknown[]): Promise<unknown> {
    return this.step(name, async () => {
      if (this.#diskIsFull) throw new KeyturnError('store-failed', 'the disk is full', 'free some space');
      const written = await call(...given);
      const kind = RECORDED[name];
      if (kind && (kind !== 'intent' || written === 'recorded')) {
        const body = JSON.parse(JSON.stringify(given[kind === 'approval' ? 0 : 1]));
        const rollout = kind === 'approval' ? body.rollout : String(given[0]);
        this.#log.push({ kind, at: this.#clock.now().getTime(), process: this.id, rollout, body });
      }
      return written;
    });
  }

  #read(name: string, result: unknown): unknown {
    if (result instanceof Promise) return this.step(name, () => result);
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
      return this.#each(name, result as AsyncIterable<unknown>);
    }
    return result;
  }

  async *#each(name: string, rows: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const row of rows) yield await this.step(name, () => row);
  }
}
