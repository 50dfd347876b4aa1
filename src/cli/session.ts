import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyturnError } from '../messages/error.ts';
import type { Notify } from '../messages/message.ts';
import { shellWord } from '../messages/shell-word.ts';
import type { MachineUser, Submitter } from '../model/approval.ts';
import type { Rollout } from '../model/rollout.ts';
import { forTerminal } from '../report/escape.ts';
import type { Aws, Caller, Clock, Store } from '../workflow/ports.ts';
import { mfaPrompt } from './mfa.ts';
import { type Progress, showProgress } from './progress.ts';
import type { AccessOptions, CommonOptions } from './settings/takes.ts';
import { Interrupted, onFirstSignal } from './signals.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** What a command works with. */
export interface Session {
  readonly store: Store;
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP, with the error to end with. */
  readonly signal: AbortSignal;
}

/** Who is asked, until the signal ends it. */
export type Asked = Pick<Session, 'store' | 'terminal'> & { readonly signal?: AbortSignal };

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, signal && { signal });
    } catch {
      signal?.throwIfAborted();
    }
  },
};

/** Opens what a command needs, runs it, and closes the store whatever happens. */
export async function withSession<T>(
  options: CommonOptions,
  store: StoreAccess,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const terminal = openTerminal(options);
  const opened = await openSessionStore(options.store, store);
  const { isStorePublic } = await import('../files/permissions.ts');
  // A backup that is only read may be meant for others, and its modes are not the reader's to change.
  if (store !== 'read' && isStorePublic(options.store))
    terminal.err(
      `warning: every user of this machine can read the store ${forTerminal(options.store)}. Run: chmod -R go-rwx ${shellWord(options.store)}\n`,
    );
  const progress = showProgress(terminal);
  const stop = new AbortController();
  const leave = onFirstSignal((signal) => {
    progress.end();
    terminal.err('Stopping after the operations in progress finish. Press Ctrl-C again to stop now.\n');
    stop.abort(new Interrupted(signal));
  });
  try {
    return await work({ store: opened, terminal, progress, signal: stop.signal });
  } finally {
    leave();
    progress.end();
    progress.conclude();
    await opened.close();
  }
}

/** `read`: for a command that only reads, so that the store may be one that cannot be written. */
export type StoreAccess = 'make' | 'find' | 'read';

export async function openSessionStore(directory: string, how: StoreAccess): Promise<Store> {
  const { makeStoreDirectory, findStoreDirectory } = await import('../files/store-directory.ts');
  const { openStore, openStoreToRead } = await import('../store/open.ts');
  if (how === 'read') {
    const { filesOfStore } = await import('../files/store-copy.ts');
    return openStoreToRead(filesOfStore(findStoreDirectory(directory)));
  }
  return openStore(how === 'make' ? makeStoreDirectory(directory) : findStoreDirectory(directory));
}

/** What a connection is for: reading and changing use different roles. */
export interface Purpose {
  readonly rollout: Pick<Rollout, 'id' | 'roles' | 'profiles'> & { readonly scope?: Rollout['scope'] };
  readonly role: 'assess' | 'configure';
  /** Hears of what AWS throttles. */
  readonly notify: Notify;
  /** The clock of the phase (default: the machine's). */
  readonly clock?: Clock;
}

/**
 * AWS through the SDK's own providers. Where the rollout goes by roles, one is assumed in each account, with a session
 * name that carries the rollout.
 */
export async function openAws(
  options: AccessOptions,
  { rollout, role, notify, clock = systemClock }: Purpose,
  regions: readonly string[] = rollout.scope?.regions ?? [],
): Promise<Aws> {
  const { connectAws } = await import('../aws/connect.ts');
  const { readTextFile } = await import('../files/read-text.ts');
  const { roleName, configureRoleName, externalId, sourceIdentity, pace } = options;
  const { orgRole, orgProfile } = options;
  const named = role === 'assess' ? roleName : configureRoleName;
  return connectAws({
    version: VERSION,
    clock,
    readFile: readTextFile,
    onThrottled: (operation) => notify({ code: 'throttled', operation }),
    ...profilesOf(options, rollout),
    regions,
    onEnvironmentKeys: (profile) => notify({ code: 'environment-keys', profile }),
    ...mfaPrompt(),
    ...(pace !== undefined && { pace }),
    lister: {
      ...(orgRole !== undefined && { roleArn: orgRole }),
      ...(orgProfile !== undefined && { profile: orgProfile }),
    },
    ...(rollout.roles && {
      role: {
        name: named ?? rollout.roles[role],
        sessionName: `keyturn-${rollout.id}`,
        ...(externalId !== undefined && { externalId }),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
    }),
  });
}

/** Several profiles, or those that a rollout went by, are each for its account; a single one is for whatever there is. */
function profilesOf({ profile: named = [] }: CommonOptions, { roles, profiles: kept }: Purpose['rollout']) {
  if (named.length > 1 && roles) throw profilesAndRoles('this rollout goes by roles');
  const [only] = named;
  if (named.length < 2 && !kept) return only === undefined ? {} : { profile: only };
  const known = (name: string) => kept?.find((each) => each.name === name) ?? { name };
  return { profiles: kept && named.length === 0 ? kept : named.map(known) };
}

/** Several profiles each have an account; a role is assumed from one. */
export function profilesAndRoles(found: string): KeyturnError {
  return new KeyturnError(
    'input-argument',
    `Several profiles are each for their own account, and ${found}.`,
    'Name one profile, from which the roles can be assumed, or leave the roles out.',
  );
}

/** Sortable by time, short enough to type: `20261123-101500-3f9c`. */
export function newId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split(/[T.]/);
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

export function submitterFrom({ callerArn, account, userId }: Caller): Submitter {
  return { callerArn, account, userId, ...userOfThisMachine() };
}

export function userOfThisMachine(): MachineUser {
  return { osUser: operatingSystemUser(), host: hostname() };
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
