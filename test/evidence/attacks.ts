import type { KeyObject } from 'node:crypto';
import { signPayload } from '../../src/evidence/dsse.ts';
import type { EvidenceCode } from '../../src/evidence/error.ts';
import { approvalStatement } from '../../src/evidence/statement.ts';
import {
  chained,
  edited,
  journalOf,
  keyIdOfKey,
  type Loose,
  remade,
  sealed,
  sha256,
  signed,
  summed,
  type VerifyOptions,
  withFile,
} from './forge.ts';
import { APPROVER, DEFERRED, DENIED, type Files, MAKER, ON, STRANGER, tell, tellShort } from './story.ts';

/** What a checker has to do, beyond the files, the chain and the history, to find an attack. */
export type Needs = 'reports';

export interface Attack {
  readonly name: string;
  /** What the forger did. */
  readonly about: string;
  /** Which good bundle it begins from. */
  readonly base: 'unsigned' | 'signed';
  /** `accepted` where evidence cannot show it. */
  readonly code: EvidenceCode | 'accepted';
  readonly needs?: Needs;
  /** How the test keys are trusted; nothing is required of signers if absent. */
  readonly trust?: 'roles' | 'either';
  forge(good: Files): Files | Promise<Files>;
}

const attack = (
  name: string,
  code: Attack['code'],
  about: string,
  forge: Attack['forge'],
  more: Partial<Attack> = {},
): Attack => ({ name, code, about, base: 'unsigned', ...more, forge });

/** Edits the journal, and makes the chain, the manifest and the sums anew. */
const rewritten = (good: Files, change: (entries: Loose[]) => Loose[]): Files =>
  sealed(chained(good, change(journalOf(good))));

/** The same, with every report made anew too: the forger has Keyturn. */
const retold = (good: Files, change: (entries: Loose[]) => Loose[]): Promise<Files> =>
  remade(rewritten(good, change));

/** Changes the first entry of a kind, in place. */
const inFirst = (kind: string, change: (entry: Loose) => void) => (entries: Loose[]) => {
  change(entries[firstOf(entries, kind)]);
  return entries;
};

const firstOf = (entries: Loose[], kind: string): number => entries.findIndex((entry) => entry.kind === kind);

/** Puts a copy of an entry, changed, right after the last entry of some kind. */
const copied = (kind: string, after: string, change: (entry: Loose) => void) => (entries: Loose[]) => {
  const copy = structuredClone(entries[firstOf(entries, kind)]);
  change(copy);
  return entries.toSpliced(entries.findLastIndex((entry) => entry.kind === after) + 1, 0, copy);
};

/** Characters that are escaped in every line, as they could stand in one. */
const RAW = ['2028', '2029', '202e', '200b', 'fe0f'].map(
  (point) => [point, String.fromCodePoint(Number.parseInt(point, 16))] as const,
);

/** The last entry of the journal with a text as it never leaves Keyturn; chain, manifest and sums made anew. */
function withRaw(good: Files, character: string): Files {
  const entries = journalOf(good);
  entries.at(-1).body.KeyState = 'RAW';
  const told = chained(good, entries);
  return sealed(edited(told, 'journal.jsonl', (text) => text.replace('RAW', `Enabled${character}`)));
}

const without = (kind: string) => (entries: Loose[]) => entries.toSpliced(firstOf(entries, kind), 1);

/** Makes an approval one that was made elsewhere and brought in. */
function broughtIn(body: Loose, at = body.at): Loose {
  const { osUser, host, ...aws } = body.submittedBy;
  const imported = { at, by: { ...aws, osUser, host } };
  return Object.assign(body, { id: 'approval-8', submittedBy: { osUser, host }, imported });
}

function declinedBySomebodyElse({ body }: Loose): void {
  body.id = 'approval-8';
  body.submittedBy.callerArn = 'arn:somebody-else';
  for (const decision of body.decisions) decision.choice = 'decline';
}

const swapLines = (text: string): string => {
  const [first, second, ...rest] = text.split('\n');
  return [second, first, ...rest].join('\n');
};

const withCrlf = (good: Files, name: string): Files =>
  edited(good, name, (text) => text.replaceAll('\n', '\r\n'));

