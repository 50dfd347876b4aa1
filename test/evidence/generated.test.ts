import { beforeAll, describe, expect, it } from 'vitest';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import { verdictOn } from './forge.ts';
import { OTHER_STORIES } from './other-stories.ts';
import { tellRich } from './rich-story.ts';
import { APPROVER, type Files, tell } from './story.ts';
import { type Tampering, tamperingsOf } from './tamperings.ts';

/*
 * Each field of each kind of record, changed in each way, in a bundle in which everything is made good afterwards. There are more
 * than 9,000: a part of them is checked here, always the same. All of them:
 *
 *   KEYTURN_EVERY=1 vitest run --project unit test/evidence/generated.test.ts
 */
const EVERY = Number(process.env['KEYTURN_EVERY'] ?? 53);
const OFFSET = Number(process.env['KEYTURN_OFFSET'] ?? 0);
/** Bundles that are on disk at once, for the other checker. */
const BATCH = 100;

/** What the second checker only hashes (docs/evidence-format.md, Reports). */
const ONLY_HASHED = /^(?:\w+\.csv|report\.(?:md|html)): (?!missing)/;

interface Checked {
  readonly name: string;
  readonly keyturn: string;
  readonly python: string;
}

describe('two checkers on tamperings that are generated', () => {
  const checked: Checked[] = [];
  beforeAll(async () => {
    const unsigned = await tell((story) => tellRich(story));
    const signed = await tell((story) => tellRich(story, APPROVER));
    const all = tamperingsOf(unsigned, signed).filter((_, index) => index % EVERY === OFFSET);
    for (let from = 0; from < all.length; from += BATCH) {
      checked.push(...(await checkBoth(all.slice(from, from + BATCH))));
    }
  }, 36_000_000 / EVERY);

  it('names each tampering once, and there are many', () => {
    expect(new Set(checked.map(({ name }) => name)).size).toBe(checked.length);
    expect(checked.length).toBeGreaterThan(9000 / EVERY);
  });

  it.skipIf(!hasPython)(`agree on each, with the same code${withoutPython}`, () => {
    const apart = checked.filter(
      ({ name, keyturn, python }) => keyturn !== python && !ONLY_HASHED.test(name),
    );
    expect(apart).toEqual([]);
  });

  it('accept what is another story, for a reason that is written down, and nothing else', () => {
    const accepted = checked.filter(({ keyturn }) => keyturn === 'accepted').map(({ name }) => name);
    const unexplained = accepted.filter((name) => !OTHER_STORIES.some(([pattern]) => pattern.test(name)));
    expect(unexplained).toEqual([]);
  });
});

async function checkBoth(tamperings: readonly Tampering[]): Promise<Checked[]> {
  const bundles: Files[] = [];
  const keyturn: string[] = [];
  for (const { forge } of tamperings) {
    const forged = await forge();
    bundles.push(forged);
    keyturn.push(await verdictOn(forged));
  }
  const python = hasPython ? checkWithPython(bundles) : [];
  return tamperings.map(({ name }, index) => ({
    name,
    keyturn: keyturn[index] ?? '',
    python: inWords(python[index] ?? ''),
  }));
}

/** What the Python checker says of a bundle, in the words of the other. */
const inWords = (said: string): string => (said === '0' ? 'accepted' : said.replace(/^5 /, ''));
