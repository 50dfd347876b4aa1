import type { Rollout } from '../../model/rollout.ts';
import { chooseRolloutAtAnyStage, findNewerIncomplete } from '../../workflow/rollout/choose-rollout.ts';
import { type RolloutStatus, statusOf } from '../../workflow/rollout/status.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { withSession } from '../session/session.ts';
import type { StatusOptions } from '../settings/takes.ts';
import { commandLine, nextCommand } from '../show/command-line.ts';
import { countedKeys, notSeenText, placesText } from '../show/counts.ts';
import { printJson } from '../show/print.ts';
import { warnOfRecord } from '../show/record-problem.ts';
import { warnOfUnknownSigners } from '../show/unknown-signers.ts';
import { readApprovers, readRequiredApprovers } from '../signing/trusted-keys.ts';
import type { Terminal } from '../terminal.ts';

/** `keyturn status`: where a rollout stands. */
export async function runStatus(options: StatusOptions): Promise<ExitCode> {
  return withSession(options, 'read', async ({ store, terminal }) => {
    const rollout = await chooseRolloutAtAnyStage(store, options.rollout);
    const approvers = await readRequiredApprovers(options);
    const status = await statusOf(store, rollout, new Date(), approvers);
    const next = nextCommand(options, status);
    await warnOfUnknownSigners(terminal, store, rollout, await readApprovers(options));
    const problem = await warnOfRecord(terminal, store, rollout);
    if (terminal.json) await printJson(terminal, { ...status, next, recordProblem: problem ?? null });
    else {
      const newer = options.rollout === undefined ? await findNewerIncomplete(store, rollout) : undefined;
      const lines = [
        ...statusLines(terminal, status),
        ...resumeLines(options, newer),
        '',
        `Next: ${next}`,
        '',
      ];
      await terminal.out(lines.join('\n'));
    }
    return problem === undefined && status.phase !== 'assessing' ? EXIT.done : EXIT.incomplete;
  });
}

/** A newer assessment that was interrupted, or is in progress. */
function resumeLines(options: StatusOptions, newer: Rollout | undefined): string[] {
  if (!newer) return [];
  return [
    `  newer       the assessment of rollout ${newer.id} is not complete; resume it with: ${commandLine(options, newer, 'assess --resume')}`,
  ];
}

function statusLines(terminal: Terminal, status: RolloutStatus): string[] {
  const { rollout, phase, scope, listed, candidate, outcomes, verdicts, expired, planDigest } = status;
  const { unsigned = 0 } = status;
  const notSeen = notSeenText(status.notSeen);
  return [
    `Rollout ${terminal.bold(rollout)}: ${phase}`,
    `  scope       ${placesText(scope)}`,
    `  assessed    ${countedKeys(listed)} listed, ${candidate} candidates${planDigest ? `; plan ${planDigest}` : ''}`,
    ...(notSeen ? [terminal.yellow(`  not seen    ${notSeen}`)] : []),
    `  approved    ${verdicts.requested} of ${candidate}${expired > 0 ? `; ${expired} expired before their change: approve them again` : ''}`,
    ...(unsigned > 0
      ? [terminal.yellow(`  not signed  ${countedKeys(unsigned)}: no trusted approver signed the approval`)]
      : []),
    `  configured  ${outcomes.applied} applied, ${outcomes['already-in-place']} already in place, ${outcomes.skipped} skipped, ${outcomes.failed} failed, ${outcomes.pending} pending, ${outcomes.unsettled} unsettled`,
    `  validated   ${verdicts.confirmed} confirmed, ${verdicts.discrepant} discrepant, ${verdicts.unreadable} unreadable`,
  ];
}
