import type { Outcome } from '../../model/outcome.ts';
import type { ReplicaVerdict, Verdict } from '../../model/verdict.ts';
import { VALIDATION_EQUATION } from '../equations.ts';
import { verdictsInForce } from '../verdicts.ts';
import { outcomeWord, whyNot } from './changes.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { awsSaid, code, count, heading, prose, tableOr, time } from './phrases.ts';

export function validationSection({ record, summary }: Material): Section {
  const begin = { id: 'validation', title: 'Validation' };
  if (summary.validation === null) {
    return { ...begin, blocks: [prose('Validation has not begun: no changed key has been read back.')] };
  }
  const verdicts = verdictsInForce(record);
  return {
    ...begin,
    blocks: [
      prose('Each key that was turned on is read back from AWS and held against what was asked for.'),
      totalsBlock(summary.validation),
      prose({ code: VALIDATION_EQUATION }),
      ...discrepantBlocks(verdicts),
      ...unreadableBlocks(verdicts),
      ...confirmedBlocks(verdicts),
      ...replicaBlocks(verdicts),
      ...remainderBlocks(record.outcomes, verdicts),
    ],
  };
}

function totalsBlock(totals: NonNullable<Material['summary']['validation']>): Block {
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
        `already on ${count(notChanged['already-enabled'])}, skipped ${count(notChanged.skipped)}, ` +
          `failed ${count(notChanged.failed)}, pending ${count(notChanged.pending)}`,
      ],
    ],
  };
}

const of = (verdicts: readonly Verdict[], kind: Verdict['verdict']) =>
  verdicts.filter(({ verdict }) => verdict === kind);

function discrepantBlocks(verdicts: readonly Verdict[]): Block[] {
  const discrepant = of(verdicts, 'discrepant');
  const rows = discrepant.flatMap(({ keyArn, differences, reason, readAt }): Row[] =>
    differences.length === 0
      ? [[{ keyArn }, reason ?? '', '', '', time(readAt)]]
      : differences.map(({ fact, expected, actual }) => [{ keyArn }, fact, expected, actual, time(readAt)]),
  );
  const titles = ['Key', 'What differs', 'Expected', 'Actual', 'Read'];
  return [
    heading(`Not as expected (${count(discrepant.length)})`),
    tableOr('None.', 'Differences', titles, rows),
  ];
}

function unreadableBlocks(verdicts: readonly Verdict[]): Block[] {
  const rows = of(verdicts, 'unreadable').map(({ keyArn, reason, error, reads, readAt }): Row => {
    return [{ keyArn }, reason ?? '', awsSaid(error), count(reads), time(readAt)];
  });
  const titles = ['Key', 'Why', 'AWS said', '#Reads', 'Last tried'];
  return [
    heading(`Could not be read back (${count(rows.length)})`),
    tableOr('None.', 'Keys that could not be read back', titles, rows),
  ];
}

function confirmedBlocks(verdicts: readonly Verdict[]): Block[] {
  const rows = of(verdicts, 'confirmed').map((verdict): Row => {
    const { keyArn, KeyState = '', RotationPeriodInDays, NextRotationDate, readAt } = verdict;
    return [{ keyArn }, KeyState, String(RotationPeriodInDays ?? ''), time(NextRotationDate), time(readAt)];
  });
  const titles = ['Key', 'State', '#Period (days)', 'Next rotation', 'Read'];
  return [
    heading(`Confirmed (${count(rows.length)})`),
    tableOr('None.', 'Keys read back as expected', titles, rows),
  ];
}

const REPLICA: Readonly<Record<ReplicaVerdict['verdict'], Inline>> = {
  confirmed: { tone: 'good', word: 'confirmed' },
  pending: { tone: 'attention', word: 'pending' },
  unreadable: { tone: 'attention', word: 'unreadable' },
};

function replicaBlocks(verdicts: readonly Verdict[]): Block[] {
  const rows = verdicts.flatMap(({ keyArn: primary, replicas }): Row[] =>
    replicas.map(({ keyArn, region, verdict, reason, readAt }) => {
      return [{ keyArn: primary }, { keyArn }, code(region), REPLICA[verdict], reason ?? '', time(readAt)];
    }),
  );
  if (rows.length === 0) return [];
  const titles = ['Primary', 'Replica', 'Region', 'Mirrors the primary', 'Why not', 'Read'];
  return [
    heading(`Replicas of the keys above (${count(rows.length)})`),
    prose('Outside the totals: a replica takes its setting from its primary, and can lag behind it.'),
    tableOr('', 'Replicas under their primary', titles, rows),
  ];
}

/** Approved keys without a verdict: not yet read back, or with nothing of Keyturn's to read back. */
function remainderBlocks(outcomes: readonly Outcome[], verdicts: readonly Verdict[]): Block[] {
  const judged = new Set(verdicts.map(({ keyArn }) => keyArn));
  const waiting = outcomes.filter(({ keyArn, outcome }) => outcome === 'enabled' && !judged.has(keyArn));
  const unchanged = outcomes.filter(({ outcome }) => outcome !== 'enabled');
  const waitingRows = waiting.map(({ keyArn, finishedAt }): Row => [{ keyArn }, time(finishedAt)]);
  const unchangedRows = unchanged.map((outcome): Row => {
    return [{ keyArn: outcome.keyArn }, outcomeWord(outcome.outcome), whyNot(outcome)];
  });
  return [
    heading(`Not yet validated (${count(waiting.length)})`),
    tableOr('None.', 'Changed keys without a verdict', ['Key', 'Changed'], waitingRows),
    heading(`Not changed, so nothing to validate (${count(unchanged.length)})`),
    tableOr('None.', 'Approved keys that were not changed', ['Key', 'Outcome', 'Why'], unchangedRows),
  ];
}
