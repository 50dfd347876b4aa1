import type { TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { OutcomeTotals } from '../../model/outcome.ts';
import { addCounts } from '../../model/plan.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { configure } from '../../workflow/configure/configure.ts';
import { unsignedOnly } from '../../workflow/configure/keys-to-change.ts';
import { chooseRolloutToChange } from '../../workflow/rollout/choose-rollout.ts';
import { readWorkLeft } from '../../workflow/rollout/outcomes.ts';
import type { CheckResult } from '../../workflow/validate/validate.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { approveRollout } from '../phases/approve-rollout.ts';
import { assessScope, exitOfAssessment } from '../phases/assess-scope.ts';
import { configureHost, exitOfOutcomes } from '../phases/configure-rollout.ts';
import { exitOfValidation, validateRollout } from '../phases/validate-rollout.ts';
import { systemClock } from '../session/clock.ts';
import { type Session, withSession } from '../session/session.ts';
import type { RunOptions, StatusOptions } from '../settings/takes.ts';
import { commandLine } from '../show/command-line.ts';
import { showOutcomes } from '../show/outcomes.ts';
import { printJson, printNext } from '../show/print.ts';
import { showVerdicts } from '../show/verdicts.ts';
import { readRequiredApprovers } from '../signing/trusted-keys.ts';

/**
 * `keyturn run`: the whole journey. The approval is a person's: without a terminal it stops there, and goes on with
 * `--rollout` once somebody has approved.
 */
export async function runAll(options: RunOptions): Promise<ExitCode> {
  return withSession(options, 'make', async (session) => {
    const assessed = options.rollout === undefined ? await assessScope(session, options) : undefined;
    const rollout = await chooseRolloutToChange(session.store, assessed?.rollout.id ?? options.rollout);
    if (assessed && addCounts(assessed.places).candidate === 0) {
      await showNothingToDo(session, rollout, options);
      return exitOfAssessment(assessed);
    }
    const approvers = await readRequiredApprovers(options);
    if (await needsApproval(session, rollout, approvers)) {
      if (approvers) await stopForSigner(session, rollout, options, approvers);
      if (!session.terminal.interactive) throw stopForPerson(options, rollout, 'No terminal to approve in.');
      await approveHere(session, rollout, options);
    }
    const { totals } = await configure(await configureHost(session, rollout, options), rollout, {
      limit: Number.POSITIVE_INFINITY,
      maxFailures: Number.POSITIVE_INFINITY,
      settleMs: options.settle,
      ...(approvers && { approvers }),
    });
    const checked = totals.applied > 0 ? await validateRollout(session, rollout, options) : undefined;
    await showEnd(session, rollout, totals, checked, options);
    const validated = checked ? await exitOfValidation(session, rollout, checked) : exitOfOutcomes(totals);
    return Math.max(validated, assessed ? exitOfAssessment(assessed) : EXIT.done) as ExitCode;
  });
}

/** Whether configure has nothing to do before a person approves, for the first time or anew. */
async function needsApproval(
  { store }: Session,
  rollout: AssessedRollout,
  approvers: readonly TrustedKey[] | undefined,
): Promise<boolean> {
  const left = await readWorkLeft(store, rollout, systemClock.now(), approvers);
  const counts = await store.approvedCounts(rollout.id);
  return counts.length === 0 || (left.configure === 0 && left.approve > 0);
}

/** Where a signature is required, the approver's key is not this command's to use. */
async function stopForSigner(
  { store }: Session,
  rollout: AssessedRollout,
  options: RunOptions,
  approvers: readonly TrustedKey[],
): Promise<never> {
  const { unsigned } = await readWorkLeft(store, rollout, systemClock.now(), approvers);
  if (unsigned > 0) throw unsignedOnly(unsigned);
  throw stopForPerson(options, rollout, 'A trusted approver has to sign.', 'approve --sign-with FILE');
}

/** Lets a person approve; if that person leaves the selection, says how to go on. */
async function approveHere(session: Session, rollout: AssessedRollout, options: RunOptions): Promise<void> {
  try {
    await approveRollout(session, rollout, options);
  } catch (error) {
    const isLeft = error instanceof KeyturnError && error.code === 'refused-nothing-approved';
    throw isLeft ? stopForPerson(options, rollout, error.message) : error;
  }
}

async function showNothingToDo(
  session: Session,
  rollout: AssessedRollout,
  options: StatusOptions,
): Promise<void> {
  const { terminal } = session;
  const { id, planDigest } = rollout;
  if (terminal.json)
    return printJson(terminal, { rollout: id, planDigest, outcomes: null, validation: null });
  await terminal.out('There is nothing to turn on.\n');
  await printNext(session, options, rollout);
}

async function showEnd(
  session: Session,
  rollout: AssessedRollout,
  outcomes: OutcomeTotals,
  checked: CheckResult | undefined,
  options: StatusOptions,
): Promise<void> {
  if (session.terminal.json) {
    const { id, planDigest } = rollout;
    const validation = checked ? { check: checked.check, ...checked.totals } : null;
    return printJson(session.terminal, { rollout: id, planDigest, outcomes, validation });
  }
  await showOutcomes(session, rollout, outcomes, options);
  if (checked) await showVerdicts(session, rollout, checked);
  await printNext(session, options, rollout);
}

function stopForPerson(
  options: StatusOptions,
  rollout: AssessedRollout,
  why: string,
  how = 'approve',
): KeyturnError {
  const [approve, run] = [how, 'run'].map((command) => commandLine(options, rollout, command));
  return new KeyturnError(
    'refused-nothing-approved',
    `The assessment is complete, and no key is approved. ${why}`,
    `Approve keys with: ${approve} – then go on with: ${run}`,
  );
}
