import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionLines, findingLines, jsonText, outcomeLines, verdictLines } from '../../src/report/lines.ts';
import { partsOf } from './fixture.ts';
import { collect, FORBIDDEN, hostileText } from './hostile.ts';

const parts = partsOf('validated');

describe('JSON Lines', () => {
  it.each([
    ['findings', findingLines(parts.findings), parts.findings],
    ['decisions', decisionLines(parts.decisions), parts.decisions],
    ['outcomes', outcomeLines(parts.outcomes), parts.outcomes],
    ['verdicts', verdictLines(parts.verdicts), parts.verdicts],
  ])('are the %s, complete and in order', async (_, chunks, records) => {
    const lines = (await collect(chunks)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(records);
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
