import { beforeAll, describe, expect, it } from 'vitest';
import { describeFailure } from '../../src/cli/show/evidence/failure.ts';
import { EvidenceError } from '../../src/evidence/error.ts';
import { inspectFiles } from '../../src/evidence/inspect-files.ts';
import { explainWithPython, hasPython } from '../support/python.ts';
import { bundleOf, chained, edited, journalOf, sealed, verify, withFile } from './forge.ts';
import { APPROVER, type Files, MAKER, STRANGER, tell, tellShort } from './story.ts';

const ASK_AGAIN = /Ask its maker for it again/;
const withCrlf = (files: Files, ...names: string[]): Files =>
  names.reduce((all, name) => edited(all, name, (text) => text.replaceAll('\n', '\r\n')), files);

interface Case {
  readonly title: string;
  readonly spoil: (good: Files) => Files;
  readonly says: readonly RegExp[];
  readonly never?: RegExp;
}

const UNCHANGED = /All \d+ files that should be here are unchanged\./;

const CASES: readonly Case[] = [
  {
    title: 'git changed the line endings of all files',
    spoil: (good) => withCrlf(good, ...good.keys()),
    says: [
      /^With their line endings restored, all \d+ files hold\. Line endings were changed from LF to CRLF, as git's autocrlf does/,
      /git -c core\.autocrlf=false checkout/,
    ],
    never: ASK_AGAIN,
  },
  ...['manifest.json', 'SHA256SUMS', 'journal.jsonl', 'report.html', '.gitattributes'].map((name) => ({
    title: `the line endings of ${name} were changed`,
    spoil: (good: Files) => withCrlf(good, name),
    says: [new RegExp(`as git's autocrlf does: ${name.replace('.', '\\.')}\\.`)],
    never: ASK_AGAIN,
  })),
  {
    title: 'line endings were changed and a file besides',
    spoil: (good) => edited(withCrlf(good, ...good.keys()), 'plan.jsonl', (text) => text.replace('1', '2')),
    says: [/1 file is not what the manifest names: plan\.jsonl\./, /autocrlf/, ASK_AGAIN],
  },
  {
    title: 'a desktop left a file',
    spoil: (good) => withFile(withFile(good, '.DS_Store', ''), '._report.md', 'x'),
    says: [
      UNCHANGED,
      /2 files are extra: \.DS_Store, \._report\.md\. macOS or Windows/,
      /Remove what is extra/,
    ],
    never: ASK_AGAIN,
  },
  {
    title: 'somebody added a file',
    spoil: (good) => withFile(good, 'notes.txt', ''),
    says: [UNCHANGED, /1 file is extra: notes\.txt\. Remove what is extra/],
    never: /macOS|Ask its maker/,
  },
  {
    title: 'a file is missing',
    spoil: (good) => withFile(good, 'verdicts.csv', undefined),
    says: [/^1 file is missing: verdicts\.csv\. Unchanged: \d+ of \d+ files\./, /Restore the missing files/],
  },
  {
    title: 'the hidden file was not copied',
    spoil: (good) => withFile(good, '.gitattributes', undefined),
    says: [/Some tools skip hidden files.*printf '\* -text\\n' > \.gitattributes/],
  },
  {
    title: 'line endings were changed in evidence without its hidden file',
    spoil: (good) => withCrlf(withFile(good, '.gitattributes', undefined), 'manifest.json', 'plan.jsonl'),
    says: [/printf .*> \.gitattributes To get the original back from git/],
    never: ASK_AGAIN,
  },
  {
    title: 'a file was changed',
    spoil: (good) => edited(good, 'report.md', (text) => text.replace('e', 'E')),
    says: [/^1 file is not what the manifest names: report\.md\. Unchanged: \d+ of \d+ files\./, ASK_AGAIN],
    never: /extra|missing|line endings/,
  },
  {
    title: 'there is no manifest',
    spoil: (good) => withFile(good, 'manifest.json', undefined),
    says: [/^manifest\.json is missing, so no other file can be checked\./, ASK_AGAIN],
  },
  {
    title: 'the manifest is another one',
    spoil: (good) => edited(good, 'manifest.json', (text) => text.replace('v1', 'v2')),
    says: [/^manifest\.json is damaged or altered/, ASK_AGAIN],
  },
  {
    title: 'the journal was told anew, and the manifest with it',
    spoil: (good) =>
      sealed(
        chained(
          good,
          journalOf(good).filter(({ kind }) => kind !== 'approval'),
        ),
      ),
    says: [/files are what the manifest names, but their contents contradict each other/, ASK_AGAIN],
  },
];

describe('what a failed verification says of the whole', () => {
  let good: Files;
  beforeAll(async () => {
    good = await tell((story) => tellShort(story, { approver: APPROVER, maker: MAKER }));
  });

  const said = async (files: Files, trust = [APPROVER, MAKER]): Promise<string> => {
    const error = await verify(files, { trust }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(EvidenceError);
    const { summary, fix } = describeFailure(error.code, await inspectFiles(bundleOf(files)));
    return `${summary} ${fix}`;
  };

  it.each(CASES)('$title', async ({ spoil, says, never }) => {
    const text = await said(spoil(good));
    for (const each of says) expect(text).toMatch(each);
    if (never) expect(text).not.toMatch(never);
  });

  it('names the signature whose line endings were changed', async () => {
    const text = await said(withCrlf(good, 'bundle.dsse.json'));
    expect(text).toMatch(/as git's autocrlf does: bundle\.dsse\.json\./);
  });

  it('never calls consistent evidence false because its signer is not trusted', async () => {
    const text = await said(good, [STRANGER]);
    expect(text).toMatch(/^The evidence is consistent, but it is not signed by the keys that you trust\./);
    expect(text).not.toMatch(/rely/);
  });

  it.skipIf(!hasPython)('docs/verify_evidence.py says the same', { timeout: 60_000 }, async () => {
    const bundles = CASES.map(({ spoil }) => spoil(good));
    const inPython = explainWithPython(bundles);
    for (const [index, files] of bundles.entries()) {
      const text = (await said(files)).replace(/All \d+ files are what/, 'The files are what');
      const wanted = text.replace(' Keyturn does not write such evidence.', '');
      expect(inPython[index], CASES[index]?.title).toBe(wanted);
    }
  });
});
