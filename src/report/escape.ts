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

/** Text for one CSV cell, before quoting: on one line, and never a formula in Excel or LibreOffice. */
export function forCsv(text: string): string {
  const shown = forTerminal(text);
  return FORMULA.test(text) || LEADING_CONTROL.test(text) ? `'${shown}` : shown;
}
