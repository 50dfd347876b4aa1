import {
  NOT_APPLIED,
  OUTCOMES,
  type Outcome,
  type OutcomeKind,
  type OutcomeTotals,
} from '../../model/outcome.ts';
import { VERDICTS } from '../../model/verdict.ts';
import { anchorOf, type KeyCell, keyRows } from './key-rows.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section, Text, Tone } from './model.ts';
import { awsSaid, code, count, heading, joined, prose, streamOr, tableOr, time } from './phrases.ts';

export function changesSection({ record, summary, changes }: Material): Section {
  const { applied } = summary.outcomes;
  const others = sumOutcomes(summary.outcomes) - applied;
  const appliedRows = () => keyRows(record, record.outcomes({ outcomes: ['applied'] }), appliedRow);
  const otherRows = () => keyRows(record, record.outcomes({ outcomes: NOT_APPLIED }), otherRow);
  return {
    id: 'changes',
    title: 'Changes',
    blocks: [
      prose(sumOf(summary)),
      ...accountBlocks(changes),
      heading(`Rotation turned on (${count(applied)})`),
      streamOr('None yet.', 'Keys on which rotation was turned on', APPLIED_TITLES, applied, appliedRows),
      heading(`Approved, and not turned on (${count(others)})`),
      streamOr('None.', 'Approved keys that Keyturn did not turn on', OTHER_TITLES, others, otherRows),
    ],
  };
}

/** What became of the approved keys of each account, where there are several. */
function accountBlocks({ byAccount }: Material['changes']): Block[] {
  if (byAccount.size < 2) return [];
  const rows = [...byAccount]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([account, { outcomes, verdicts }]): Row => [
        code(account),
        ...OUTCOMES.map((outcome) => count(outcomes[outcome])),
        ...VERDICTS.map((verdict) => count(verdicts[verdict])),
      ],
    );
  const titles = ['Account', ...[...OUTCOMES, ...VERDICTS].map((word) => `#${word}`)];
  return [heading('By account'), tableOr('', 'Approved keys by account', titles, rows)];
}

const sumOutcomes = (outcomes: OutcomeTotals): number =>
  Object.values(outcomes).reduce((sum, keys) => sum + keys, 0);

function sumOf({ outcomes }: Material['summary']): string {
  return (
    `Approved ${count(sumOutcomes(outcomes))}: enabled ${count(outcomes.applied)}, already on ${count(outcomes['already-in-place'])}, ` +
    `skipped ${count(outcomes.skipped)}, failed ${count(outcomes.failed)}, pending ${count(outcomes.pending)}.`
  );
}

const APPLIED_TITLES = [
  'Key',
  '#Period (days)',
  'Proof',
  'Request id',
  '#Calls',
  'Announced',
  'Ended',
  'Remarks',
];

function appliedRow(outcome: Outcome, key: KeyCell): Row[] {
  return [
    [
      { ...key, id: anchorOf('outcome', outcome.keyArn) },
      String(outcome.RotationPeriodInDays),
      proofWord(outcome),
      outcome.requestId === undefined ? 'not known' : code(outcome.requestId),
      count(outcome.attempts),
      time(outcome.intendedAt),
      time(outcome.finishedAt),
      remarks(outcome),
    ],
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

function otherRow(outcome: Outcome, key: KeyCell): Row[] {
  const { error, finishedAt, intendedAt, checkedAt, attempts } = outcome;
  return [
    [
      { ...key, id: anchorOf('outcome', outcome.keyArn) },
      outcomeWord(outcome.status),
      whyNot(outcome),
      awsSaid(error),
      code(error?.requestId ?? outcome.requestId),
      count(attempts),
      time(finishedAt ?? intendedAt ?? checkedAt),
    ],
  ];
}

const TONE: Readonly<Record<OutcomeKind, Tone>> = {
  applied: 'good',
  'already-in-place': 'good',
  skipped: 'neutral',
  failed: 'bad',
  pending: 'attention',
  unsettled: 'bad',
};

export const outcomeWord = (outcome: OutcomeKind): Inline => ({ tone: TONE[outcome], word: outcome });

/** Why a key was not turned on; an announced change without an end is never told as "nothing happened". */
export function whyNot({ status, reason, explanation, error }: Outcome): string {
  const said = [reason, explanation].filter(Boolean).join(': ');
  if (said !== '') return said;
  if (status === 'already-in-place') return 'Rotation was found on before the call; nothing was changed.';
  if (status === 'unsettled')
    return 'The call was announced and its effect is not known; configure reads the key back.';
  if (status === 'pending') return 'Not changed yet.';
  return error ? `${error.operation}: ${error.code}` : '';
}
