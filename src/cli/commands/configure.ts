import type { TrustedKey } from '../../evidence/trust.ts';
import { describeFailure } from '../../model/failure.ts';
import { isOn, OUTCOMES, type Outcome, type OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { forTerminal } from '../../report/escape.ts';
import { renderTable } from '../../report/table.ts';
import { type ConfigureRequest, configure } from '../../workflow/configure/configure.ts';
import { dryRun } from '../../workflow/configure/dry-run.ts';
import { configureInWaves } from '../../workflow/configure/waves.ts';
import type { Host } from '../../workflow/host.ts';
import type { Store } from '../../workflow/ports.ts';
import { chooseRolloutToChange } from '../../workflow/rollout/choose-rollout.ts';
import { readOutcomes, readWorkLeft } from '../../workflow/rollout/outcomes.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { systemClock } from '../session/clock.ts';
import { holderName } from '../session/machine-user.ts';
import { openAws } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import { type Session, withSession } from '../session/session.ts';
import type { AccessOptions, ConfigureOptions, StatusOptions } from '../settings/takes.ts';
import { commandLine } from '../show/command-line.ts';
import { showSteps } from '../show/dry-run.ts';
import { fixLines } from '../show/fixes.ts';
import { printJson, printNext } from '../show/print.ts';
import { readRequiredApprovers } from '../signing/trusted-keys.ts';

/** `keyturn configure`: makes the approved changes, or with `--dry-run` says what they would be. */
export async function runConfigure(options: ConfigureOptions): Promise<ExitCode> {
  return withSession(options, 'find', async (session) => {
    const rollout = await chooseRolloutToChange(session.store, options.rollout);
    const host = await configureHost(session, rollout, options);
    const approvers = await readRequiredApprovers(options);
    if (options.dryRun) return showDryRun(session, host, rollout, options.limit, approvers);
    const request = {
      limit: options.limit ?? Number.POSITIVE_INFINITY,
      maxFailures: options.maxFailures ?? Number.POSITIVE_INFINITY,
      settleMs: options.settle,
      ...(approvers && { approvers }),
    };
    if (options.waves) return configureWaves(session, host, rollout, request, options.waves, options);
    const { totals } = await configure(host, rollout, request);
    await showOutcomes(session, rollout, totals, options);
    if (!session.terminal.json) await printNext(session, options, rollout);
    return exitOf(totals);
  });
}

async function configureWaves(
  session: Session,
  host: Host,
  rollout: AssessedRollout,
  request: ConfigureRequest,
  sizes: readonly number[],
  options: ConfigureOptions,
): Promise<ExitCode> {
  const reading = await openAws(options, { rollout, role: 'assess', notify: host.notify, clock: host.clock });
  const done = await configureInWaves({ ...host, reading }, rollout, request, sizes, options.wait);
  const { totals, wavesDone, stopped } = done;
  if (session.terminal.json) {
    const waves = { done: wavesDone, stopped: stopped ?? null };
    await printJson(session.terminal, { rollout: rollout.id, outcomes: totals, waves });
  } else {
    await showOutcomes(session, rollout, totals, options);
    if (stopped !== undefined)
      await session.terminal.out(`Stopped after wave ${wavesDone}: ${forTerminal(stopped)}\n`);
    await printNext(session, options, rollout);
  }
  return stopped === undefined ? exitOf(totals) : EXIT.incomplete;
}

export async function configureHost(
  { store, progress: { notify }, signal: stop }: Session,
  rollout: AssessedRollout,
  options: AccessOptions,
): Promise<Host> {
  const { clock, signal } = openPhaseClock(stop);
  const aws = await openAws(options, { rollout, role: 'configure', notify, clock });
  return { aws, store, clock, notify, signal, holder: holderName('configure') };
}

/** Everything but "it is on" is something that a person has to know of. */
export function exitOf(totals: OutcomeTotals): ExitCode {
  return totals.failed + totals.pending + totals.skipped > 0 ? EXIT.incomplete : EXIT.done;
}

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
  const { enabled, skipped, failed, pending } = totals;
  await terminal.out(
    `${terminal.bold(`${enabled} enabled`)}, ${totals['already-enabled']} already enabled, ${skipped} skipped, ${failed} failed, ${pending} pending\n`,
  );
  const others = skipped + failed + pending;
  if (others > 0) {
    await terminal.out(`\n${renderTable(COLUMNS, await firstNotOn(store, rollout), terminal)}`);
    if (others > MOST_ROWS) {
      await terminal.out(
        `… and ${others - MOST_ROWS} more: ${commandLine(options, rollout, 'list outcomes')}\n`,
      );
    }
    await terminal.out('\nRunning configure again tries these once more.\n');
    for (const line of await fixLines(readOutcomes(store, rollout.id, { outcomes: NOT_ON }))) {
      await terminal.out(line);
    }
    if (expired > 0) {
      await terminal.out(`${expired} approvals have expired: approve those keys again, then configure.\n`);
    }
  }
}

const NOT_ON = OUTCOMES.filter((outcome) => !isOn(outcome));
const MOST_ROWS = 50;
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
    if (rows.length === MOST_ROWS) break;
  }
  return rows;
}

function toRow(outcome: Outcome): string[] {
  return [outcome.region, outcome.keyId, outcome.outcome, whyNot(outcome)];
}

export function whyNot({ reason, explanation, error }: Outcome): string {
  const said = error ? describeFailure(error) : '';
  return [reason, explanation, said].filter(Boolean).join(': ');
}

async function showDryRun(
  { terminal, progress }: Session,
  host: Host,
  rollout: AssessedRollout,
  limit = Number.POSITIVE_INFINITY,
  approvers?: readonly TrustedKey[],
): Promise<ExitCode> {
  const steps = await dryRun(host, rollout, limit, approvers);
  progress.end();
  const { skip, fail, stop, later } = await showSteps(terminal, rollout, steps);
  return skip + fail + stop + later > 0 ? EXIT.incomplete : EXIT.done;
}
