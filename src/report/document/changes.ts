import type { Outcome, OutcomeKind } from '../../model/outcome.ts';
import type { Material } from './material.ts';
import type { Inline, Row, Section, Text, Tone } from './model.ts';
import { awsSaid, code, count, heading, joined, prose, tableOr, time } from './phrases.ts';

export function changesSection({ record, summary }: Material): Section {
  const enabled = record.outcomes.filter(({ outcome }) => outcome === 'enabled');
  const others = record.outcomes.filter(({ outcome }) => outcome !== 'enabled');
  return {
    id: 'changes',
    title: 'Changes',
    blocks: [
      prose(sumOf(summary)),
      heading(`Rotation turned on (${count(enabled.length)})`),
      tableOr('None yet.', 'Keys on which rotation was turned on', ENABLED_TITLES, enabled.map(enabledRow)),
      heading(`Approved, and not turned on (${count(others.length)})`),
      tableOr('None.', 'Approved keys that Keyturn did not turn on', OTHER_TITLES, others.map(otherRow)),
    ],
  };
}

function sumOf({ outcomes }: Material['summary']): string {
  const total = Object.values(outcomes).reduce((sum, keys) => sum + keys, 0);
  return (
    `Approved ${count(total)}: enabled ${count(outcomes.enabled)}, already on ${count(outcomes['already-enabled'])}, ` +
    `skipped ${count(outcomes.skipped)}, failed ${count(outcomes.failed)}, pending ${count(outcomes.pending)}.`
  );
}

const ENABLED_TITLES = [
  'Key',
  '#Period (days)',
  'Proof',
  'Request id',
  '#Calls',
  'Announced',
  'Ended',
  'Remarks',
];

function enabledRow(outcome: Outcome): Row {
  return [
    { keyArn: outcome.keyArn },
    String(outcome.RotationPeriodInDays),
    proofWord(outcome),
    outcome.requestId === undefined ? 'not known' : code(outcome.requestId),
    count(outcome.attempts),
    time(outcome.intendedAt),
    time(outcome.finishedAt),
    remarks(outcome),
  ];
}

const proofWord = ({ proof }: Outcome): Inline => {
  if (proof === 'proven') return { tone: 'good', word: 'proven' };
  return { tone: 'attention', word: proof ?? 'not recorded' };
};

function remarks({ explanation, drift }: Outcome): Text {
  const differing = drift.length === 0 ? [] : ['differs from the plan in ', ...joined(drift.map(code))];
  return [...(explanation === undefined ? [] : [`${explanation} `]), ...differing];
}

const OTHER_TITLES = ['Key', 'Outcome', 'Why', 'AWS said', 'Request id', '#Calls', 'Last checked'];

function otherRow(outcome: Outcome): Row {
  const { error, finishedAt, intendedAt, checkedAt, attempts } = outcome;
  return [
    { keyArn: outcome.keyArn },
    outcomeWord(outcome.outcome),
    whyNot(outcome),
    awsSaid(error),
    code(error?.requestId ?? outcome.requestId),
    count(attempts),
    time(finishedAt ?? intendedAt ?? checkedAt),
  ];
}

const TONE: Readonly<Record<OutcomeKind, Tone>> = {
  enabled: 'good',
  'already-enabled': 'good',
  skipped: 'neutral',
  failed: 'bad',
  pending: 'attention',
};

export const outcomeWord = (outcome: OutcomeKind): Inline => ({ tone: TONE[outcome], word: outcome });

/** Why a key was not turned on; an announced change without an end is never told as "nothing happened". */
export function whyNot({ outcome, reason, explanation, intendedAt, error }: Outcome): string {
  const said = [reason, explanation].filter(Boolean).join(': ');
  if (said !== '') return said;
  if (outcome === 'already-enabled') return 'Rotation was found on before the call; nothing was changed.';
  if (outcome !== 'pending') return error ? `${error.operation}: ${error.code}` : '';
  return intendedAt === undefined
    ? 'Not changed yet.'
    : 'Announced; its effect is not known. Do not read it as not done.';
}
