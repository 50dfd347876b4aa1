import { expect } from 'vitest';

/** A forged line, a cleared screen, the clipboard, a bell, text that turns itself round, line separators, a NUL. */
export const HOSTILE = 'x\nFORGED \u001b[2J\u001b]52;c;cm0=\u0007\u202e\u2028\r\u0000';

const RAW = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--\n]/v;

/** Insists that nothing of it was printed as it is. */
export function requireHarmless(printed: string, name: string): void {
  const text = printed.replace(/^\uFEFF/, '');
  expect([name, RAW.exec(text)?.[0], /^FORGED.*/m.exec(text)?.[0]]).toEqual([name, undefined, undefined]);
}
