import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended } from './keyturn.ts';

/** What people, other programs and the operating system do to a process and its store while it works. */

const storeOf = (cwd: string) => join(cwd, '.keyturn');

/** Whether a process has the store open, or has left it so. */
export const isStoreOpen = (cwd: string): boolean => existsSync(join(storeOf(cwd), 'keyturn.db-wal'));

export function deleteLocks(cwd: string): void {
  for (const name of readdirSync(storeOf(cwd)).filter((each) => each.includes('.lock'))) {
    rmSync(join(storeOf(cwd), name), { force: true });
  }
}

/** The ways in which a store can go, each given the working directory. */
export const LOSSES: Readonly<Record<string, (cwd: string) => void>> = {
  'its directory is deleted': deleteStore,
  'its directory is renamed': (cwd) => renameSync(storeOf(cwd), `${storeOf(cwd)}-old`),
  'its database is unlinked': (cwd) => rmSync(join(storeOf(cwd), 'keyturn.db')),
  'its log is unlinked': (cwd) => rmSync(join(storeOf(cwd), 'keyturn.db-wal')),
};

export function deleteStore(cwd: string): void {
  rmSync(storeOf(cwd), { recursive: true, force: true });
}

/** Moves the store away. @returns what puts it back */
export function moveStoreAway(cwd: string): () => void {
  const away = `${storeOf(cwd)}-away`;
  renameSync(storeOf(cwd), away);
  return () => renameSync(away, storeOf(cwd));
}

/** Runs a command while a process is stopped; anew if that was stopped in the middle of a transaction, which holds the database. */
export async function whileStopped(child: ChildProcess, command: () => Promise<Ended>): Promise<Ended> {
  for (;;) {
    child.kill('SIGSTOP');
    const ended = await command();
    if (!ended.stdout.includes('another process is writing to it')) return ended;
    child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
