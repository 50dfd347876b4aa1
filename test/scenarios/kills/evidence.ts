import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { EXIT, type Journey } from '../../support/journey.ts';
import { CHECKER, hasPython } from '../../support/python.ts';
import { wrong } from './figures.ts';
import { EVIDENCE } from './strike.ts';

/** What `keyturn verify` exits with where evidence is not as it was made. */
const TAMPERED = 5;

const contents = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

/** Makes a report and insists that it verifies. @returns its files by name */
export async function reportVerified(
  { run, cwd }: Journey,
  rollout: readonly string[],
  directory: string,
): Promise<Record<string, string>> {
  const made = await run('report', '--out', directory, ...rollout);
  expect(made.code, made.stderr).toBe(EXIT.done);
  const { code, stdout, stderr } = await run('verify', directory);
  if (code !== EXIT.done) wrong['not verified'] += 1;
  expect(code, `${stdout}${stderr}`).toBe(EXIT.done);
  return contents(join(cwd, directory));
}

/** After a report was killed: what verifies is whole, what is not whole is said not to be. */
export async function checkHalfWritten(journey: Journey, rollout: readonly string[]): Promise<void> {
  const { run, cwd } = journey;
  const { code } = await run('verify', EVIDENCE);
  const left = code === EXIT.done ? contents(join(cwd, EVIDENCE)) : undefined;
  if (!left) expect([TAMPERED, EXIT.badInput]).toContain(code);
  const again = await reportVerified(journey, rollout, EVIDENCE);
  // One that verifies is the older one as it was, or the new one as it should be.
  if (left && left['journal.jsonl'] === again['journal.jsonl']) expect(left).toEqual(again);
}

/** The whole record at the end: it verifies by both checkers, and made again it is the same to the byte. */
export async function readEvidence(journey: Journey, rollout: readonly string[]) {
  const files = await reportVerified(journey, rollout, 'final');
  const again = await journey.run('report', '--out', 'again', ...rollout);
  expect(again.code, again.stderr).toBe(EXIT.done);
  expect(contents(join(journey.cwd, 'again'))).toEqual(files);
  if (hasPython) await promisify(execFile)('python3', [CHECKER, join(journey.cwd, 'final')]);
  return <T>(name: string): T[] =>
    (files[name] ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
}