const FILES: Attack[] = [
  attack('manifest-schema', 'evidence-manifest', 'the manifest is of another schema', (good) =>
    summed(edited(good, 'manifest.json', (text) => text.replace('evidence/v1', 'evidence/v2'))),
  ),
  attack('manifest-spaced', 'evidence-manifest', 'a space in the manifest, the sums made anew', (good) =>
    summed(edited(good, 'manifest.json', (text) => text.replace(',', ', '))),
  ),
  attack('manifest-key-twice', 'evidence-manifest', 'the manifest names its rollout twice', (good) =>
    summed(edited(good, 'manifest.json', (text) => text.replace('{', '{"rollout":"another",'))),
  ),
  attack('manifest-file-twice', 'evidence-manifest', 'the manifest names a file twice', (good) =>
    sealed(good, (manifest) => ({ ...manifest, files: [...manifest.files, manifest.files[0]] })),
  ),
  attack('manifest-path', 'evidence-manifest', 'the manifest names a file outside the directory', (good) =>
    sealed(good, (manifest) => ({
      ...manifest,
      files: [{ ...manifest.files[0], name: '../plan.jsonl' }, ...manifest.files.slice(1)],
    })),
  ),
  attack(
    'manifest-without-journal',
    'evidence-manifest',
    'neither manifest nor bundle has a journal',
    (good) =>
      withFile(
        sealed(good, (manifest) => ({
          ...manifest,
          files: manifest.files.filter(({ name }: Loose) => name !== 'journal.jsonl'),
        })),
        'journal.jsonl',
        undefined,
      ),
  ),
  attack('manifest-not-utf8', 'evidence-manifest', 'a byte of the manifest is no UTF-8', (good) => {
    const bytes = Buffer.from(good.get('manifest.json') ?? '');
    return withFile(good, 'manifest.json', bytes.fill(0xff, 60, 61));
  }),
  attack('manifest-gone', 'evidence-file-missing', 'the manifest is gone', (good) =>
    withFile(good, 'manifest.json', undefined),
  ),
  attack('file-gone', 'evidence-file-missing', 'a report is gone', (good) =>
    withFile(good, 'verdicts.csv', undefined),
  ),
  attack('sums-gone', 'evidence-file-missing', 'SHA256SUMS is gone', (good) =>
    withFile(good, 'SHA256SUMS', undefined),
  ),
  attack('file-changed', 'evidence-file-changed', 'one byte of a report', (good) =>
    edited(good, 'report.md', (text) => text.replace('enabled', 'Enabled')),
  ),
  attack('sums-changed', 'evidence-file-changed', 'a sum that sha256sum -c would be content with', (good) =>
    edited(good, 'SHA256SUMS', swapLines),
  ),
  attack('file-extra', 'evidence-file-extra', 'a file that nobody names', (good) =>
    withFile(good, 'addendum.md', 'All keys rotate.\n'),
  ),
  attack('file-extra-of-a-desktop', 'evidence-file-extra', 'a file that macOS leaves behind', (good) =>
    withFile(good, '.DS_Store', ''),
  ),
  attack('git-attributes-gone', 'evidence-file-missing', 'the hidden file was not copied', (good) =>
    withFile(good, '.gitattributes', undefined),
  ),
  attack('manifest-hidden-file', 'evidence-manifest', 'the manifest names another hidden file', (good) =>
    sealed(withFile(good, '.hidden', 'x'), (manifest) => ({
      ...manifest,
      files: [...manifest.files, { name: '.hidden', bytes: 1, sha256: sha256('x') }],
    })),
  ),
  attack('line-endings-of-all', 'evidence-manifest', 'LF became CRLF in all files, as git can do', (good) =>
    [...good.keys()].reduce(withCrlf, good),
  ),
  attack('line-endings-of-one', 'evidence-file-changed', 'LF became CRLF in the journal', (good) =>
    withCrlf(good, 'journal.jsonl'),
  ),
];

