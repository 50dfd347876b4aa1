import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, parseJson } from '../../src/model/parse-json.ts';

describe('JSON from outside', () => {
  it('is parsed as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is refused if it is nested too deeply, with the line', () => {
    const nest = (levels: number) => `\n${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(parseJson(nest(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(() => parseJson(nest(MAX_JSON_DEPTH + 1))).toThrow('line 2 is nested more than 64 levels deep');
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow('nested');
  });

  it('counts brackets outside of texts alone', () => {
    const text = JSON.stringify(`${'["\\'.repeat(1000)}`);
    expect(parseJson(text)).toBe('["\\'.repeat(1000));
  });
});
