import { describeFailure } from '../../model/failure.ts';
import { countNotOn, NOT_ON, type Outcome, type OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { renderTable } from '../../report/table.ts';
import type { Store } from '../../workflow/ports.ts';
import { readOutcomes, readWorkLeft } from '../../workflow/rollout/outcomes.ts';
import { systemClock } from '../session/clock.ts';
import type { Session } from '../session/session.ts';
import type { StatusOptions } from '../settings/takes.ts';
import { readRequiredApprovers } from '../signing/trusted-keys.ts';
import { commandLine } from './command-line.ts';
import { fixLines } from './fixes.ts';
import { printJson } from './print.ts';

/** Totals of the whole rollout, and the approved keys that are not on. */
export async function showOutcomes(
  { store, terminal, progress }: Session,
  rollout: AssessedRollout,
  totals: OutcomeTotals,
  options: StatusOptions,
): Promise<void> {
  progress.end();
  const approvers = await readRequiredApprovers(options);
  const { approve, unsigned } = await readWorkLeft(store, rollout, systemClock.now(), approvers);
  const expired = approve - unsigned;
  if (terminal.json) {
    const left = { ...(expired > 0 && { expired }), ...(unsigned > 0 && { unsigned }) };
    return printJson(terminal, { rollout: rollout.id, outcomes: totals, ...left });
  }
  const { applied, skipped, failed, pending, unsettled } = totals;
  await terminal.out(
    `${terminal.bold(`${applied} applied`)}, ${totals['already-in-place']} already in place, ${skipped} skipped, ${failed} failed, ${pending} pending, ${unsettled} unsettled\n`,
  );
  const others = countNotOn(totals);
  if (others === 0) return;
  await showNotOn({ store, terminal }, rollout, others, options);
  if (expired > 0) {
    await terminal.out(`${expired} approvals have expired: approve those keys again, then configure.\n`);
  }
}

/** The first keys that are not on, and what would fix them. */
async function showNotOn(
  { store, terminal }: Pick<Session, 'store' | 'terminal'>,
  rollout: AssessedRollout,
  others: number,
  options: StatusOptions,
): Promise<void> {
  await terminal.out(`\n${renderTable(COLUMNS, await firstNotOn(store, rollout), terminal)}`);
  if (others > MAX_ROWS) {
    const command = commandLine(options, rollout, 'list outcomes');
    await terminal.out(`… and ${others - MAX_ROWS} more: ${command}\n`);
  }
  await terminal.out('\nRunning configure again tries these once more.\n');
  for (const line of await fixLines(readOutcomes(store, rollout.id, { outcomes: NOT_ON }))) {
    await terminal.out(line);
  }
}

const MAX_ROWS = 50;
const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Outcome' },
  { title: 'Why' },
];

async function firstNotOn(store: Store, { id }: AssessedRollout): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const outcome of readOutcomes(store, id, { outcomes: NOT_ON })) {
    rows.push(toRow(outcome));
    if (rows.length === MAX_ROWS) break;
  }
  return rows;
}

function toRow(outcome: Outcome): string[] {
  return [outcome.region, outcome.keyId, outcome.status, whyNot(outcome)];
}

/** Why a change was not made, in words. */
export function whyNot({ reason, explanation, error }: Outcome): string {
  const said = error ? describeFailure(error) : '';
  return [reason, explanation, said].filter(Boolean).join(': ');
}
