import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/approve/finding-filter.ts';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { cpuMs } from '../support/cpu.ts';
import { CONTEXT, factsOf, read } from '../support/facts.ts';

const facts = {
  ...factsOf(),
  tags: read({ Environment: 'prod', 'data-class': 'pii' }),
  aliases: read(['alias/x']),
};
const finding = assembleFinding(facts, CONTEXT);
const passes = (expression: string) => finding !== undefined && compileFilter(expression)(finding);

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

  it.each([
    `@${'|[@,@][]'.repeat(40)}`,
    'pad_left(region, `500000000`)',
    "replace(region, 'e', 'ee', `4000000000`)",
    'trim(long)',
    "replace(long, ' ', long)",
    `join('', [long, long])${"|join('', [@, @])".repeat(40)}`,
    'big[?$.big[?$.big[?@==`1`]]]',
    `big[?big ${' && $.big == $.big'.repeat(200)}]`,
    'map(&$.big[?contains($.big, @)], big)',
    'sort_by(big, &to_string(@))',
    'let $a = big in big[?contains($a, @) && $a[?contains($a, @)]]',
    `${'!'.repeat(3000)}region`,
    `tags${'.a'.repeat(2000)}`,
  ])('that would take long or grow without end is stopped soon (%#)', (expression) => {
    const hostile = {
      ...finding,
      long: `${' '.repeat(8000)}x`,
      big: Array.from({ length: 1000 }, (_, i) => i),
    };
    const begun = cpuMs();
    const where = compileFilter(expression);
    const all = () => {
      for (let index = 0; index < 1000; index += 1) where(hostile as never);
    };
    expect(all).toThrow('takes too long');
    expect(cpuMs() - begun).toBeLessThan(3000);
  });

  it('is not too costly over many findings', () => {
    const where = compileFilter(
      "tags.Environment=='prod' && aliases[?starts_with(@, 'alias/')] && !Description",
    );
    for (let index = 0; index < 20_000; index += 1) where(finding as never);
    expect(() => compileFilter('a'.repeat(5000))).toThrow('longer than 4,096 characters');
  });

  it('that is none is refused', () => {
    for (const wrong of ['', 'tags.', '==', '[?', 'region == '])
      expect(() => compileFilter(wrong), wrong).toThrow();
  });

  it('is taken or refused when it is compiled, and never breaks on a finding', () => {
    fc.assert(
      fc.property(fc.string(), (expression) => {
        let where: ReturnType<typeof compileFilter> | undefined;
        try {
          where = compileFilter(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        if (where && finding) expect(typeof where(finding)).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
