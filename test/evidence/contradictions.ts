import { createHash } from 'node:crypto';
import { planLines } from '../../src/assess/plan.ts';
import type { EvidenceCode } from '../../src/evidence/error.ts';
import type { Finding } from '../../src/model/finding.ts';
import { jsonText } from '../../src/model/json-text.ts';
import { planHeaderOf } from '../../src/workflow/rollout/plan-header.ts';
import { chained, journalOf, type Loose, remade, sealed, storyOf, textOf, withFile } from './forge.ts';
import type { Files } from './story.ts';

/*
 * What a forger can tell who makes everything anew by Keyturn itself: findings, plan, digests, chain, reports, manifest.
 * Only that a record contradicts itself, or another, can show it.
 */

export interface Contradiction {
  readonly name: string;
  readonly code: EvidenceCode;
  forge(good: Files): Promise<Files>;
}

/** Edits the journal; everything else is made anew, as far as Keyturn makes anything of it. */
export async function retold(good: Files, change: (entries: Loose[]) => Loose[]): Promise<Files> {
  const rewritten = sealed(chained(good, change(journalOf(good))));
  // What is refused by its journal alone is no better for new reports.
  if ((await storyOf(rewritten)) !== 'accepted') return rewritten;
  const made = await remade(rewritten).catch(() => rewritten);
  // What Keyturn would not journal as forged stays as forged, with the reports as they were.
  return made.get('journal.jsonl')?.equals(rewritten.get('journal.jsonl') ?? Buffer.of()) ? made : rewritten;
}

/** Edits the findings, and makes the plan and every digest of either anew, in the approvals too. */
export async function reassessed(
  good: Files,
  change: (findings: Loose[]) => Loose[],
  also: (entries: Loose[]) => Loose[] = (same) => same,
): Promise<Files> {
  const lines = textOf(good, 'findings.jsonl').split('\n').slice(0, -1);
  const findings = change(lines.map((line) => JSON.parse(line)));
  const entries = also(journalOf(good));
  const text = findings.map((finding) => `${jsonText(finding)}\n`).join('');
  const plan = await planOf(entries, findings);
  const planDigest = sha256(plan);
  for (const { kind, body } of entries) {
    if (kind === 'assess-completed') Object.assign(body, { planDigest, findingsDigest: sha256(text) });
    if (kind === 'approval') Object.assign(body, { planDigest });
  }
  return retold(withFile(withFile(good, 'findings.jsonl', text), 'plan.jsonl', plan), () => entries);
}

