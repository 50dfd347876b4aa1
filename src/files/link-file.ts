import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LinkFile {
  readonly path: string;
  remove(): void;
}

const PREFIX = 'keyturn-review-';
/** The process that made a directory is in its name. */
const NAME = new RegExp(`^${PREFIX}(\\d+)-\\w+$`);

/**
 * A page that leads to an address, for its owner alone. A browser is started with the file's name: what stands on a
 * command line every user of the machine can read, and the address lets in whoever comes first.
 *
 * @param url without anything that HTML would have to escape
 */
export function writeLinkFile(url: string, parent = tmpdir()): LinkFile {
  if (!/^http:\/\/\w+\.localhost:\d+\/[\w?=-]*$/.test(url))
    throw new RangeError('not an address of the page');
  const directory = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  const path = join(directory, 'open.html');
  const text = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${url}"><title>Keyturn</title>`;
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  return { path, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Removes the files that reviews of this user left behind when they were killed: their process is gone. */
export function removeLeftLinks(parent = tmpdir()): void {
  try {
    for (const name of readdirSync(parent)) {
      const pid = Number(NAME.exec(name)?.[1]);
      if (pid > 0 && !isRunning(pid)) removeOwn(join(parent, name));
    }
  } catch {
    // What cannot be removed is worth nothing any more, and no reason not to start.
  }
}

function removeOwn(path: string): void {
  const found = lstatSync(path);
  const isOwn = found.uid === (process.getuid?.() ?? found.uid);
  if (isOwn && found.isDirectory()) rmSync(path, { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
