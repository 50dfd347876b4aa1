import { NOT_APPLIED, type Outcome } from '../../model/outcome.ts';
import type { ReplicaVerdict, Verdict } from '../../model/verdict.ts';
import { VALIDATION_EQUATION } from '../equations.ts';
import type { ValidationCounts } from '../summary-model.ts';
import { outcomeWord, whyNot } from './changes.ts';
import { anchorOf, type KeyCell, keyRows } from './key-rows.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { awsSaid, code, count, heading, prose, streamOr, table, time } from './phrases.ts';

export function validationSection(material: Material): Section {
  const { summary } = material;
  const begin = { id: 'validation', title: 'Validation' };
  if (summary.validation === null) {
    return { ...begin, blocks: [prose('Validation has not begun: no changed key has been read back.')] };
  }
  return {
    ...begin,
    blocks: [
      prose('Each key that was turned on is read back from AWS and held against what was asked for.'),
      totalsBlock(summary.validation),
      prose({ code: VALIDATION_EQUATION }),
      ...discrepantBlocks(material),
      ...unreadableBlocks(material),
      ...confirmedBlocks(material),
      ...replicaBlocks(material),
      ...remainderBlocks(material, summary.validation),
    ],
  };
}

function totalsBlock(totals: ValidationCounts): Block {
  const { requested, confirmed, discrepant, unreadable, notYetValidated, notChanged } = totals;
  return {
    kind: 'facts',
    facts: [
      ['Requested', count(requested)],
      ['Confirmed', count(confirmed)],
      ['Discrepant', count(discrepant)],
      ['Unreadable', count(unreadable)],
      ['Not yet validated', count(notYetValidated)],
      [
        'Not changed',
        `already on ${count(notChanged['already-in-place'])}, skipped ${count(notChanged.skipped)}, ` +
          `failed ${count(notChanged.failed)}, pending ${count(notChanged.pending)}`,
      ],
    ],
  };
}

function discrepantBlocks({ record, changes }: Material): Block[] {
  const rows = () => keyRows(record, record.verdicts({ kind: 'discrepant' }), differenceRows);
  const titles = ['Key', 'What differs', 'Expected', 'Actual', 'Read'];
  return [
    heading(`Not as expected (${count(changes.verdicts.discrepant)})`),
    streamOr('None.', 'Differences', titles, changes.differences, rows),
  ];
}

function differenceRows({ differences, reason, readAt }: Verdict, key: KeyCell): Row[] {
  const named = anchored(key);
  if (differences.length === 0) return [[named, reason ?? '', '', '', time(readAt)]];
  return differences.map(({ fact, expected, actual }, index) => {
    return [index === 0 ? named : key, fact, expected, actual, time(readAt)];
  });
}

const anchored = (key: KeyCell): KeyCell => ({ ...key, id: anchorOf('verdict', key.keyArn) });

function unreadableBlocks({ record, changes }: Material): Block[] {
  const { unreadable } = changes.verdicts;
  const rows = () => keyRows(record, record.verdicts({ kind: 'unreadable' }), unreadableRow);
  const titles = ['Key', 'Why', 'AWS said', '#Reads', 'Last tried'];
  return [
    heading(`Could not be read back (${count(unreadable)})`),
    streamOr('None.', 'Keys that could not be read back', titles, unreadable, rows),
  ];
}

const unreadableRow = ({ reason, error, reads, readAt }: Verdict, key: KeyCell): Row[] => {
  return [[anchored(key), reason ?? '', awsSaid(error), count(reads), time(readAt)]];
};

function confirmedBlocks({ record, changes }: Material): Block[] {
  const { confirmed } = changes.verdicts;
  const rows = () => keyRows(record, record.verdicts({ kind: 'confirmed' }), confirmedRow);
  const titles = ['Key', 'State', '#Period (days)', 'Next rotation', 'Rotated since', 'Read'];
  return [
    heading(`Confirmed (${count(confirmed)})`),
    streamOr('None.', 'Keys read back as expected', titles, confirmed, rows),
  ];
}

function confirmedRow(verdict: Verdict, key: KeyCell): Row[] {
  const { KeyState = '', RotationPeriodInDays, NextRotationDate, rotations, readAt } = verdict;
  const period = String(RotationPeriodInDays ?? '');
  return [[anchored(key), KeyState, period, time(NextRotationDate), rotatedSince(rotations), time(readAt)]];
}

/** Nothing for a key that is too young to have been rotated. */
function rotatedSince(rotations: Verdict['rotations']): Inline {
  if (!rotations) return '';
  if (rotations.kind === 'unreadable') return { tone: 'attention', word: 'not read' };
  return count(rotations.automatic);
}

const REPLICA: Readonly<Record<ReplicaVerdict['kind'], Inline>> = {
  confirmed: { tone: 'good', word: 'confirmed' },
  pending: { tone: 'attention', word: 'pending' },
  unreadable: { tone: 'attention', word: 'unreadable' },
};

function replicaBlocks({ record, changes }: Material): Block[] {
  if (changes.replicas === 0) return [];
  const rows = () => keyRows(record, record.verdicts(), replicaRows);
  const titles = ['Primary', 'Replica', 'Region', 'Mirrors the primary', 'Why not', 'Read'];
  return [
    heading(`Replicas of the keys above (${count(changes.replicas)})`),
    prose('Outside the totals: a replica takes its setting from its primary, and can lag behind it.'),
    table('Replicas under their primary', titles, changes.replicas, rows),
  ];
}

const replicaRows = ({ replicas }: Verdict, primary: KeyCell): Row[] =>
  replicas.map(({ keyArn, region, kind, reason, readAt }) => {
    return [primary, { keyArn }, code(region), REPLICA[kind], reason ?? '', time(readAt)];
  });

/** Approved keys without a verdict: not yet read back, or with nothing of Keyturn's to read back. */
function remainderBlocks({ record }: Material, { notYetValidated, notChanged }: ValidationCounts): Block[] {
  const unchanged = Object.values(notChanged).reduce((sum, keys) => sum + keys, 0);
  const waiting = () => record.outcomes({ outcomes: ['applied'], verdicts: ['none'] });
  const waitingRows = () =>
    keyRows(record, waiting(), ({ finishedAt }, key) => [[anchored(key), time(finishedAt)]]);
  const unchangedRows = () => keyRows(record, record.outcomes({ outcomes: NOT_APPLIED }), unchangedRow);
  const titles = ['Key', 'Outcome', 'Why'];
  return [
    heading(`Not yet validated (${count(notYetValidated)})`),
    streamOr('None.', 'Changed keys without a verdict', ['Key', 'Changed'], notYetValidated, waitingRows),
    heading(`Not changed, so nothing to validate (${count(unchanged)})`),
    streamOr('None.', 'Approved keys that were not changed', titles, unchanged, unchangedRows),
  ];
}

const unchangedRow = (outcome: Outcome, key: KeyCell): Row[] => {
  return [[key, outcomeWord(outcome.status), whyNot(outcome)]];
};
