import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { openStore } from '../../src/store/open.ts';
import { reassessed, retold } from '../evidence/contradictions.ts';
import { chained, journalOf, type Loose, replayInto, storyOf, textOf, verdictOn } from '../evidence/forge.ts';
import { type Files, tell, tellWhole } from '../evidence/story.ts';
import { type Path, pathsIn } from '../evidence/tamper-json.ts';
import { HOSTILE, requireHarmless } from '../support/hostile-field.ts';
import { type Journey, startJourney } from '../support/journey.ts';

/** All texts of findings that anybody else writes and nothing follows from. */
const FINDING_TEXTS = /^(?:explanation|advice|Description|gaps|policy|tags|lastUsage)/;

describe('a record that is hostile in every text that it may have', () => {
  let files: Files;
  let fields: string[];
  let journey: Journey;
  beforeAll(async () => {
    ({ files, fields } = await hostileEverywhere(await tell((story) => tellWhole(story))));
    journey = await startJourney();
    const store = await openStore(makeStoreDirectory(join(journey.cwd, 'store')));
    await replayInto(store, files);
    await store.close();
    mkdirSync(join(journey.cwd, 'bundle'));
    for (const [name, bytes] of files) writeFileSync(join(journey.cwd, 'bundle', name), bytes);
  }, 120_000);

  it('is evidence that verifies', async () => {
    expect(await verdictOn(files)).toBe('accepted');
    expect(fields.length).toBeGreaterThan(20);
  });

  it.each([
    ['status'],
    ['rollouts'],
    ['list', 'findings'],
    ['list', 'decisions'],
    ['list', 'outcomes'],
    ['list', 'verdicts'],
    ['list', 'findings', '--json'],
    ['report', '--out', 'report'],
    ['verify', 'bundle'],
    ['configure', '--dry-run'],
    ['approve', '--all'],
  ])('acts on no terminal through %s %s', async (...args) => {
    const words = args.filter((word) => word !== undefined);
    const store = words[0] === 'verify' ? [] : ['--store', 'store'];
    const { stdout, stderr } = await journey.run(...words, ...store);
    expect(stdout + stderr).not.toBe('');
    expect(stderr).not.toContain('unexpectedly');
    requireHarmless(stdout + stderr, words.join(' '));
  });

  it('is harmless in the reports for people', () => {
    for (const name of [
      'report.md',
      'report.html',
      'findings.csv',
      'outcomes.csv',
      'verdicts.csv',
      'decisions.csv',
    ])
      requireHarmless(textOf(files, name), name);
  });
});

/** Puts the hostile text into each text in turn, and leaves it where the evidence still holds. */
async function hostileEverywhere(good: Files): Promise<{ files: Files; fields: string[] }> {
  const fields: string[] = [];
  const entries = journalOf(good);
  for (const entry of entries) {
    for (const path of pathsIn(entry).filter(([part]) => part === 'body')) {
      // The ARNs of the findings are of a partition.
      if (typeof at(entry, path) !== 'string' || path.at(-1) === 'partition') continue;
      const [parent, last, before] = [at(entry, path.slice(0, -1)), path.at(-1) ?? '', at(entry, path)];
      parent[last] = HOSTILE;
      if ((await storyOf(chained(good, entries))) === 'accepted')
        fields.push(`${entry.kind} ${path.join('/')}`);
      else parent[last] = before;
    }
  }
  const told = await retold(good, () => entries);
  const findings = await reassessed(told, (all) => all.map(withHostileTexts));
  return { files: findings, fields };
}

function withHostileTexts(finding: Loose): Loose {
  for (const path of pathsIn(finding)) {
    const isFree =
      FINDING_TEXTS.test(String(path[0])) &&
      !/At|Date|Timestamp|kind|operation|access/.test(String(path.at(-1)));
    if (isFree && typeof at(finding, path) === 'string')
      at(finding, path.slice(0, -1))[path.at(-1) ?? ''] = HOSTILE;
  }
  return finding;
}

const at = (record: Loose, path: Path): Loose => path.reduce((held, part) => held[part], record);
