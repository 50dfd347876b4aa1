import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forOutput } from '../../src/report/escape.ts';
import { FORBIDDEN, hostileText } from '../report/hostile.ts';

describe('output', () => {
  it('leaves without a character that a terminal acts on, but for line ends', () => {
    const property = fc.property(hostileText, (text) => {
      const lines = forOutput(text, { styles: false, redraw: false }).split('\n');
      for (const line of lines) expect(line).not.toMatch(FORBIDDEN);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('keeps the styles of Keyturn and its line of progress where they are wanted', () => {
    const text =
      '\r\u001b[K\u001b[1mbold\u001b[22m \u001b[5mblink \u001b]52;c;eA==\u0007 \u001b[2J\u009b1m\n';
    expect(forOutput(text, { styles: true, redraw: true })).toBe(
      '\r\u001b[K\u001b[1mbold\u001b[22m \\u{1b}[5mblink \\u{1b}]52;c;eA==\\u{7} \\u{1b}[2J\\u{9b}1m\n',
    );
    expect(forOutput(text, { styles: false, redraw: false })).not.toContain('\u001b');
  });

  it('goes through the terminal only: no other file writes to the standard streams', () => {
    const allowed = ['cli/main.ts', 'cli/terminal.ts', 'cli/write-output.ts'];
    const root = join(import.meta.dirname, '../../src');
    const writers = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /\b(stdout|stderr)\.(write|end)\b|\bconsole\.\w+\(/.test(readFileSync(join(root, name), 'utf8')),
      );
    expect(writers.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
