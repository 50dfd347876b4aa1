import fc from 'fast-check';

const PIECES = [
  '\n',
  '\r',
  '\t',
  '\0',
  '\u001b[31m',
  '\u009b2J',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u{e0041}',
  '\ufeff',
  '\u2028',
  '\ud800',
  '=HYPERLINK("http://e.com")',
  '+1',
  '-1',
  '@SUM(A1)',
  '＝1',
  '|',
  '`',
  '``',
  '[x](javascript:1)',
  '![x](y)',
  '<script>alert(1)</script>',
  '<!--',
  '&amp;',
  '"',
  "'",
  '\\',
  '**',
  '_',
  '# ',
  '- ',
  '1. ',
  '> ',
  'https://e.com',
  'www.e.com',
  'a@b.co',
  '@team',
  ',',
  ';',
  ' ',
  'word',
  '鍵',
  '🔑',
];

/** Text as an attacker would write it, beside text of any kind. */
export const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Nothing of it may reach an output: controls, bidi, zero-width, tags, separators, lone surrogates. */
export const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One of everything that must not get through, for a field of a record. */
export const WORST =
  "=cmd|'/c calc'!A1 <img src=x onerror=alert(1)> [a](javascript:1) https://evil.example a@evil.example `|` \u001b[2J\u202e\u200b\u2028\n\r\t\0\"&";

export async function collect(chunks: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += chunk;
  return all;
}
