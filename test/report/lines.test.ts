import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/model/json-text.ts';
import { recordLines } from '../../src/report/lines.ts';
import { partsOf } from './fixture.ts';
import { collect, FORBIDDEN, hostileText } from './hostile.ts';

const parts = partsOf('validated');

describe('JSON Lines', () => {
  it.each([
    ['findings', recordLines(parts.findings), parts.findings],
    ['decisions', recordLines(parts.decisions), parts.decisions],
    ['outcomes', recordLines(parts.outcomes), parts.outcomes],
    ['verdicts', recordLines(parts.verdicts), parts.verdicts],
  ])('are the %s, complete and in order, each with a reason or none', async (_, chunks, records) => {
    const lines = (await collect(chunks)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      records.map((record) => ({ reason: null, ...record })),
    );
  });

  it('hold hostile text intact, and nothing that a terminal acts on', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = jsonText({ text });
        expect(line).not.toMatch(FORBIDDEN);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });
});
