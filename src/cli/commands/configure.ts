import type { TrustedKey } from '../../evidence/trust.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { forTerminal } from '../../report/escape.ts';
import { type ConfigureRequest, configure } from '../../workflow/configure/configure.ts';
import { dryRun } from '../../workflow/configure/dry-run.ts';
import { configureInWaves } from '../../workflow/configure/waves.ts';
import type { Host } from '../../workflow/host.ts';
import { chooseRolloutToChange } from '../../workflow/rollout/choose-rollout.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { configureHost, exitOfOutcomes } from '../phases/configure-rollout.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import { type Session, withSession } from '../session/session.ts';
import type { ConfigureOptions } from '../settings/takes.ts';
import { showSteps } from '../show/dry-run.ts';
import { showOutcomes } from '../show/outcomes.ts';
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
    return exitOfOutcomes(totals);
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
  const newCheckId = () => newId(host.clock.now());
  const done = await configureInWaves(
    { ...host, reading, newCheckId },
    rollout,
    request,
    sizes,
    options.wait,
  );
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
  return stopped === undefined ? exitOfOutcomes(totals) : EXIT.incomplete;
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