async function planOf(entries: Loose[], findings: Loose[]): Promise<string> {
  const { body } = entries.findLast(({ kind }) => kind === 'accounts-reached' || kind === 'assess-begun');
  const plain = findings.map(
    ({ reason, ...rest }): Finding => (reason === null ? rest : { ...rest, reason }),
  );
  const lines = await Array.fromAsync(planLines(planHeaderOf(body.rollout ?? body), plain)).catch(() => ['']);
  return lines.join('');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Changes each entry of a kind in place, or those that fit. */
const inAll =
  (kind: string, change: (body: Loose, entry: Loose) => void, fits: (body: Loose) => boolean = () => true) =>
  (entries: Loose[]): Loose[] => {
    for (const entry of entries) if (entry.kind === kind && fits(entry.body)) change(entry.body, entry);
    return entries;
  };

const is = (name: string, value: string) => (record: Loose) => record[name] === value;
const inFinding =
  (kind: string, change: (finding: Loose) => void) =>
  (findings: Loose[]): Loose[] => {
    for (const finding of findings.filter(is('kind', kind))) change(finding);
    return findings;
  };

const YEARS_AGO = '2019-01-01T00:00:00.000Z';
const DENIED = {
  operation: 'EnableKeyRotation',
  kind: 'access-denied',
  code: 'AccessDeniedException',
  message: '',
};

/** A finding each that does not follow from its own facts. */
const OF_FINDINGS: Readonly<Record<string, (findings: Loose[]) => Loose[]>> = {
  'enabled, and rotation unreadable': inFinding('enabled', (finding) => {
    finding.rotation = 'unreadable';
    delete finding.KeyRotationEnabled;
  }),
  'enabled, and rotation off': inFinding('enabled', (finding) => {
    Object.assign(finding, { rotation: 'off', KeyRotationEnabled: false });
  }),
  'enabled, and says off': inFinding('enabled', (finding) => Object.assign(finding, { rotation: 'off' })),
  'candidate, and rotation on': inFinding('candidate', (finding) => {
    Object.assign(finding, { rotation: 'on', KeyRotationEnabled: true });
  }),
  'candidate, and RSA': inFinding('candidate', (finding) => Object.assign(finding, { KeySpec: 'RSA_2048' })),
  'candidate, and disabled': inFinding('candidate', (finding) => {
    Object.assign(finding, { KeyState: 'Disabled', Enabled: false });
  }),
  'candidate, and imported': inFinding('candidate', (finding) =>
    Object.assign(finding, { Origin: 'EXTERNAL' }),
  ),
  'candidate, and its read denied': inFinding('candidate', (finding) => {
    delete finding.KeyRotationEnabled;
    Object.assign(finding, { rotation: 'unreadable', gaps: [DENIED] });
  }),
  'candidate, and never described': inFinding('candidate', (finding) => {
    for (const name of ['KeyState', 'KeyManager', 'KeySpec', 'KeyUsage', 'Origin']) delete finding[name];
  }),
  'candidate of another period': inFinding('candidate', ({ proposed }) => {
    proposed.RotationPeriodInDays = 90;
  }),
  'candidate without a proposal': inFinding('candidate', (finding) => delete finding.proposed),
  'ineligible, and nothing against it': inFinding('ineligible', (finding) => {
    Object.assign(finding, { KeyState: 'Enabled', Enabled: true });
  }),
  'ineligible for another reason': inFinding('ineligible', (finding) => {
    Object.assign(finding, { reason: 'pending-deletion' });
  }),
  'ineligible by type, and not': inFinding('ineligible', (finding) =>
    Object.assign(finding, { basis: 'type' }),
  ),
  'unknown, and everything was read': inFinding('unknown', (finding) => Object.assign(finding, { gaps: [] })),
  'unknown for another reason': inFinding('unknown', (finding) =>
    Object.assign(finding, { reason: 'network' }),
  ),
  'an AWS managed key': inFinding('enabled', (finding) => Object.assign(finding, { KeyManager: 'AWS' })),
  'key id of another ARN': inFinding('enabled', (finding) => Object.assign(finding, { keyId: 'another' })),
  'account of another ARN': inFinding('enabled', (finding) =>
    Object.assign(finding, { account: '999999999999' }),
  ),
  'Region of another ARN': inFinding('enabled', (finding) => Object.assign(finding, { region: 'us-east-1' })),
  'an ARN that is none': inFinding('enabled', (finding) => Object.assign(finding, { keyArn: 'bn:no-arn' })),
  'a fact that was not asked for': inFinding('enabled', (finding) => {
    Object.assign(finding, { pastRotations: 1 });
    finding.readAt.pastRotations = finding.readAt.metadata;
  }),
  'a fact without its time': inFinding('enabled', (finding) => delete finding.readAt.rotation),
  'a fact of no name': inFinding('enabled', (finding) => {
    finding.readAt.mood = finding.readAt.metadata;
  }),
  'aliases out of order': inFinding('enabled', (finding) => {
    Object.assign(finding, { aliases: ['alias/b', 'alias/a'], primaryAlias: 'alias/b' });
  }),
};

const outcomes = (kind: string, change: (body: Loose) => void) =>
  inAll('outcome', change, is('status', kind));
const proven = (change: (body: Loose) => void) => inAll('outcome', change, is('proof', 'proven'));
const presumed = (change: (body: Loose) => void) => inAll('outcome', change, is('proof', 'presumed'));
const verdicts = (change: (body: Loose) => void) => inAll('verdict', change);

/** By code, what is told in the journal. */
const OF_JOURNAL: Partial<Record<EvidenceCode, Record<string, (entries: Loose[]) => Loose[]>>> = {
  'evidence-entry': {
    'a place outside the scope': inAll('place-assessed', (body) =>
      Object.assign(body, { region: 'us-east-1' }),
    ),
    'no entry on any place': (entries) => entries.filter(({ kind }) => kind !== 'place-assessed'),
    'an account in scope without an entry': inAll('assess-begun', ({ scope }) =>
      scope.accounts.push('444455556666'),
    ),
    'a Region in scope without an entry': inAll('assess-begun', ({ scope }) =>
      scope.regions.push('us-east-1'),
    ),
    'an assessment dated otherwise': inAll('assess-begun', (_, entry) =>
      Object.assign(entry, { at: YEARS_AGO }),
    ),
    'an approval dated otherwise': inAll('approval', (_, entry) =>
      Object.assign(entry, { at: '2026-11-22T10:00:09.000Z' }),
    ),
    'an intent dated otherwise': inAll('intent', (_, entry) =>
      Object.assign(entry, { at: '2026-11-22T10:00:09.000Z' }),
    ),
    'an outcome dated otherwise': inAll('outcome', (_, entry) =>
      Object.assign(entry, { at: '2026-11-22T10:00:09.000Z' }),
    ),
    'a verdict dated otherwise': inAll('verdict', (_, entry) =>
      Object.assign(entry, { at: '2026-11-22T10:00:09.000Z' }),
    ),
    'a run years before its approvals': inAll('configure-begun', (_, entry) =>
      Object.assign(entry, { at: YEARS_AGO }),
    ),
    'an intent years before its approval': (entries) =>
      outcomes('applied', (body) => Object.assign(body, { intendedAt: YEARS_AGO, checkedAt: YEARS_AGO }))(
        inAll('intent', ({ change }, entry) => {
          Object.assign(change, { intendedAt: YEARS_AGO, checkedAt: YEARS_AGO });
          entry.at = YEARS_AGO;
        })(entries),
      ),
    'a verdict years before its change': verdictsAt(YEARS_AGO),
    'a check with the id of another': (entries) => {
      const begun = entries.findLastIndex(({ kind }) => kind === 'check-begun');
      return entries.toSpliced(begun + 1, 0, structuredClone(entries[begun]));
    },
    'a negative limit': inAll('configure-begun', (body) => Object.assign(body, { limit: -1 })),
    'a record with more': inAll('verdict', (body) => Object.assign(body, { note: 'all is well' })),
    'a day that there is not': inAll('place-assessed', (_, entry) =>
      Object.assign(entry, { at: '2026-02-30T10:00:00.000Z' }),
    ),
    'a time without milliseconds': inAll('place-assessed', (_, entry) =>
      Object.assign(entry, { at: '2026-11-22T10:00:00Z' }),
    ),
    'half a character': inAll('outcome', (body) => Object.assign(body, { requestId: 'request \ud800' })),
    'a number with an exponent': inAll('configure-begun', (body) => Object.assign(body, { settleMs: 1e21 })),
    'a number that is too large': inAll('configure-begun', (body) =>
      Object.assign(body, { settleMs: 2 ** 53 + 2 }),
    ),
    'a fraction that is too small': inAll('configure-begun', (body) =>
      Object.assign(body, { settleMs: 0.00001 }),
    ),
  },
  'evidence-findings': {},
  'evidence-approval': {
    'a life of 400 days': inAll('approval', (body) =>
      Object.assign(body, { expiresAt: '2027-12-27T10:00:00.000Z' }),
    ),
    'years before its plan': inAll('approval', (body, entry) => {
      Object.assign(body, { at: YEARS_AGO, expiresAt: '2019-01-02T00:00:00.000Z' });
      entry.at = YEARS_AGO;
    }),
    'decides nothing': (entries) => {
      const last = entries.findLastIndex(({ kind }) => kind === 'approval');
      const empty = structuredClone(entries[last]);
      Object.assign(empty.body, { id: 'approval-9', decisions: [] });
      return entries.toSpliced(last + 1, 0, empty);
    },
    'the key id of another key': inAll('approval', ({ decisions }) =>
      Object.assign(decisions[0], { keyId: 'c9' }),
    ),
    'the account of another key': inAll('approval', ({ decisions }) =>
      Object.assign(decisions[0], { account: '999999999999' }),
    ),
    'the Region of another key': inAll('approval', ({ decisions }) =>
      Object.assign(decisions[0], { region: 'us-east-1' }),
    ),
  },
  'evidence-unapproved-change': {
    'more changes than the limit': inAll('configure-begun', (body) => Object.assign(body, { limit: 1 })),
  },
  'evidence-outcome': {
    'more failures than the run may have': inAll('configure-begun', (body) =>
      Object.assign(body, { maxFailures: 0 }),
    ),
    'proven, and denied': proven((body) => Object.assign(body, { error: DENIED })),
    'proven without a request id': proven((body) => delete body.requestId),
    'proven without a proof': proven((body) => delete body.proof),
    'proven, and found on before': proven(({ found }) => Object.assign(found, { rotation: 'on' })),
    'proven without an end': proven((body) => delete body.finishedAt),
    'proven, announced at another time': proven((body) =>
      Object.assign(body, { intendedAt: '2026-11-22T10:00:03.500Z' }),
    ),
    'proven with a reason against it': proven((body) => Object.assign(body, { reason: 'disabled' })),
    'presumed, and found off': presumed(({ found }) => Object.assign(found, { rotation: 'off' })),
    'presumed, and denied': presumed((body) => Object.assign(body, { error: DENIED })),
    'presumed, and answered': presumed((body) => delete body.unanswered),
    'failed without an error': outcomes('failed', (body) => delete body.error),
    'failed, and proven': outcomes('failed', (body) => Object.assign(body, { proof: 'proven' })),
    'enabled by itself, and called': outcomes('applied', (body) =>
      Object.assign(body, { status: 'already-in-place' }),
    ),
    'skipped without a reason': outcomes('failed', (body) => Object.assign(body, { status: 'skipped' })),
    'unsettled, and no error': proven((body) => {
      delete body.proof;
      Object.assign(body, { status: 'unsettled' });
      delete body.finishedAt;
    }),
    'drift of no fact': proven((body) => Object.assign(body, { drift: ['mood'] })),
    'the key id of another key': proven((body) => Object.assign(body, { keyId: 'another' })),
    'an intent that found rotation on': inAll('intent', ({ change }) =>
      Object.assign(change.found, { rotation: 'on' }),
    ),
    'an intent that has ended': inAll('intent', ({ change }) => Object.assign(change, { status: 'applied' })),
    'an intent without a check': inAll('intent', ({ change }) => delete change.found),
  },
  'evidence-verdict': {
    'of no check': verdicts((body) => Object.assign(body, { check: 'check-9' })),
    'of an earlier check': (entries) => {
      const begun = entries.findLastIndex(({ kind }) => kind === 'check-begun');
      const later = structuredClone(entries[begun]);
      Object.assign(later.body, { check: 'check-9' });
      return entries.toSpliced(begun + 1, 0, later);
    },
    'confirmed, and off': verdicts((body) => Object.assign(body, { KeyRotationEnabled: false })),
    'confirmed with another period': verdicts((body) => Object.assign(body, { RotationPeriodInDays: 90 })),
    'confirmed, and pending deletion': verdicts((body) =>
      Object.assign(body, { KeyState: 'PendingDeletion' }),
    ),
    'confirmed without a date': verdicts((body) => delete body.NextRotationDate),
    'confirmed with a date in ten years': verdicts((body) =>
      Object.assign(body, { NextRotationDate: '2036-11-22T10:00:00.000Z' }),
    ),
    'confirmed, and unreadable': verdicts((body) => Object.assign(body, { error: DENIED })),
    'confirmed by nothing': verdicts((body) => delete body.KeyRotationEnabled),
    'discrepant without a difference': verdicts((body) => Object.assign(body, { kind: 'discrepant' })),
    'discrepant in what is the same': verdicts((body) => {
      const differences = [{ fact: 'KeyState', expected: 'Enabled', actual: 'Disabled' }];
      Object.assign(body, { kind: 'discrepant', differences });
    }),
    'unreadable, and read': verdicts((body) =>
      Object.assign(body, { kind: 'unreadable', error: DENIED, reason: 'access-denied' }),
    ),
    'unreadable without an error': verdicts((body) => Object.assign(body, { kind: 'unreadable' })),
    'of the Region of another key': verdicts((body) => Object.assign(body, { region: 'us-east-1' })),
    'a replica elsewhere than its ARN says': verdicts((body) => {
      const { keyArn, readAt } = body;
      body.replicas = [{ keyArn, region: 'us-east-1', kind: 'confirmed', readAt }];
    }),
  },
};

function verdictsAt(at: string) {
  return inAll('verdict', (body, entry) => {
    body.readAt = at;
    entry.at = at;
  });
}

export const CONTRADICTIONS: readonly Contradiction[] = [
  ...Object.entries(OF_FINDINGS).map(
    ([name, change]): Contradiction => ({
      name: `a finding: ${name}`,
      code: 'evidence-findings',
      forge: (good) => reassessed(good, change),
    }),
  ),
  ...Object.entries(OF_JOURNAL).flatMap(([code, told]) =>
    Object.entries(told).map(
      ([name, change]): Contradiction => ({
        name: `the journal: ${name}`,
        code: code as EvidenceCode,
        forge: (good) => retold(good, change),
      }),
    ),
  ),
];
