import { describeFailure } from '../../model/failure.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { count, counted } from '../../report/document/phrases.ts';
import { jsonWithList } from '../../report/lines.ts';
import { mapRows } from '../../report/rows.ts';
import { renderTable } from '../../report/table.ts';
import type { DryRunStep } from '../../workflow/configure/dry-run.ts';
import type { Terminal } from '../terminal.ts';
import { fixLines } from './fixes.ts';

type StepKind = DryRunStep['step']['kind'];

const STEP_WORDS: Readonly<Record<StepKind, string>> = {
  enable: 'enable',
  'already-in-place': 'leave alone, already on',
  skip: 'skip',
  fail: 'fail',
  stop: 'leave alone for now',
  settle: 'read back an earlier change',
  later: 'leave for another run',
};
const STEP_KINDS = Object.keys(STEP_WORDS) as StepKind[];
/** What a person has to know of: no row of these is cut before another one. */
const REMARKABLE = new Set<StepKind>(['skip', 'fail', 'stop', 'settle']);
const MAX_ROWS = 50;

const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Would' },
  { title: 'Why' },
];

/** Prints what configure would do: the totals, and the first keys. @returns the totals by kind of step */
export async function showSteps(
  terminal: Terminal,
  rollout: AssessedRollout,
  steps: readonly DryRunStep[],
): Promise<Readonly<Record<StepKind, number>>> {
  const totals = totalSteps(steps);
  if (terminal.json) {
    const head = { rollout: rollout.id, dryRun: true, steps: totals };
    for await (const chunk of jsonWithList(head, 'keys', mapRows(steps, toRecord))) await terminal.out(chunk);
    await terminal.out('\n');
    return totals;
  }
  const shown = [
    ...steps.filter(({ step }) => REMARKABLE.has(step.kind)),
    ...steps.filter(({ step }) => !REMARKABLE.has(step.kind)),
  ].slice(0, MAX_ROWS);
  const more = steps.length - shown.length;
  await terminal.out(
    [
      renderTable(COLUMNS, shown.map(toRow), terminal),
      more > 0 ? `… and ${count(more)} more. --json has all.\n` : '',
      `\nOf ${counted(steps.length, 'key')}: ${describeTotals(totals)}.\nNothing was changed.\n`,
    ].join(''),
  );
  for (const line of await fixLines(failedSteps(steps))) await terminal.out(line);
  return totals;
}

function totalSteps(steps: readonly DryRunStep[]): Record<StepKind, number> {
  const none = Object.fromEntries(STEP_KINDS.map((kind) => [kind, 0])) as Record<StepKind, number>;
  for (const { step } of steps) none[step.kind] += 1;
  return none;
}

/** `enable 10, leave for another run 3,566`: what is none is left out. */
export const describeTotals = (totals: Readonly<Record<StepKind, number>>): string =>
  STEP_KINDS.filter((kind) => totals[kind] > 0 || kind === 'enable')
    .map((kind) => `${STEP_WORDS[kind]} ${count(totals[kind])}`)
    .join(', ');

function toRow({ region, keyId, step }: DryRunStep): string[] {
  return [region, keyId, STEP_WORDS[step.kind], whyNotNow(step)];
}

function whyNotNow(step: DryRunStep['step']): string {
  if (step.kind === 'skip') return step.explanation;
  return step.kind === 'fail' || step.kind === 'stop' ? describeFailure(step.failure) : '';
}

async function* failedSteps(steps: readonly DryRunStep[]) {
  for (const { account, region, step } of steps) {
    if (step.kind === 'fail' || step.kind === 'stop') yield { account, region, error: step.failure };
  }
}

const toRecord = ({ keyArn, step }: DryRunStep): object => {
  return { keyArn, step: step.kind, ...step, kind: undefined };
};
