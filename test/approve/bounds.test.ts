import { describe, expect, it } from 'vitest';
import { readDecisionsFile } from '../../src/approve/decisions-file.ts';
import { cpuMs } from '../support/cpu.ts';

const MIB = 1024 * 1024;
const PART = MIB / 4;
const header = 'keyArn,planDigest,decision,reason\n';

describe('a hostile decisions file', () => {
  it.each([
    ['JSON nested without end', '['.repeat(240_000), 'nested more than 64 levels'],
    ['JSON that nests and closes', '['.repeat(120_000) + ']'.repeat(120_000), 'nested more than 64 levels'],
    ['JSON of many numbers', `[${'0,'.repeat(PART / 2)}0]`, 'the rest was not read'],
    ['many broken lines of JSON', '{\n'.repeat(PART / 2), 'the rest was not read'],
    ['YAML of closing brackets', `- ${']'.repeat(MIB)}`, 'too many values'],
    ['4 MiB of them', `- ${']'.repeat(4 * MIB - 2)}`, 'too many values'],
    ['YAML nested without end', `- ${'['.repeat(1000)}`, 'nested too deeply'],
    ['YAML nested by lists', '- '.repeat(1000), 'nested too deeply'],
    ['YAML of errors alone', `- ${']'.repeat(1000)}`, 'too many errors to list'],
    ['YAML of many wrong items', '- a\n'.repeat(10_000), 'the rest was not read'],
    ['CSV of short rows', header + 'a\n'.repeat(PART / 2), 'most rows do not have the columns'],
    ['CSV with one huge cell', `${header}"${'a'.repeat(4 * MIB)}`, 'Max Record Size'],
    ['CSV of wrong rows', header + 'a,b,c,d\n'.repeat(PART / 8), 'the rest was not read'],
  ])('is refused soon: %s', (_, source, said) => {
    const begun = cpuMs();
    const { requests, problems } = readDecisionsFile(source);
    expect(cpuMs() - begun).toBeLessThan(2000);
    expect(requests).toEqual([]);
    expect(problems.length).toBeLessThanOrEqual(101);
    expect(problems.at(-1)).toContain(said);
    expect(problems[0]).toMatch(/^line 1|^line 2|^not CSV/);
  });

  it('may leave out the last, empty cells of every row, as spreadsheets do', () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const rows = `${arn},${'d'.repeat(64)},approve\n`.repeat(5000);
    expect(readDecisionsFile(header + rows)).toMatchObject({ problems: [], requests: { length: 5000 } });
  });
});
