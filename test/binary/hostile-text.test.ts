import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { FRANKFURT, type Journey, startJourney } from '../support/journey.ts';
import type { Finding } from '../support/shapes.ts';

/** What a person with rights on a key may write into its description, its tags and, in part, its aliases. */
const HOSTILE = [
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b31m',
  'safe \u202Etxt.exe\u202C \u2066isolated\u2069 \u200Bzero\uFEFF \u{E0041}',
  '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;',
  '=HYPERLINK("http://example.invalid/"&A1,"open")',
  "+cmd|'/c calc'!A0",
  '@SUM(1+1)*cmd',
  '-1+1',
  '\t=1+1',
  '\uFF1D1+1',
  'two\nlines\r\nand a bare\rreturn \u2028 \u2029 \u0085',
  'nul\u0000byte and \u0008\u0008\u0008backspaces',
  '| a | table | **bold** [link](javascript:alert(1)) `code`',
  `${'x'.repeat(8191)}!`,
  '💥'.repeat(4096),
  '"quoted", with; every\tseparator',
];

/** What no terminal, spreadsheet or log may get to see as it is: controls but for the newline, and what turns text round. */
const RAW = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--\n]/v;
/** Arguments of a process cannot hold a NUL. */
const ARGUMENT = HOSTILE.slice(0, 12).join(' ').replaceAll('\u0000', '');

describe('hostile text', () => {
  let journey: Journey;
  let found: Finding[];

  beforeAll(async () => {
    journey = await startJourney({
      keys: HOSTILE.map((text, index) => ({
        region: FRANKFURT,
        description: text,
        aliases: [`alias/-=+@${index}`.replaceAll(/[=+@]/g, '_')],
        tags: { [`tag ${text.slice(0, 60)}`]: text.slice(0, 250) },
      })),
    });
    await journey.assess();
    found = await journey.findings();
    const { arn } = journey.key(HOSTILE[0] ?? '');
    journey.sandbox.configure({
      deny: [{ operation: 'EnableKeyRotation', key: arn, message: 'no \u001b[2J\u202E=1+1 <b>' }],
    });
    await journey.run('approve', '--all', '--reason', ARGUMENT);
    await journey.run('configure');
    await journey.run('validate', '--wait', '1s');
  });

  it('comes out of JSON exactly as it went in, on lines without a raw control character', async () => {
    expect(found.map(({ Description }) => Description).sort()).toEqual([...HOSTILE].sort());
    for (const { Description = '', tags } of found) {
      expect(tags).toEqual({
        [`tag ${Description.slice(0, 60)}`.toWellFormed()]: Description.slice(0, 250).toWellFormed(),
      });
    }
    const { stdout } = await journey.run('list', 'findings', '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(HOSTILE.length);
    expect(stdout).not.toMatch(RAW);
  });

  it('is harmless on a terminal, in every view', async () => {
    for (const args of [
      ['assess', '--store', 'other'],
      ['list', 'findings'],
      ['list', 'decisions'],
      ['list', 'outcomes'],
      ['list', 'verdicts'],
      ['status'],
      ['rollouts'],
      ['validate', '--wait', '1s'],
    ]) {
      const { stdout, stderr } = await journey.run(...args);
      expect(stdout + stderr, args.join(' ')).not.toMatch(RAW);
    }
    const { stdout } = await journey.run('list', 'findings');
    expect(stdout).toContain('\\u{1b}[31mred');
    expect(stdout).toContain('\\u{202e}');
    // One line a key, whatever the text says.
    expect(stdout.trimEnd().split('\n')).toHaveLength(1 + HOSTILE.length);
  });

  it('is harmless in the errors that quote it', async () => {
    const text = ARGUMENT.replaceAll('/', '');
    for (const args of [
      ['approve', '--from', text],
      ['status', '--rollout', text],
      ['list', text],
      ['status', '--store', text],
    ]) {
      const { stdout, stderr } = await journey.run(...args);
      expect(stdout + stderr, args[1]).not.toMatch(RAW);
      expect((await journey.run(...args, '--json')).json()).toHaveProperty('error');
    }
    const file = journey.write(
      'bad.csv',
      `keyArn,planDigest,decision,reason\nx,y,"${text.replaceAll('"', '""')}",\n`,
    );
    const { stdout, stderr } = await journey.run('approve', '--from', file);
    expect(stdout + stderr).not.toMatch(RAW);
    expect(stderr).toContain('\\u001b[31mred');
  });

  it.each(['findings', 'decisions', 'outcomes', 'verdicts'])(
    'is no formula and no control character in the CSV of %s',
    async (what) => {
      const { stdout } = await journey.run('list', what, '--csv');
      expect(stdout.replace(/^\uFEFF/, '')).not.toMatch(RAW);
      const rows = parse(stdout, { bom: true }) as string[][];
      expect(rows).toHaveLength(1 + HOSTILE.length);
      for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+\-@\uFF1D]/);
    },
  );

  it('is harmless in every file of a report, and intact in its JSON', async () => {
    expect((await journey.run('report', '--out', 'report')).code).toBe(0);
    const report = join(journey.cwd, 'report');
    for (const name of readdirSync(report)) {
      const text = readFileSync(join(report, name), 'utf8');
      // The plan is hashed as RFC 8785 has it, which keeps what is no control character as it is.
      if (name !== 'plan.jsonl') expect(text.replace(/^\uFEFF/, ''), name).not.toMatch(RAW);
    }
    const read = (name: string) => readFileSync(join(report, name), 'utf8');
    const html = read('report.html');
    expect(html).not.toMatch(/<script>alert|<img src=x|onerror=alert\(1\)>/);
    expect(html).toContain('&lt;script&gt;');
    const lines = read('findings.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding);
    expect(lines.map(({ Description }) => Description).sort()).toEqual([...HOSTILE].sort());
    const markdown = read('report.md');
    expect(markdown).not.toMatch(/^(?:(?!`).)*<script>/m);
    expect(markdown).not.toMatch(/(?<!`[^`\n]*)\]\(javascript:/);
  });
});
