import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';
import type { ReportFile } from '../workflow/ports.ts';
import { writeWhole } from './write-text.ts';

const SIGNATURE = 'bundle.dsse.json';
/** By this file a directory is known as one that Keyturn may write a report over. */
const MARK = 'summary.json';
/** The file that a report begins with, and all that one is made of: by these an interrupted one is known. */
const FIRST = /^plan\.jsonl(\.[0-9a-f]{16}\.unfinished)?$/;
const OURS =
  /^((plan|findings|decisions|outcomes|verdicts|journal)\.jsonl|(findings|decisions|outcomes|verdicts)\.csv|(rollout|approvals|summary|manifest)\.json|report\.(md|html)|SHA256SUMS|\.gitattributes|(approval-[\w-]+|bundle)\.dsse\.json)(\.[0-9a-f]{16}\.unfinished)?$/;
/** Files that not every report has, or that an interrupted one left: they would belong to this one's evidence. */
const OCCASIONAL = /^(approval-[\w-]+|bundle)\.dsse\.json$|\.[0-9a-f]{16}\.unfinished$/;

/** What a report is to be: an earlier one of another kind is not written over. */
export interface ReportKind {
  readonly rollout?: string;
  readonly isSigned?: boolean;
}

/**
 * Writes a report's files, each whole or not at all, readable by their owner alone.
 * @throws KeyturnError `input-argument` if the directory holds something else, the report of another rollout or a
 * signed one that would lose its signature; `output-failed` if writing fails
 */
export async function writeReport(
  directory: string,
  files: AsyncIterable<ReportFile>,
  kind: ReportKind = {},
): Promise<string[]> {
  const path = resolve(directory);
  refuseForeignDirectory(path);
  refuseLoss(path, kind);
  const written: string[] = [];
  try {
    if (!existsSync(path)) mkdirSync(path, { recursive: !existsSync(dirname(path)), mode: 0o700 });
    for await (const { name, chunks } of files) {
      if (!OURS.test(name)) throw new Error(`${name} is not a file of a report`);
      await writeWhole(join(path, name), chunks);
      written.push(join(path, name));
    }
    removeOthers(path, written);
    return written;
  } catch (cause) {
    if (cause instanceof KeyturnError) throw cause;
    const fix = 'Make the directory writable, or name another one with --out DIR.';
    throw systemError('output-failed', `Could not write the report to ${path}`, fix, cause);
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
  if (names.length === 0 || (names.includes(MARK) && rolloutIn(path) !== undefined) || isInterrupted(names))
    return;
  throw new KeyturnError(
    'input-argument',
    `${path} is not empty and holds no Keyturn report.`,
    'Name a new or an empty directory with --out DIR.',
  );
}

/** Evidence is not lost by the same --out given twice. */
function refuseLoss(path: string, { rollout, isSigned }: ReportKind): void {
  const held = rolloutIn(path);
  const isOther = rollout !== undefined && held !== undefined && held !== rollout;
  if (isOther || (isSigned === false && existsSync(join(path, SIGNATURE)))) {
    throw new KeyturnError(
      'input-argument',
      isOther
        ? `${path} holds the report of another rollout, ${held}.`
        : `${path} holds a signed report, and the new one would not be signed.`,
      'Name another directory with --out DIR, or remove this one first.',
    );
  }
}

/** The rollout that a report in this directory is about; undefined if there is none to read. */
function rolloutIn(path: string): string | undefined {
  try {
    const { schema, id } = JSON.parse(readFileSync(join(path, 'rollout.json'), 'utf8')) as Readonly<
      Record<string, unknown>
    >;
    return schema === 'keyturn/rollout/v1' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a report was begun here that never came to its mark; nothing of anybody else's is there to lose. */
function isInterrupted(names: readonly string[]): boolean {
  return names.some((name) => FIRST.test(name)) && names.every((name) => OURS.test(name));
}

function removeOthers(path: string, written: readonly string[]): void {
  for (const name of readdirSync(path)) {
    const file = join(path, name);
    if (OURS.test(name) && OCCASIONAL.test(name) && !written.includes(file)) rmSync(file);
  }
}
