import { chooseRolloutToShow } from '../../workflow/choose-rollout.ts';
import { statusOf } from '../../workflow/status.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type CommonOptions, withSession } from '../session.ts';
import { commandLine, printJson } from '../show/print.ts';

/** `keyturn status`: where a rollout stands. */
export async function runStatus(options: CommonOptions): Promise<ExitCode> {
  return withSession(options, 'find', async ({ store, terminal }) => {
    const rollout = await chooseRolloutToShow(store, options.rollout);
    const status = await statusOf(store, rollout, new Date());
    const next = nextCommand(options, status);
    if (terminal.json) {
      await printJson(terminal, { ...status, next });
      return EXIT.done;
    }
    const { phase, scope, listed, candidate, outcomes, verdicts, expired } = status;
    const approved = verdicts.requested;
    await terminal.out(
      [
        `Rollout ${terminal.bold(rollout.id)}: ${phase}`,
        `  scope       account ${scope.accounts.join(', ')}; ${scope.regions.join(', ')}`,
        `  assessed    ${listed} keys listed, ${candidate} candidates${status.planDigest ? `; plan ${status.planDigest}` : ''}`,
        `  approved    ${approved} of ${candidate}${expired > 0 ? `; ${expired} expired before their change: approve them again` : ''}`,
        `  configured  ${outcomes.enabled} enabled, ${outcomes['already-enabled']} already enabled, ${outcomes.skipped} skipped, ${outcomes.failed} failed, ${outcomes.pending} pending`,
        `  validated   ${verdicts.confirmed} confirmed, ${verdicts.discrepant} discrepant, ${verdicts.unreadable} unreadable`,
        '',
        `Next: ${next}`,
        '',
      ].join('\n'),
    );
    return EXIT.done;
  });
}

/** The whole command that leads on. */
export function nextCommand(
  options: CommonOptions,
  { rollout, next }: { rollout: string; next: string },
): string {
  if (next === 'assess') return 'keyturn assess';
  return commandLine(options, { id: rollout }, next === 'report' ? `report --out report-${rollout}` : next);
}
