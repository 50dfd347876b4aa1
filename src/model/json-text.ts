import { INVISIBLE } from './text.ts';

/**
 * A value as JSON on one line, safe to print: what a terminal would act on is written as `\uXXXX`, which every
 * JSON reader turns back into the same text.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, escapeUnits);
}

/** By UTF-16 unit: JSON has no escape for a code point beyond U+FFFF. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
