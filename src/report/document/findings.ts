import type { DecidedKey } from '../../model/approval.ts';
import type { Finding } from '../../model/finding.ts';
import { isLongerThan } from '../profile.ts';
import type { ReasonCount } from '../survey.ts';
import type { KeyCell } from './key-rows.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { count, day, heading, keys, prose, streamOr, table, time } from './phrases.ts';

/** A key by the name that people know and the ARN that is sure. */
export const keyCell = ({ keyArn, primaryAlias }: Pick<Finding, 'keyArn' | 'primaryAlias'>): KeyCell => ({
  keyArn,
  name: primaryAlias,
});

const DECISION: Readonly<Record<DecidedKey['choice'], Inline>> = {
  approve: { tone: 'good', word: 'approve' },
  decline: { tone: 'neutral', word: 'decline' },
  defer: { tone: 'neutral', word: 'defer' },
  undecided: { tone: 'attention', word: 'undecided' },
};

export const decisionWord = (decision: DecidedKey['choice']): Inline => DECISION[decision];

export function enabledSection({ record, survey }: Material): Section {
  const total = survey.findings.enabled;
  const { maxPeriodInDays } = record.rollout;
  const titles = ['Key', 'Description', 'Created', '#Period (days)', 'Next rotation', 'Period'];
  const rows = async function* () {
    for await (const finding of record.findings({ kind: 'enabled' }))
      yield enabledRow(finding, maxPeriodInDays);
  };
  return {
    id: 'enabled',
    title: 'Already on when assessed',
    blocks: [
      prose(
        'Keyturn leaves these as they are: turning rotation on again could move the date of the next one.',
      ),
      ...(survey.longPeriods > 0 && maxPeriodInDays !== undefined
        ? [longPeriods(survey.longPeriods, maxPeriodInDays)]
        : []),
      streamOr('None.', 'Keys that were on', titles, total, rows),
    ],
  };
}

const longPeriods = (longer: number, most: number): Block => ({
  kind: 'note',
  tone: 'attention',
  text: `Of these, ${keys(longer)} ${longer === 1 ? 'rotates' : 'rotate'} less often than every ${most} days.`,
});

function enabledRow(finding: Finding, maxPeriodInDays: number | undefined): Row {
  return [
    keyCell(finding),
    finding.Description ?? '',
    day(finding.CreationDate),
    finding.RotationPeriodInDays?.toString() ?? 'not given',
    time(finding.NextRotationDate),
    isLongerThan(finding, maxPeriodInDays)
      ? { tone: 'attention', word: `longer than ${maxPeriodInDays} days` }
      : '',
  ];
}

export function ineligibleSection({ record, survey }: Material): Section {
  const reasons = survey.reasons.filter(({ basis }) => basis !== undefined);
  return {
    id: 'ineligible',
    title: 'Not eligible, by reason',
    blocks: [
      prose(
        'By type: the key can never rotate automatically. By state: its type supports rotation, and its present state ' +
          'does not allow a change.',
      ),
      ...(reasons.length === 0 ? [prose('None.')] : []),
      ...reasons.flatMap((reason) => reasonBlocks(record, reason)),
    ],
  };
}

function reasonBlocks(
  record: Material['record'],
  { reason, basis, count: total, advice }: ReasonCount,
): Block[] {
  const titles = ['Key', 'Spec', 'State', 'Rotation reads as', 'What stands against it'];
  const rows = async function* () {
    for await (const finding of record.findings({ kind: 'ineligible' })) {
      if (finding.reason === reason) yield ineligibleRow(finding);
    }
  };
  return [
    heading(`${reason} (by ${basis}): ${keys(total)}`),
    prose({ strong: 'Instead:' }, ` ${advice.join(' ')}`),
    table(`Not eligible: ${reason}, ${count(total)}`, titles, total, rows),
  ];
}

function ineligibleRow(finding: Finding): Row {
  const { KeySpec = '', KeyState = '', rotation, explanation } = finding;
  return [keyCell(finding), KeySpec, KeyState, ROTATION[rotation], explanation];
}

const ROTATION: Readonly<Record<Finding['rotation'], string>> = {
  on: 'on',
  off: 'off',
  unreadable: 'unreadable',
  'not-read': 'not read',
};
