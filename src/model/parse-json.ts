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
  let isText = false;
  for (let at = 0; at < source.length; at += 1) {
    const unit = source.charCodeAt(at);
    if (unit === QUOTE) isText = !isText;
    else if (isText) {
      if (unit === BACKSLASH) at += 1;
    } else if (unit === COMMA) values += 1;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) throw new Error(`${lineOf(source, at)} is nested more than 64 levels deep`);
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth -= 1;
  }
  if (values > MAX_JSON_VALUES) throw new Error('it has more than 8 million values');
}

const lineOf = (source: string, at: number): string => `line ${source.slice(0, at).split('\n').length}`;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
