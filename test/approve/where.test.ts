import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWhere } from '../../src/approve/where.ts';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { CONTEXT, factsOf, read } from '../support/facts.ts';

const facts = {
  ...factsOf(),
  tags: read({ Environment: 'prod', 'data-class': 'pii' }),
  aliases: read(['alias/x']),
};
const finding = assembleFinding(facts, CONTEXT);
const passes = (expression: string) => finding !== undefined && compileWhere(expression)(finding);

describe('a where expression', () => {
  it.each([
    ["tags.Environment=='prod' && region=='eu-central-1'", true],
    ["tags.Environment=='prod' && region=='eu-west-1'", false],
    ['tags."data-class"', true],
    ['tags.Owner', false],
    ["starts_with(primaryAlias, 'alias/')", true],
    ["contains(aliases, 'alias/y')", false],
    ['aliases', true],
    ["KeySpec=='SYMMETRIC_DEFAULT'", true],
    ['`false`', false],
    ["''", false],
  ])('%s lets the key through: %s', (expression, expected) => {
    expect(passes(expression)).toBe(expected);
  });

  it('that makes no sense for a finding lets it not through', () => {
    expect(passes('abs(region)')).toBe(false);
    expect(passes("starts_with(tags.Owner, 'a')")).toBe(false);
  });

  it('that is none is refused', () => {
    for (const wrong of ['', 'tags.', '==', '[?', 'region == '])
      expect(() => compileWhere(wrong), wrong).toThrow();
  });

  it('is taken or refused when it is compiled, and never breaks on a finding', () => {
    fc.assert(
      fc.property(fc.string(), (expression) => {
        let where: ReturnType<typeof compileWhere> | undefined;
        try {
          where = compileWhere(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        if (where && finding) expect(typeof where(finding)).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
