import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../sandbox/index.ts';
import { type Journey, until } from '../../support/journey.ts';
import type { Running } from '../../support/keyturn.ts';
import type { Entry } from '../../support/store.ts';
import { done } from './figures.ts';
import { clockFor, type Made, make } from './mischief.ts';
import { type Kill, type Moment, sayMoment } from './plan.ts';

/** Where the report that may be killed is written. */
export const EVIDENCE = 'evidence';

/** The command to kill, what another process does at the same time, and how more keys are approved meanwhile. */
export interface Commands {
  readonly killed: readonly string[];
  readonly again: readonly string[];
  readonly approve: readonly string[];
}

/**
 * Starts a command, twice where so planned, has its mischief befall it, and kills one at the moment.
 * @returns the journal as it was when the store was lost, if it was
 */
export async function strike(
  journey: Journey,
  commands: Commands,
  { moment, signal, two, mischief }: Kill,
): Promise<readonly Entry[] | undefined> {
  const { start, startWith } = journey;
  const clock = clockFor(journey, mischief?.what);
  const running = startWith(clock.env, ...commands.killed);
  const again = () => start(...commands.again);
  const all = [running.ended, ...(two ? [again().ended] : [])];
  let made: Made = {};
  if (mischief && (await comesWhileAtWork(journey, running, mischief.at))) {
    const approve = () => start(...commands.approve);
    const target = { journey, running, again, approve, setClock: clock.set };
    made = await make(mischief.what, target);
  }
  const victim = made.victim ?? running;
  done.aimed += 1;
  if ((await comesWhileAtWork(journey, victim, moment)) && victim.child.kill(signal)) done.struck += 1;
  await Promise.all([...all, ...(made.others ?? [])]);
  made.repair?.();
  return made.lost;
}

/** Waits for a moment, counted from now. @returns false if the process ended before */
async function comesWhileAtWork(
  { sandbox, cwd }: Journey,
  { ended }: Running,
  moment: Moment,
): Promise<boolean> {
  const since = Date.now();
  const before = callsOf(sandbox, moment);
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  const hasCome = () => {
    if ('afterMs' in moment) return Date.now() - since >= moment.afterMs;
    if ('files' in moment) return filesSince(join(cwd, EVIDENCE), since) >= moment.files;
    return callsOf(sandbox, moment) - before >= moment.call;
  };
  await until(() => isOver || hasCome(), sayMoment(moment), 40_000);
  return !isOver;
}

const callsOf = ({ counts }: Sandbox, moment: Moment): number =>
  'operation' in moment ? (counts.operations[moment.operation]?.calls ?? 0) : 0;

/** How many files of a directory have been written, or begun, since a time. */
function filesSince(directory: string, since: number): number {
  if (!existsSync(directory)) return 0;
  const times = readdirSync(directory).map((name) => {
    return statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  });
  return times.filter((time) => time >= since).length;
}
