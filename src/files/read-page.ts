import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { KeyturnError } from '../messages/error.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file of the review page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the built page, all of it, so that no request ever reaches the disk.
 * @returns files by the path that a browser asks for
 * @throws KeyturnError `internal` where it was not built
 */
export function readPage(directory: string): Map<string, PageFile> {
  if (!existsSync(join(directory, 'index.html'))) {
    throw new KeyturnError('internal', 'The page was not built.', 'Build it with: make build');
  }
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return new Map(names.flatMap((name) => readFile(directory, name.split(sep).join('/'))));
}

function readFile(directory: string, name: string): [string, PageFile][] {
  const type = TYPES[extname(name)];
  if (type === undefined) return [];
  const bytes = new Uint8Array(readFileSync(join(directory, name)));
  return [[`/${name}`, { type, bytes }]];
}
