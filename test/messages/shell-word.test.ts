import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/messages/shell-word.ts';
import { forTerminal } from '../../src/report/escape.ts';
import { has } from '../support/terminal.ts';

const hasBash = has('bash', '-c', 'true');

describe('a word of a command', () => {
  it('stands as it is if a shell leaves it alone', () => {
    for (const word of ['keyturn', '--store', '/var/lib/store', 'a-b_c.d'])
      expect(shellWord(word)).toBe(word);
  });

  it.skipIf(!hasBash)('is taken by a shell as it was, and never acts on a terminal', () => {
    const word = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 40, maxLength: 60 }), (words) => {
        const quoted = [...words, '', "it's", '\u001b[31m', '\u202e', 'a b', '$HOME', '`id`', '\n'].map(
          shellWord,
        );
        for (const each of quoted) expect(forTerminal(each)).toBe(each);
        const said = execFileSync('bash', ['-c', `printf '%s\\0' ${quoted.join(' ')}`], {
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C.UTF-8' },
        });
        expect(said.split('\0').slice(0, words.length)).toEqual(words.map((each) => each.toWellFormed()));
      }),
      { numRuns: 5 },
    );
  });
});
