/*
 * One escape per output, applied where the text leaves Keyturn. What AWS or a person wrote is hostile: it can carry
 * escape codes for the terminal, text that turns itself round (bidi), HTML, formulas, newlines. Nothing is dropped:
 * what cannot be shown is spelled out. The exact text is in the JSON of the same record.
 */

import { INVISIBLE } from '../model/text.ts';

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const spellOut = (character: string): string =>
  SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text for a terminal or a log line: one line, every invisible character as `\n` or `\u{1b}`. */
export function forTerminal(text: string): string {
  return text.replace(INVISIBLE, spellOut);
}

/** Styles that Keyturn uses itself, and how it draws a line of progress anew. */
const ESCAPE = '\u001b';
const OWN_STYLES = new Set([1, 2, 22, 31, 32, 33, 39].map((style) => `${ESCAPE}[${style}m`));
const REDRAW = `\r${ESCAPE}[K`;
const ACTING = new RegExp(`\\r${ESCAPE}\\[K|${ESCAPE}\\[\\d{1,2}m|${INVISIBLE.source}`, 'gu');

/**
 * Whole output as it leaves: what is not Keyturn's own (line ends, styles, redrawn lines) is spelled out, whatever the
 * text went through before.
 */
export function forOutput(text: string, own: { readonly styles: boolean; readonly redraw: boolean }): string {
  return text.replace(ACTING, (found) => {
    if (found === '\n') return found;
    if (own.styles && OWN_STYLES.has(found)) return found;
    return own.redraw && found === REDRAW ? found : found.replace(INVISIBLE, spellOut);
  });
}

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, as content or inside a quoted attribute; never inside a script, a style or a URL. */
export function forHtml(text: string): string {
  return forTerminal(text).replace(/[&<>"']/g, (character) => ENTITY[character] ?? '');
}

/** What a spreadsheet takes as the start of a formula: also full-width, small and typographic forms. */
const FORMULA =
  /^[\s\p{Cc}\p{Cf}\p{DI}]*[=+\-@\u2212\u{fe62}\u{fe63}\u{fe66}\u{fe6b}\u{ff0b}\u{ff0d}\u{ff1d}\u{ff20}]/u;
const LEADING_CONTROL = /^[\t\r\n]/;

/** Where a spreadsheet that separates by semicolons or ignores quotes would begin a new cell. */
const CELL_ENDS = /(?<=[;\t"])/;

/** Text for one CSV cell, before quoting: on one line, and never a formula in a spreadsheet, whichever separator it reads. */
export function forCsv(text: string): string {
  if (LEADING_CONTROL.test(text)) return `'${forTerminal(text)}`;
  return text
    .split(CELL_ENDS)
    .map((part) => (FORMULA.test(part) ? `'${forTerminal(part)}` : forTerminal(part)))
    .join('');
}
