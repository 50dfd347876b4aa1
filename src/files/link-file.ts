import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LinkFile {
  readonly path: string;
  remove(): void;
}

/**
 * A page that leads to an address, for its owner alone. A browser is started with the file's name: what stands on a
 * command line every user of the machine can read, and the address lets in whoever comes first.
 *
 * @param url without anything that HTML would have to escape
 */
export function writeLinkFile(url: string): LinkFile {
  if (!/^http:\/\/127\.0\.0\.1:\d+\/[\w?=-]*$/.test(url)) throw new RangeError('not an address of the page');
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-review-'));
  const path = join(directory, 'open.html');
  const text = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${url}"><title>Keyturn</title>`;
  writeFileSync(path, text, { mode: 0o600 });
  return { path, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
