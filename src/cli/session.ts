import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Submitter } from '../model/approval.ts';
import type { Aws, Caller, Clock, Store } from '../workflow/ports.ts';
import { type Progress, showProgress } from './progress.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly store: string;
  readonly rollout?: string;
  readonly profile?: string;
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
}

/** What a command works with. */
export interface Session {
  readonly store: Store;
  readonly terminal: Terminal;
  readonly progress: Progress;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal && { signal });
  },
};

/** Opens what a command needs, runs it, and closes the store whatever happens. */
export async function withSession<T>(
  options: CommonOptions,
  store: 'make' | 'find',
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const terminal = openTerminal(options);
  const opened = await openSessionStore(options.store, store);
  const progress = showProgress(terminal);
  try {
    return await work({ store: opened, terminal, progress });
  } finally {
    progress.end();
    await opened.close();
  }
}

async function openSessionStore(directory: string, how: 'make' | 'find'): Promise<Store> {
  const { makeStoreDirectory, findStoreDirectory } = await import('../files/store-directory.ts');
  const { openStore } = await import('../store/open.ts');
  return openStore(how === 'make' ? makeStoreDirectory(directory) : findStoreDirectory(directory));
}

/** AWS through the SDK's own providers, for the profile and the first Region that the command names. */
export async function openAws({ profile }: CommonOptions, region?: string): Promise<Aws> {
  const { connectAws } = await import('../aws/connect.ts');
  return connectAws({
    version: VERSION,
    clock: systemClock,
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  });
}

/** Sortable by time, short enough to type: `20261123-101500-3f9c`. */
export function newId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split(/[T.]/);
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

export function submitterFrom({ callerArn, account, userId }: Caller): Submitter {
  return { callerArn, account, userId, osUser: operatingSystemUser(), host: hostname() };
}

/** Who holds a lock: for another process's message, not for deciding whether this one lives. */
export const holderName = (command: string): string =>
  `${command}, process ${process.pid} of ${operatingSystemUser()} on ${hostname()}`;

function operatingSystemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password database, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