const FINDINGS: Attack[] = [
  attack('findings-swapped', 'evidence-findings', 'two findings swapped, the manifest made anew', (good) =>
    sealed(edited(good, 'findings.jsonl', swapLines)),
  ),
  attack('finding-edited', 'evidence-findings', 'a finding edited, the manifest made anew', (good) =>
    sealed(edited(good, 'findings.jsonl', (text) => text.replace('a key', 'no key'))),
  ),
  attack('finding-dropped', 'evidence-findings', 'a finding dropped, the manifest made anew', (good) =>
    sealed(edited(good, 'findings.jsonl', (text) => text.slice(text.indexOf('\n') + 1))),
  ),
  attack('finding-key-twice', 'evidence-findings', 'a finding that two readers read differently', (good) =>
    sealed(edited(good, 'findings.jsonl', (text) => text.replace('{', '{"finding":"enabled",'))),
  ),
  attack('finding-too-deep', 'evidence-findings', 'a finding nested too deep for a careless reader', (good) =>
    sealed(edited(good, 'findings.jsonl', (text) => `${'['.repeat(5000)}\n${text}`)),
  ),
  attack('plan-edited', 'evidence-plan', 'the plan edited, the manifest made anew', (good) =>
    sealed(edited(good, 'plan.jsonl', (text) => text.replace('a key', 'no key'))),
  ),
];

const JOURNAL: Attack[] = [
  attack('entry-edited', 'evidence-chain', 'an entry edited, the manifest made anew', (good) =>
    sealed(edited(good, 'journal.jsonl', (text) => text.replace('"osUser":"tester"', '"osUser":"another"'))),
  ),
  attack('entry-dropped', 'evidence-chain', 'an entry dropped, the manifest made anew', (good) =>
    sealed(edited(good, 'journal.jsonl', (text) => text.replace(/^.*"kind":"intent".*\n/m, ''))),
  ),
  attack('entry-of-another-rollout', 'evidence-chain', 'an entry of another rollout, all made anew', (good) =>
    rewritten(
      good,
      inFirst('verdict', (entry) => Object.assign(entry, { rollout: 'rollout-2' })),
    ),
  ),
  attack('entry-of-no-kind', 'evidence-entry', 'a kind that there is not', (good) =>
    rewritten(
      good,
      inFirst('verdict', (entry) => Object.assign(entry, { kind: 'constructor' })),
    ),
  ),
  attack('entry-key-twice', 'evidence-entry', 'an entry that two readers read differently', (good) =>
    sealed(
      edited(good, 'journal.jsonl', (text) =>
        text.replace(/"kind":"confirmed"(?=[^\n]*\n$)/, '"kind":"unreadable",$&'),
      ),
    ),
  ),
  attack('entry-one-as-float', 'evidence-entry', 'the last entry with 1.0 for 1', (good) =>
    sealed(edited(good, 'journal.jsonl', (text) => text.replace(/"reads":1}}\n$/, '"reads":1.0}}\n'))),
  ),
  attack('entry-without-end', 'evidence-entry', 'the last line without its end', (good) =>
    sealed(edited(good, 'journal.jsonl', (text) => text.slice(0, -1))),
  ),
  attack(
    'entry-with-more',
    'evidence-entry',
    'an unknown field in a signed approval, all made anew but its signature',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => Object.assign(body, { note: 'all keys' })),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'begun-with-plan',
    'evidence-entry',
    'an assessment that begins complete: no entry seals its findings',
    (good) =>
      retold(good, (entries) => {
        const { at, body } = entries[firstOf(entries, 'assess-completed')];
        Object.assign(entries[0].body, { assessedAt: at, planDigest: body.planDigest });
        return without('place-assessed')(without('assess-completed')(entries));
      }),
  ),
  attack('begun-as-another', 'evidence-entry', 'the first entry begins another rollout', (good) =>
    rewritten(
      good,
      inFirst('assess-begun', ({ body }) => Object.assign(body, { id: 'rollout-2' })),
    ),
  ),
  attack('begun-twice', 'evidence-entry', 'the first entry a second time', (good) =>
    rewritten(good, (entries) => [entries[0], ...entries]),
  ),
  attack('place-too-late', 'evidence-entry', 'a place assessed after the assessment', (good) =>
    rewritten(
      good,
      copied('place-assessed', 'assess-completed', () => {}),
    ),
  ),
  attack('journal-empty', 'evidence-manifest', 'no entries at all', (good) =>
    sealed(withFile(good, 'journal.jsonl', '')),
  ),
  attack(
    'journal-cut',
    'evidence-head',
    'the last verdicts cut off, the digests of the files made anew',
    (good) => {
      const { journal } = JSON.parse(String(good.get('manifest.json')));
      const cut = edited(good, 'journal.jsonl', (text) =>
        text.split('\n').slice(0, -3).join('\n').concat('\n'),
      );
      return sealed(cut, (manifest) => ({ ...manifest, journal }));
    },
  ),
  attack('journal-longer', 'evidence-head', 'a verdict added, the digests of the files made anew', (good) => {
    const { journal } = JSON.parse(String(good.get('manifest.json')));
    const longer = chained(good, copied('verdict', 'verdict', () => {})(journalOf(good)));
    return sealed(longer, (manifest) => ({ ...manifest, journal }));
  }),
];

