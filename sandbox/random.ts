/** Seeded values: the same seed gives the same keys, pages and faults, so a failing test can be run again. */

/** 128 bits of a text: quick and even, and not secret (the cyrb128 mix). */
function hash128(text: string): readonly [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

const hex = (word: number) => word.toString(16).padStart(8, '0');

/** 32 hex digits that depend on the text alone. */
export function hexOf(text: string): string {
  const [a, b, c, d] = hash128(text);
  return hex(a) + hex(b) + hex(c) + hex(d);
}

/** A version 4 UUID that depends on the text alone. */
export function uuidOf(text: string): string {
  const digits = hexOf(text);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** A stream of numbers in [0, 1) (mulberry32). */
export function randomStream(seed: string): () => number {
  let state = hash128(seed)[0];
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
