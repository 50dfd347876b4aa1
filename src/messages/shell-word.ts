import { INVISIBLE } from '../model/text.ts';

/**
 * A word of a command that a person pastes, quoted if a shell would take it apart. Invisible characters become the
 * escapes of $'…', which bash, zsh and ksh read, so that a terminal never acts on them.
 */
export function shellWord(word: string): string {
  if (word.search(INVISIBLE) >= 0)
    return `$'${word.replace(/['\\]/g, '\\$&').replace(INVISIBLE, escapeBytes)}'`;
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const escapeBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
