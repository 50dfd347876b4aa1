import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { KeyturnError } from '../messages/error.ts';
import type { ReportFile } from '../workflow/ports.ts';
import { writeWhole } from './write-text.ts';

/** By this file a directory is known as one that Keyturn may write a report over. */
const MARK = 'summary.json';
/** The file that a report begins with, and all that one is made of: by these an interrupted one is known. */
const FIRST = /^plan\.jsonl(\.unfinished)?$/;
const OURS =
  /^((plan|findings|decisions|outcomes|verdicts|journal)\.jsonl|(findings|decisions|outcomes|verdicts)\.csv|(rollout|approvals|summary|manifest)\.json|report\.(md|html)|SHA256SUMS|\.gitattributes|(approval-[\w-]+|bundle)\.dsse\.json)(\.unfinished)?$/;
/** Files that not every report has: left by an earlier one, they would belong to this one's evidence. */
const OCCASIONAL = /^(approval-[\w-]+\.dsse\.json|bundle\.dsse\.json)(\.unfinished)?$/;

/**
 * Writes a report's files, each whole or not at all, readable by their owner alone.
 * @throws KeyturnError `input-argument` where the directory holds something else, `output-failed` where writing fails
 */
export async function writeReport(directory: string, files: AsyncIterable<ReportFile>): Promise<string[]> {
  const path = resolve(directory);
  refuseForeignDirectory(path);
  const written: string[] = [];
  try {
    if (!existsSync(path)) mkdirSync(path, { recursive: !existsSync(dirname(path)), mode: 0o700 });
    for await (const { name, chunks } of files) {
      await writeWhole(join(path, name), chunks);
      written.push(join(path, name));
    }
    removeOthers(path, written);
    return written;
  } catch (cause) {
    if (cause instanceof KeyturnError) throw cause;
    throw new KeyturnError(
      'output-failed',
      `The report cannot be written to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Make the directory writable, or name another one with --out DIR.',
      { cause },
    );
  }
}

function refuseForeignDirectory(path: string): void {
  if (!existsSync(path)) return;
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    names = ['not a directory'];
  }
  if (names.length === 0 || names.includes(MARK) || isInterrupted(names)) return;
  throw new KeyturnError(
    'input-argument',
    `${path} is not empty and holds no Keyturn report.`,
    'Name a new or an empty directory with --out DIR.',
  );
}

/** Whether a report was begun here that never came to its mark; nothing of anybody else's is there to lose. */
function isInterrupted(names: readonly string[]): boolean {
  return names.some((name) => FIRST.test(name)) && names.every((name) => OURS.test(name));
}

function removeOthers(path: string, written: readonly string[]): void {
  for (const name of readdirSync(path)) {
    const file = join(path, name);
    if (OCCASIONAL.test(name) && !written.includes(file)) rmSync(file);
  }
}
