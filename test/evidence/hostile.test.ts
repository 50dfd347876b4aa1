import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/model/json-text.ts';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import { chained, journalOf, type Loose, sealed, summed, textOf, verdictOn, withFile } from './forge.ts';
import { type Files, tell, tellShort } from './story.ts';

/** JSON that a reader may stumble on, put in the place of any value. */
const ODD = [
  'null',
  'true',
  '-1',
  '1e400',
  '9'.repeat(5000),
  '"\\ud800"',
  '"__proto__"',
  '[]',
  '{}',
  '{"__proto__":[]}',
  '['.repeat(3000) + ']'.repeat(3000),
];
const MARK = 'here it is odd';

/** Each value of a document, one after the other, replaced by something odd. */
function* oddities(document: Loose): Generator<string> {
  let index = 0;
  for (const path of pathsOf(document)) {
    const copy = structuredClone(document);
    const parent = path.slice(0, -1).reduce((value, name) => value[name], copy);
    parent[path.at(-1) ?? ''] = MARK;
    yield jsonText(copy).replace(JSON.stringify(MARK), ODD[index++ % ODD.length] ?? '');
  }
}

function pathsOf(value: Loose, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    [...path, name],
    ...pathsOf(part, [...path, name]),
  ]);
}

const lines = (text: string): string[] => text.split('\n').slice(0, -1);

/** Bundles with one odd value each, everything else made good as far as that goes. */
function* hostileBundles(good: Files): Generator<Files> {
  for (const text of oddities(JSON.parse(textOf(good, 'manifest.json')))) {
    const odd = withFile(good, 'manifest.json', `${text}\n`);
    yield odd;
    try {
      yield summed(odd);
    } catch {
      // Its files cannot even be listed.
    }
  }
  for (const name of ['summary.json', 'outcomes.jsonl', 'findings.jsonl']) {
    for (const text of oddities(JSON.parse(lines(textOf(good, name))[0] ?? ''))) {
      yield sealed(withFile(good, name, `${text}\n`));
    }
  }
  for (const [index, entry] of journalOf(good).entries()) {
    for (const text of oddities(entry)) {
      const all = lines(textOf(good, 'journal.jsonl'));
      yield sealed(withFile(good, 'journal.jsonl', `${all.with(index, text).join('\n')}\n`));
    }
    for (const text of oddities(entry.body)) yield rechained(good, index, text);
  }
}

/** The journal with one body written as given, and the chain made anew round it. */
function rechained(good: Files, index: number, body: string): Files {
  const entries = journalOf(good);
  const marked = chained(good, entries.with(index, { ...entries[index], body: MARK }).slice(0, index + 1));
  return sealed(withFile(good, 'journal.jsonl', textOf(marked, 'journal.jsonl').replace(`"${MARK}"`, body)));
}

describe('a hostile value', () => {
  const all = tell((story) => tellShort(story)).then((good) => [...hostileBundles(good)]);

  it('anywhere never makes verification stumble: there is always a code', async () => {
    const bundles = await all;
    expect(bundles.length).toBeGreaterThan(300);
    for (const [index, files] of bundles.entries()) {
      expect(await verdictOn(files), `bundle ${index}`).toMatch(/^(accepted|evidence-[a-z-]+)$/);
    }
  });

  it.skipIf(!hasPython)(`nor docs/verify_evidence.py${withoutPython}`, async () => {
    for (const said of checkWithPython(await all)) expect(said).toMatch(/^(0|5 evidence-[a-z-]+)$/);
  });
});
