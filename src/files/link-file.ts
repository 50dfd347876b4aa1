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
 * command line every user of the machine can read, and the address lets in whoever comes first. Files that reviews
 * left behind when they were killed go.
 *
 * @param url without anything that HTML would have to escape
 */
export function writeLinkFile(url: string, parent = tmpdir()): LinkFile {
  if (!/^http:\/\/\w+\.localhost:\d+\/[\w?=-]*$/.test(url))
    throw new RangeError('not an address of the page');
  removeLeftovers(parent);
  const directory = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  const path = join(directory, 'open.html');
  const text = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${url}"><title>Keyturn</title>`;
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  return { path, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Removes the directories of this user whose process is gone. What cannot be removed stays: it is used up. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(NAME.exec(name)?.[1]);
    const path = join(parent, name);
    if (!Number.isSafeInteger(pid) || pid < 1 || isRunning(pid)) continue;
    try {
      const found = lstatSync(path);
      if (found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid))
        rmSync(path, { recursive: true, force: true });
    } catch {
      // Another review was faster.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
