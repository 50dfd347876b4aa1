import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forCsv, forHtml, forTerminal } from '../../src/report/escape.ts';
import { forMarkdown, forMarkdownCode } from '../../src/report/escape-markdown.ts';
import { FORBIDDEN, hostileText } from './hostile.ts';

const always = (holds: (text: string) => void) => {
  const property = fc.property(hostileText, (text) => {
    holds(text);
  });
  fc.assert(property, { numRuns: 2000 });
};

describe('text for a terminal', () => {
  it('holds no character that a terminal acts on or that hides', () => {
    always((text) => expect(forTerminal(text)).not.toMatch(FORBIDDEN));
  });

  it('shows what was there instead of dropping it', () => {
    expect(forTerminal('a\u001b[31mb\n\t\u202e\u{e0041}\ud800')).toBe(
      'a\\u{1b}[31mb\\n\\t\\u{202e}\\u{e0041}\\u{d800}',
    );
  });

  it('leaves letters of every script and emoji as they are', () => {
    expect(forTerminal('Schlüssel 鍵 🔑 مفتاح')).toBe('Schlüssel 鍵 🔑 مفتاح');
  });
});

describe('text for HTML', () => {
  it('opens no tag, no entity of its own and ends no attribute', () => {
    always((text) => {
      const html = forHtml(text);
      expect(html).not.toMatch(FORBIDDEN);
      expect(html.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"']/);
    });
  });

  it('reads as the visible text again', () => {
    expect(forHtml('<b title="x">&\'')).toBe('&lt;b title=&quot;x&quot;&gt;&amp;&#39;');
  });
});

describe('text for CSV', () => {
  it('is never the beginning of a formula, and stays on one line', () => {
    always((text) => {
      const cell = forCsv(text);
      expect(cell).not.toMatch(FORBIDDEN);
      expect(cell.normalize('NFKC')).not.toMatch(/^\s*[=+\-@]/);
    });
  });

  it.each([
    '=1',
    '+1',
    '-1',
    '@x',
    '  =1',
    '\t=1',
    '\u200b=1',
    '\u00a0=1',
    '＝1',
    '＠x',
    '\tx',
    '\rx',
    '﹣1',
  ])('marks %j as text', (text) => expect(forCsv(text)).toMatch(/^'/));

  it.each([
    [';=1', ";'=1"],
    ['a; +1', "a;' +1"],
    ['a;b;@x', "a;b;'@x"],
    [';"=1', ';"\'=1'],
    ['a;＝1', "a;'＝1"],
    ['a;b=c', 'a;b=c'],
  ])('marks what is a cell between semicolons: %j', (text, cell) => expect(forCsv(text)).toBe(cell));

  it.each(['arn:aws:kms:x', '2026-11-22', '1-1', 'a=b'])('leaves %j as it is', (text) => {
    expect(forCsv(text)).toBe(text);
  });
});

describe('text for Markdown', () => {
  it('is plain words and code, in which nothing is a link, an image, a tag or a new cell', () => {
    always((text) => {
      const markdown = forMarkdown(text);
      expect(markdown).not.toMatch(FORBIDDEN);
      expect(markdown).not.toMatch(/\||``/);
      const outside = markdown.replace(/`[^`]+`/g, '');
      expect(outside).toMatch(/^[\p{L}\p{N}\s.,;:?()“”'’_%–-]*$/u);
      expect(outside).not.toMatch(/www\.|https?:|\S\.\S|^\s*\d+[.)]|^\s*[-#>]/);
    });
  });

  it('keeps a code span closed whatever the text', () => {
    always((text) => expect(forMarkdownCode(text)).toMatch(/^(?:`[^`|]+`)?$/));
  });

  it('leaves a sentence readable', () => {
    expect(forMarkdown('The caller may not call kms:DescribeKey on this key (yet), at 10:00:00.')).toBe(
      'The caller may not call `kms:DescribeKey` on this key (yet), at 10:00:00.',
    );
  });

  it('makes code of addresses, mentions, links, images, HTML and markers', () => {
    expect(forMarkdown('see https://e.com now')).toBe('see `https://e.com` now');
    expect(forMarkdown('@team a@b.co')).toBe('`@team a@b.co`');
    expect(forMarkdown('![x](y)<b>|`')).toBe('`![x](y)<b>\\u{7c}\\u{60}`');
    expect(forMarkdown('1. first')).toBe('`1.` first');
  });
});