const HISTORY: Attack[] = [
  attack(
    'approval-of-no-candidate',
    'evidence-approval',
    'a key approved that was on at the assessment',
    (good) =>
      rewritten(
        good,
        inFirst('approval', ({ body }) => Object.assign(body.decisions[0], { keyArn: ON })),
      ),
  ),
  attack('approval-of-another-plan', 'evidence-approval', 'an approval over another plan', (good) =>
    rewritten(
      good,
      inFirst('approval', ({ body }) => Object.assign(body, { planDigest: 'f'.repeat(64) })),
    ),
  ),
  attack('approval-before-plan', 'evidence-approval', 'an approval before there is a plan', (good) =>
    rewritten(good, without('assess-completed')),
  ),
  attack('approval-of-another-period', 'evidence-approval', 'approved with 90 days', (good) =>
    rewritten(
      good,
      inFirst('approval', ({ body }) => Object.assign(body.decisions[0], { RotationPeriodInDays: 90 })),
    ),
  ),
  attack('approval-twice', 'evidence-approval', 'an id used twice', (good) =>
    rewritten(
      good,
      copied('approval', 'approval', () => {}),
    ),
  ),
  attack('approval-key-twice', 'evidence-approval', 'approved and declined in one approval', (good) =>
    rewritten(
      good,
      inFirst('approval', ({ body }) => body.decisions.push({ ...body.decisions[0], choice: 'decline' })),
    ),
  ),
  attack('approval-taken-back', 'evidence-approval', 'declined after the change', (good) =>
    rewritten(
      good,
      copied('approval', 'outcome', ({ body }) => {
        body.id = 'approval-9';
        for (const decision of body.decisions) decision.choice = 'decline';
      }),
    ),
  ),
  attack('approval-that-never-held', 'evidence-approval', 'an approval that expires as it is made', (good) =>
    rewritten(
      good,
      inFirst('approval', ({ body }) => Object.assign(body, { expiresAt: body.at })),
    ),
  ),
  attack('approval-brought-in-late', 'evidence-approval', 'brought in after it had expired', (good) =>
    rewritten(
      good,
      copied('approval', 'approval', ({ body }) => broughtIn(body, body.expiresAt)),
    ),
  ),
  attack(
    'approval-in-the-name-of-a-caller',
    'evidence-approval',
    'brought in from elsewhere, and yet it names a caller of AWS',
    (good) =>
      rewritten(
        good,
        copied('approval', 'approval', ({ body }) => {
          const { submittedBy } = body;
          Object.assign(broughtIn(body), { submittedBy });
        }),
      ),
  ),
  attack(
    'approval-outdated',
    'evidence-approval',
    'an older approval is brought in over a later decision of the same approver',
    (good) =>
      rewritten(good, (entries) => {
        const last = entries.findLastIndex(({ kind }) => kind === 'approval');
        const later = structuredClone(entries[last]);
        broughtIn(later.body);
        const older = structuredClone(later);
        Object.assign(older.body, { id: 'approval-9', at: '2026-11-22T09:00:00.000Z' });
        return entries.toSpliced(last + 1, 0, later, older);
      }),
  ),
  attack(
    'approval-behind-a-decline',
    'evidence-approval',
    "an approver's older signed approval is moved behind the same approver's newer signed decline",
    (good) =>
      signed(
        rewritten(good, (entries) => {
          const last = entries.findLastIndex(({ kind }) => kind === 'approval');
          const older = structuredClone(entries[firstOf(entries, 'approval')]);
          const decline = structuredClone(older);
          Object.assign(decline.body, { id: 'approval-8', at: '2026-11-22T10:00:01.500Z' });
          decline.at = decline.body.at;
          Object.assign(older.body, { id: 'approval-9' });
          for (const decision of decline.body.decisions) decision.choice = 'decline';
          for (const { body } of [decline, older])
            body.signature = signPayload(approvalStatement(body), APPROVER);
          return entries.toSpliced(last + 1, 0, decline, older);
        }),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack('change-declined', 'evidence-unapproved-change', 'the approval becomes a decline', (good) =>
    rewritten(
      good,
      inFirst('approval', ({ body }) => Object.assign(body.decisions[0], { choice: 'decline' })),
    ),
  ),
  attack(
    'change-after-expiry',
    'evidence-unapproved-change',
    'the approval expires at the very time of the announcement',
    (good) =>
      rewritten(good, (entries) => {
        const { intendedAt } = entries[firstOf(entries, 'intent')].body.change;
        return inFirst('approval', ({ body }) => Object.assign(body, { expiresAt: intendedAt }))(entries);
      }),
  ),
  attack(
    'change-over-a-decline',
    'evidence-unapproved-change',
    'somebody else had declined the key, and not withdrawn it',
    (good) => rewritten(good, copied('approval', 'approval', declinedBySomebodyElse)),
  ),
  attack(
    'decline-withdrawn-by-another',
    'evidence-unapproved-change',
    'a decline, and then a defer by another than who declined',
    (good) =>
      rewritten(good, (entries) => {
        const last = entries.findLastIndex(({ kind }) => kind === 'approval');
        const decline = structuredClone(entries[firstOf(entries, 'approval')]);
        declinedBySomebodyElse(decline);
        const withdrawal = structuredClone(decline);
        Object.assign(withdrawal.body, { id: 'approval-9' });
        withdrawal.body.submittedBy.callerArn = 'arn:third';
        for (const decision of withdrawal.body.decisions) decision.choice = 'defer';
        return entries.toSpliced(last + 1, 0, decline, withdrawal);
      }),
  ),
  attack('change-of-deferred', 'evidence-unapproved-change', 'a deferred key is called', (good) =>
    rewritten(
      good,
      copied('intent', 'intent', ({ body }) => Object.assign(body.change, { keyArn: DEFERRED })),
    ),
  ),
  attack(
    'change-under-another-approval',
    'evidence-unapproved-change',
    'an intent names the other approval',
    (good) =>
      rewritten(
        good,
        inFirst('intent', ({ body }) => Object.assign(body, { approval: 'approval-3' })),
      ),
  ),
  attack('change-of-another-period', 'evidence-unapproved-change', 'a call with 90 days', (good) =>
    rewritten(
      good,
      inFirst('intent', ({ body }) => Object.assign(body.change, { RotationPeriodInDays: 90 })),
    ),
  ),
  attack('change-again', 'evidence-unapproved-change', 'a key called again that was on', (good) =>
    rewritten(
      good,
      copied('intent', 'outcome', ({ body }) => Object.assign(body.change, { attempts: 2 })),
    ),
  ),
  attack('change-before-configure', 'evidence-unapproved-change', 'calls outside any run', (good) =>
    rewritten(good, without('configure-begun')),
  ),
  attack('configure-before-approval', 'evidence-unapproved-change', 'a run before anybody approved', (good) =>
    rewritten(good, (entries) => without('approval')(without('approval')(entries))),
  ),
  attack(
    'outcome-undecided',
    'evidence-unapproved-change',
    'an outcome on a key that nobody decided on',
    (good) =>
      rewritten(
        good,
        inFirst('outcome', ({ body }) => Object.assign(body, { keyArn: ON })),
      ),
  ),
  attack('outcome-unannounced', 'evidence-outcome', 'a call that was never announced', (good) =>
    rewritten(good, without('intent')),
  ),
  attack('outcome-enabled-without-call', 'evidence-outcome', 'enabled without any call', (good) =>
    rewritten(good, (entries) =>
      inFirst('outcome', ({ body }) => Object.assign(body, { attempts: 0 }))(without('intent')(entries)),
    ),
  ),
  attack('outcome-of-another-period', 'evidence-outcome', 'an outcome with 90 days', (good) =>
    rewritten(
      good,
      inFirst('outcome', ({ body }) => Object.assign(body, { RotationPeriodInDays: 90 })),
    ),
  ),
  attack('outcome-twice', 'evidence-outcome', 'an end after the end', (good) =>
    rewritten(
      good,
      copied('outcome', 'outcome', () => {}),
    ),
  ),
  attack('verdict-on-failed', 'evidence-verdict', 'a change confirmed that failed', (good) =>
    rewritten(
      good,
      inFirst('verdict', ({ body }) => Object.assign(body, { keyArn: DENIED })),
    ),
  ),
  attack('verdict-contradicts-differences', 'evidence-verdict', 'a change confirmed that differs', (good) =>
    rewritten(
      good,
      inFirst('verdict', ({ body }) =>
        Object.assign(body, { differences: [{ fact: 'KeyState', expected: 'Enabled', actual: 'Disabled' }] }),
      ),
    ),
  ),
  attack('verdict-rotations-uncounted', 'evidence-verdict', 'a last rotation where none is counted', (good) =>
    rewritten(
      good,
      inFirst('verdict', ({ body }) => {
        const at = '2027-11-22T10:00:00.000Z';
        Object.assign(body, { rotations: { kind: 'read', automatic: 0, lastAt: at, readAt: at } });
      }),
    ),
  ),
  attack('verdict-before-validate', 'evidence-verdict', 'verdicts outside any run', (good) =>
    rewritten(good, without('check-begun')),
  ),
];

const REPORTS: Attack[] = [
  attack(
    'failure-hidden',
    'evidence-report',
    'a failure becomes a success in the journal, the reports left as they were',
    (good) =>
      rewritten(good, (entries) => {
        const { body } = entries.findLast((entry) => entry.kind === 'outcome');
        delete body.error;
        Object.assign(body, { status: 'applied', proof: 'proven', requestId: 'request-99' });
        return entries;
      }),
  ),
  attack(
    'outcomes-lie',
    'evidence-report',
    'a failure becomes a success in outcomes.jsonl, the manifest made anew',
    (good) => sealed(edited(good, 'outcomes.jsonl', (text) => text.replace('"failed"', '"enabled"'))),
  ),
  attack('summary-lies', 'evidence-report', 'a count in summary.json, the manifest made anew', (good) =>
    sealed(edited(good, 'summary.json', (text) => text.replace('"failed":1', '"failed":0'))),
  ),
  attack('manifest-lies', 'evidence-report', 'the manifest says that no key is unknown', (good) =>
    sealed(good, (manifest) => ({ ...manifest, notSeen: { ...manifest.notSeen, unknown: 0 } })),
  ),
  attack('summary-left-out', 'evidence-report', 'neither manifest nor bundle has a summary', (good) =>
    sealed(withFile(good, 'summary.json', undefined)),
  ),
  attack(
    'page-lies',
    'evidence-report',
    'a word of report.html, the manifest made anew',
    (good) => sealed(edited(good, 'report.html', (text) => text.replace('failed', 'enabled'))),
    { needs: 'reports' },
  ),
  attack('page-left-out', 'evidence-report', 'neither manifest nor bundle has a report.html', (good) =>
    sealed(withFile(good, 'report.html', undefined)),
  ),
  attack(
    'decisions-lie',
    'evidence-report',
    'decisions.jsonl says that an undecided key is approved',
    (good) => sealed(edited(good, 'decisions.jsonl', (text) => text.replace('"undecided"', '"approve"'))),
  ),
  attack(
    'verdicts-lie',
    'evidence-report',
    'verdicts.jsonl says that a key that was not changed is confirmed',
    (good) => sealed(edited(good, 'verdicts.jsonl', (text) => text.replace('"not-changed"', '"confirmed"'))),
  ),
  attack('approvals-lie', 'evidence-report', 'approvals.json names another person', (good) =>
    sealed(edited(good, 'approvals.json', (text) => text.replace('"tester"', '"olga"'))),
  ),
  attack('rollout-lies', 'evidence-report', 'rollout.json names another caller', (good) =>
    sealed(edited(good, 'rollout.json', (text) => text.replace('user/tester', 'user/olga'))),
  ),
  attack('summary-of-another-phase', 'evidence-report', 'summary.json names another phase', (good) =>
    sealed(edited(good, 'summary.json', (text) => text.replace('"phase":"', '"phase":"not-'))),
  ),
  ...RAW.map(([name, character]) =>
    attack(`raw-${name}`, 'evidence-entry', `a journal line holds U+${name} unescaped`, (good) =>
      withRaw(good, character),
    ),
  ),
];

/** Signed by the maker over entries that were edited, with every report made anew. */
const retoldSigned = async (good: Files, change: (entries: Loose[]) => Loose[]): Promise<Files> =>
  signed(await retold(good, change), MAKER);

/** The run says that one of these keys had to sign the approval of each change. */
const requiring = (...keys: KeyObject[]) =>
  inFirst('configure-begun', ({ body }) => Object.assign(body, { approverKeys: keys.map(keyIdOfKey) }));

/** The same keys, approved once more for longer. */
const approvedLonger = (change: (body: Loose) => void) =>
  copied('approval', 'approval', ({ body }) => {
    const expiresAt = new Date(Date.parse(body.expiresAt) + 1000).toISOString();
    Object.assign(body, { id: 'approval-8', expiresAt });
    change(body);
  });

const REQUIRED: Attack[] = [
  attack(
    'signature-required',
    'accepted',
    "the run required the approver's signature, which is there",
    (good) => retoldSigned(good, requiring(MAKER, APPROVER)),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'signature-required-of-another',
    'evidence-unapproved-change',
    'the run required the signature of a key that did not sign',
    (good) => signed(rewritten(good, requiring(STRANGER)), MAKER),
    { base: 'signed' },
  ),
  attack(
    'signature-required-and-absent',
    'evidence-unapproved-change',
    'the run required a signature, and nobody signed',
    (good) => rewritten(good, requiring(APPROVER)),
  ),
  attack('signature-required-of-nobody', 'evidence-entry', 'the run names no key that had to sign', (good) =>
    rewritten(good, requiring()),
  ),
  attack(
    'change-under-the-shorter-approval',
    'accepted',
    'a run that required signatures, beside an unsigned approval that holds longer',
    (good) =>
      retoldSigned(good, (entries) =>
        requiring(APPROVER)(approvedLonger((body) => delete body.signature)(entries)),
      ),
    { base: 'signed' },
  ),
  attack(
    'change-under-a-replaced-approval',
    'evidence-unapproved-change',
    'an intent names an approval that its approver has replaced',
    (good) =>
      rewritten(
        good,
        approvedLonger(() => {}),
      ),
  ),
];

const SIGNATURES: Attack[] = [
  attack(
    'story-retold',
    'accepted',
    'who approved is rewritten, and all made anew: without a signature this cannot be seen',
    (good) =>
      retold(
        good,
        inFirst('approval', ({ body }) => (body.submittedBy.osUser = 'another')),
      ),
  ),
  attack(
    'signed-approval-edited',
    'evidence-signature',
    'who approved is rewritten, and all made anew but the signature of the approval',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => (body.submittedBy.osUser = 'another')),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'signed-approval-prolonged',
    'evidence-signature',
    'a signed approval holds a month longer, and all made anew but its signature',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => Object.assign(body, { expiresAt: '2026-12-29T10:00:01.000Z' })),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'signature-moved',
    'evidence-signature',
    'an old signature under a new approval',
    (good) =>
      retold(good, (entries) => {
        const [first, second] = entries.filter(({ kind }) => kind === 'approval');
        second.body.signature = first.body.signature;
        for (const decision of second.body.decisions) decision.choice = 'approve';
        return entries;
      }),
    { base: 'signed' },
  ),
  attack(
    'signature-of-another-bundle',
    'evidence-signature',
    'the signature over another bundle by the same key',
    async (good) => {
      const another = await tell((story) => tellShort(story, { maker: MAKER }));
      return withFile(good, 'bundle.dsse.json', another.get('bundle.dsse.json'));
    },
    { base: 'signed' },
  ),
  attack(
    'signature-flipped',
    'evidence-signature',
    'the first character of the signature',
    (good) =>
      edited(good, 'bundle.dsse.json', (text) =>
        text.replace(/("sig":")(.)/, (_, before, first) => `${before}${first === 'A' ? 'B' : 'A'}`),
      ),
    { base: 'signed' },
  ),
  attack(
    'signature-not-utf8',
    'evidence-signature',
    'the envelope is no text',
    (good) => withFile(good, 'bundle.dsse.json', Buffer.from([0xff, 0x0a])),
    { base: 'signed' },
  ),
  attack(
    'signed-story-retold',
    'evidence-signature',
    'the last verdict is dropped and all made anew; the old signature stays',
    (good) => retold(good, (entries) => entries.slice(0, -1)),
    { base: 'signed' },
  ),
  attack(
    'signature-removed',
    'evidence-untrusted',
    'the signature is taken away',
    (good) => withFile(good, 'bundle.dsse.json', undefined),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'signed-by-a-stranger',
    'evidence-untrusted',
    'signed anew by another key',
    (good) => signed(good, STRANGER),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'approved-by-a-stranger',
    'evidence-untrusted',
    'who approved is rewritten, signed by another key, and all made anew',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => {
            body.submittedBy.osUser = 'another';
            body.signature = signPayload(approvalStatement(body), STRANGER);
          }),
        ),
        MAKER,
      ),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'approval-unsigned',
    'evidence-untrusted',
    'the signature of the approval is taken away, and all made anew',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => delete body.signature),
        ),
        MAKER,
      ),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'approved-by-the-maker',
    'evidence-untrusted',
    'the maker signs the approval too, and all is made anew',
    (good) => approvedBy(good, MAKER),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'approved-by-the-maker-without-roles',
    'accepted',
    'the same, checked without roles: this cannot be seen',
    (good) => approvedBy(good, MAKER),
    { base: 'signed', trust: 'either' },
  ),
  attack(
    'bundle-signed-by-an-approver',
    'evidence-untrusted',
    'signed anew by an approver',
    (good) => signed(good, APPROVER),
    { base: 'signed', trust: 'roles' },
  ),
  attack(
    'signing-key-with-a-byte-more',
    'evidence-entry',
    'a byte after the DER of the key makes the approver another one',
    (good) =>
      signed(
        rewritten(
          good,
          inFirst('approval', ({ body: { signature } }) => {
            const der = Buffer.concat([Buffer.from(signature.publicKey, 'base64'), Buffer.alloc(1)]);
            Object.assign(signature, { publicKey: der.toString('base64'), keyid: sha256(der) });
          }),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'signing-key-of-small-order',
    'evidence-signature',
    'a key that nobody holds makes the approver another one',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body: { signature } }) => {
            const der = Buffer.from(signature.publicKey, 'base64').fill(0, 12).fill(1, 12, 13);
            const sig = Buffer.alloc(64).fill(1, 0, 1).toString('base64');
            Object.assign(signature, { publicKey: der.toString('base64'), keyid: sha256(der), sig });
          }),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'signing-key-of-another',
    'evidence-signature',
    'the approval names the id of another key',
    async (good) =>
      signed(
        await retold(
          good,
          inFirst('approval', ({ body }) => (body.signature.keyid = keyIdOfKey(STRANGER))),
        ),
        MAKER,
      ),
    { base: 'signed' },
  ),
  attack(
    'signature-twice',
    'evidence-signature',
    'the signature stands twice',
    (good) =>
      edited(good, 'bundle.dsse.json', (text) => text.replace(/\[({.*})\]/, (_, one) => `[${one},${one}]`)),
    { base: 'signed' },
  ),
  attack(
    'signature-key-id-in-upper-case',
    'evidence-signature',
    'the id of the key in upper case',
    (good) =>
      edited(good, 'bundle.dsse.json', (text) =>
        text.replace(/("keyid":")(\w+)/, (_, before, id) => before + id.toUpperCase()),
      ),
    { base: 'signed' },
  ),
  attack(
    'signature-with-another-s',
    'evidence-signature',
    'the order of the group is added to S',
    (good) =>
      edited(good, 'bundle.dsse.json', (text) =>
        text.replace(/("sig":")([^"]+)/, (_, before, sig) => before + withLargeS(sig)),
      ),
    { base: 'signed' },
  ),
];

/** The first approval signed by another key, and all made anew by the maker. */
const approvedBy = async (good: Files, key: KeyObject): Promise<Files> =>
  signed(
    await retold(
      good,
      inFirst('approval', ({ body }) => {
        body.signature = signPayload(approvalStatement(body), key);
      }),
    ),
    MAKER,
  );

/** Adds the order of the group to S: the same signature for a checker that does not bound S. */
export function withLargeS(sig: string): string {
  const bytes = Buffer.from(sig, 'base64');
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
  const large = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([bytes.subarray(0, 32), large]).toString('base64');
}

/** The keys that the signed bundle is checked against. */
export const TRUSTED = [APPROVER, MAKER];

/** The same, as an attack wants them trusted. */
export function trustFor({ trust }: Pick<Attack, 'trust'>): VerifyOptions {
  if (trust === 'roles') return { trustApprover: [APPROVER], trustMaker: [MAKER] };
  return trust === 'either' ? { trust: TRUSTED } : {};
}

/** One tampering each; the test vectors are made of them. */
export const ATTACKS: readonly Attack[] = [
  ...FILES,
  ...FINDINGS,
  ...JOURNAL,
  ...HISTORY,
  ...REPORTS,
  ...REQUIRED,
  ...SIGNATURES,
];
