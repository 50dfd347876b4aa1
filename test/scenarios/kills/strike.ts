import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../sandbox/index.ts';
import { type Journey, until } from '../../support/journey.ts';
import { type Kill, type Moment, sayMoment } from './plan.ts';

/** Where the report that may be killed is written. */
export const EVIDENCE = 'evidence';

/** Starts a command, twice where so planned, and kills one at the moment; whether it was killed, or had ended before. */
export async function strike(
  { sandbox, start, cwd }: Journey,
  args: readonly string[],
  { moment, signal, two }: Kill,
): Promise<boolean> {
  const since = Date.now();
  const before = callsOf(sandbox, moment);
  const { child, ended } = start(...args);
  const other = two ? start(...args) : undefined;
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
  });
  const hasCome = () => {
    if ('afterMs' in moment) return Date.now() - since >= moment.afterMs;
    if ('files' in moment) return filesSince(join(cwd, EVIDENCE), since) >= moment.files;
    return callsOf(sandbox, moment) - before >= moment.call;
  };
  await until(() => isOver || hasCome(), sayMoment(moment), 40_000);
  const killed = !isOver && child.kill(signal);
  await Promise.all([over, other?.ended]);
  return killed;
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
