/** Levels of lists and objects. Nothing that Keyturn reads has more than a dozen. */
export const MAX_JSON_DEPTH = 64;
/** Values in one text: 100,000 whole findings have some four million. */
const MAX_JSON_VALUES = 8_000_000;

/**
 * Parses JSON from a person, a file or the network. What is too deep or has too many values is refused before it is
 * parsed: what walks the result afterwards may recurse.
 * @throws Error with what is wrong and its line
 */
export function parseJson(source: string): unknown {
  requireBounded(source);
  return JSON.parse(source);
}

function requireBounded(source: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < source.length; at += 1) {
    switch (source.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(source, at);
        break;
      case COMMA:
        values += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > MAX_JSON_DEPTH)
          throw new Error(`${lineOf(source, at)} is nested more than 64 levels deep`);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
    }
  }
  if (values > MAX_JSON_VALUES) throw new Error('it has more than 8 million values');
}

/** The position of the quote that ends a text, or the end of the source: quotes within it follow an odd number of backslashes. */
function endOfText(source: string, start: number): number {
  let end = start;
  for (;;) {
    end = source.indexOf('"', end + 1);
    if (end < 0) return source.length;
    let before = end;
    while (source.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
}

const lineOf = (source: string, at: number): string => `line ${source.slice(0, at).split('\n').length}`;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
