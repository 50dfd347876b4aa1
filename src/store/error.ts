import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';
import { findDiskError } from './disk.ts';

/** SQLite's primary result codes that a person can do something about (https://sqlite.org/rescode.html). */
const MENDS: Readonly<Record<number, readonly [what: string, fix: string]>> = {
  5: [
    'another process is writing to it',
    'Wait for the other Keyturn to finish, then run the command again.',
  ],
  8: [
    'it is read-only for this user',
    'Make the directory writable, or name another one with --store DIR. status, rollouts, list, report and review --read-only read it as it is.',
  ],
  10: ['reading or writing the disk failed', 'Check the disk, then run the command again.'],
  11: ['it is damaged', 'Restore it from a copy, or start afresh with --store DIR. Do not edit it.'],
  13: ['the disk is full', 'Free some space, then run the command again.'],
  14: [
    'it cannot be opened',
    'Check the directory and its permissions, or name another one with --store DIR.',
  ],
  26: ['it is not a Keyturn store', 'Name the store with --store DIR.'],
};

/** SQLite has one code for many causes: the disk failed, or the file cannot be opened. */
const ASK_DISK = new Set([10, 14]);
const WHICH_STORE = 'Check the directory and its permissions, or name another one with --store DIR.';

/** Turns what SQLite threw into an error that says how to go on. */
export function storeError(path: string, cause: unknown): KeyturnError {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  const disk = path !== '' && ASK_DISK.has(code) ? findDiskError(path) : undefined;
  if (disk) {
    const told = systemError('store-failed', `The store ${path} failed`, WHICH_STORE, disk);
    return new KeyturnError(told.code, told.message, told.fix, { cause });
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  const [what, fix] = MENDS[code] ?? [
    said,
    'Run the command again; if it fails again, report it with this message.',
  ];
  return new KeyturnError('store-failed', `The store ${path} failed: ${what}.`, fix, { cause });
}

const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;

/** Whether a store failed since SQLite may not write it, or beside it. */
export function isReadOnly(thrown: unknown): boolean {
  const cause = thrown instanceof KeyturnError ? thrown.cause : undefined;
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  return code === SQLITE_READONLY || code === SQLITE_CANTOPEN;
}

export const readOnlyError = (path: string): KeyturnError =>
  storeError(path, Object.assign(new Error('read-only'), { errcode: SQLITE_READONLY }));
