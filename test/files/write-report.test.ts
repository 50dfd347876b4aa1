import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ReportKind, writeReport } from '../../src/files/write-report.ts';
import type { ReportFile } from '../../src/workflow/ports.ts';
import { reportFiles } from '../../src/workflow/report/report-files.ts';
import { arnOf } from '../support/facts.ts';
import { beginJourney } from '../workflow/journey.ts';

async function withReport() {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-report-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { assess, decide, store } = await beginJourney((aws) => aws.add('k', 'eu-central-1'));
  const rollout = await assess();
  await decide(rollout, 'approve', arnOf('k'));
  const files = () => reportFiles(store, rollout, { keyturnVersion: '0' });
  const contents = () =>
    Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
  return { directory, files, contents, rollout };
}

/** Writes so many files, then half of the next one, as far as a process got that was killed. */
async function writeInterrupted(directory: string, files: AsyncIterable<ReportFile>, whole: number) {
  let left = whole;
  for await (const { name, chunks } of files) {
    const texts: string[] = [];
    for await (const chunk of chunks) texts.push(chunk);
    const text = texts.join('');
    if (left === 0)
      return writeFileSync(join(directory, `${name}.0123456789abcdef.unfinished`), text.slice(0, 10));
    writeFileSync(join(directory, name), text);
    left -= 1;
  }
}

describe('a report', () => {
  it('that was interrupted at any file is made again in the same place', async () => {
    const { directory, files, contents } = await withReport();
    const written = await writeReport(directory, files());
    const whole = contents();
    // Before the mark come all files that every report has.
    const mark = written.findIndex((path) => path.endsWith('/summary.json'));
    for (const count of [0, 1, mark, written.length - 1]) {
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
      await writeInterrupted(directory, files(), count);
      await writeReport(directory, files());
      expect(contents(), `after ${count} files`).toEqual(whole);
    }
  });

  it('is not written over the report of another rollout, nor over a signed one without a signature', async () => {
    const { directory, files, contents, rollout } = await withReport();
    await writeReport(directory, files(), { rollout: rollout.id, isSigned: false });
    const before = contents();
    const write = (kind: ReportKind) => writeReport(directory, files(), kind);
    await expect(write({ rollout: 'another', isSigned: false })).rejects.toMatchObject({
      code: 'input-argument',
      message: expect.stringContaining(`another rollout, ${rollout.id}`),
    });
    writeFileSync(join(directory, 'bundle.dsse.json'), 'signed');
    await expect(write({ rollout: rollout.id, isSigned: false })).rejects.toMatchObject({
      code: 'input-argument',
      message: expect.stringContaining('holds a signed report'),
    });
    expect(contents()).toEqual({ ...before, 'bundle.dsse.json': Buffer.from('signed') });
    await write({ rollout: rollout.id, isSigned: true });
  });

  it('is not written over what is no report, nor where something else lies beside a part of one', async () => {
    const { directory, files } = await withReport();
    await writeInterrupted(directory, files(), 3);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    await expect(writeReport(directory, files())).rejects.toMatchObject({ code: 'input-argument' });
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    writeFileSync(join(directory, 'findings.csv'), 'mine');
    await expect(writeReport(directory, files())).rejects.toMatchObject({ code: 'input-argument' });
  });
});
