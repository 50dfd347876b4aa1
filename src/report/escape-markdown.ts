import { forTerminal } from './escape.ts';

/**
 * A word that means nothing to any Markdown reader: letters and digits, joined by what joins words, with the
 * punctuation of a sentence at its ends. No dot inside (`evil.com` becomes a link in some readers), no `@`, no `:`
 * but between two-digit numbers, nothing that opens a list, a link, a table cell or a tag.
 */
const PLAIN_WORD = /^[(“]*\p{L}[\p{L}\p{N}]*(?:['’_-][\p{L}\p{N}]+)*[)”]*[.,;:?]?$/u;
const PLAIN_NUMBER = /^\(?\d+(?:,\d{3})*(?:[-:]\d\d)*%?\)?[.,;:?]?$/;
const PUNCTUATION = /^[.,;–]$/;
/** `1.` and `1)` at the beginning of a line make a list. */
const LIST_MARKER = /^\d+[.)]/;
/** Bare `www` and the names of protocols never stand alone here: a reader may join what we keep apart. */
const LINK_START = /^[(“]*(?:www|https?|ftp|mailto|xmpp)\b/iu;

/**
 * Text for a paragraph or a table cell of Markdown. Words that are plain stay; every other run of words becomes code,
 * in which no Markdown, HTML, link, mention or formula exists.
 */
export function forMarkdown(text: string): string {
  const parts: string[] = [];
  let odd: string[] = [];
  const flush = () => {
    if (odd.length > 0) parts.push(codeSpan(odd.join(' ')));
    odd = [];
  };
  for (const word of forTerminal(text).split(/\s+/u).filter(Boolean)) {
    if (!isPlain(word) || (parts.length === 0 && LIST_MARKER.test(word))) {
      odd.push(word);
      continue;
    }
    flush();
    parts.push(word);
  }
  flush();
  return parts.join(' ');
}

/** An identifier or a literal as Markdown code, on one line; empty text stays empty. */
export function forMarkdownCode(text: string): string {
  return text === '' ? '' : codeSpan(forTerminal(text));
}

const isPlain = (word: string): boolean =>
  (PLAIN_WORD.test(word) || PLAIN_NUMBER.test(word) || PUNCTUATION.test(word)) && !LINK_START.test(word);

/** Backticks would end the code and pipes the cell, and readers differ on how to escape either: both are spelled out. */
function codeSpan(shown: string): string {
  return `\`${shown.replaceAll('`', '\\u{60}').replaceAll('|', '\\u{7c}')}\``;
}
