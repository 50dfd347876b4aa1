import { beforeAll, describe, expect, it } from 'vitest';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import { CONTRADICTIONS } from './contradictions.ts';
import { verdictOn } from './forge.ts';
import { type Files, tell, tellWhole } from './story.ts';

/** What the Python checker says of a bundle, in the words of the other. */
const inWords = (said: string): string => (said === '0' ? 'accepted' : said.replace(/^5 /, ''));

describe('evidence that contradicts itself, with everything made anew', () => {
  const forged: Files[] = [];
  beforeAll(async () => {
    const good = await tell((story) => tellWhole(story));
    for (const { forge } of CONTRADICTIONS) forged.push(await forge(good));
  }, 120_000);

  it('is refused by keyturn verify', async () => {
    const found: string[] = [];
    for (const files of forged) found.push(await verdictOn(files));
    expect(named(found)).toEqual(named(CONTRADICTIONS.map(({ code }) => code)));
  });

  it.skipIf(!hasPython)(`is refused by docs/verify_evidence.py, with the same code${withoutPython}`, () => {
    expect(named(checkWithPython(forged).map(inWords))).toEqual(
      named(CONTRADICTIONS.map(({ code }) => code)),
    );
  });

  const named = (verdicts: readonly string[]) =>
    Object.fromEntries(CONTRADICTIONS.map(({ name, code }, index) => [`${name} (${code})`, verdicts[index]]));
});
