import { describeFailure } from '../../model/failure.ts';
import { OUTCOMES } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Verdict, VerdictTotals } from '../../model/verdict.ts';
import { streamTableIfAny } from '../../report/table.ts';
import type { Store } from '../../workflow/ports.ts';
import { chooseRollout } from '../../workflow/rollout/choose-rollout.ts';
import { readOutcomes, totalOutcomes } from '../../workflow/rollout/outcomes.ts';
import { validate } from '../../workflow/validate/validate.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { holderName } from '../session/machine-user.ts';
import { openAws } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import { type Session, withSession } from '../session/session.ts';
import type { ValidateOptions } from '../settings/takes.ts';
import { fixLines } from '../show/fixes.ts';
import { printJson, printNext } from '../show/print.ts';
import { exitOf, whyNot } from './configure.ts';

/** `keyturn validate`: reads the changed keys back and says which are as they should be. */
export async function runValidate(options: ValidateOptions): Promise<ExitCode> {
  return withSession(options, 'find', async (session) => {
    const rollout = await chooseRollout(session.store, options.rollout);
    const totals = await validateRollout(session, rollout, options);
    await showVerdicts(session, rollout, totals);
    if (!session.terminal.json) await printNext(session, options, rollout);
    return exitOfValidation(session, rollout, totals);
  });
}

export async function validateRollout(
  { store, progress, signal: stop }: Session,
  rollout: AssessedRollout,
  options: ValidateOptions,
): Promise<VerdictTotals> {
  const { clock, signal } = openPhaseClock(stop);
  const { notify } = progress;
  const aws = await openAws(options, { rollout, role: 'assess', notify, clock });
  const holder = holderName('validate');
  const totals = await validate({ aws, store, clock, notify, signal, holder }, rollout, options.wait);
  progress.end();
  return totals;
}

export async function exitOfValidation(
  { store }: Session,
  rollout: AssessedRollout,
  totals: VerdictTotals,
): Promise<ExitCode> {
  if (totals.discrepant + totals.unreadable > 0) return EXIT.incomplete;
  return exitOf(totalOutcomes(await store.approvedCounts(rollout.id)));
}

export async function showVerdicts(
  { store, terminal }: Session,
  rollout: AssessedRollout,
  totals: VerdictTotals,
): Promise<void> {
  if (terminal.json) return printJson(terminal, { rollout: rollout.id, ...totals });
  const { requested, confirmed, discrepant, unreadable, notChanged } = totals;
  await terminal.out(
    `${requested} requested = ${terminal.bold(`${confirmed} confirmed`)} + ${discrepant} discrepant + ${unreadable} unreadable + ${notChanged} not changed\n`,
  );
  let before = '\n';
  for await (const chunk of streamTableIfAny(COLUMNS, remarkableRows(store, rollout), terminal)) {
    await terminal.out(before + chunk);
    before = '';
  }
  for (const line of await fixLines(store.verdicts(rollout.id))) await terminal.out(line);
}

const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Verdict' },
  { title: 'Details' },
];

/** What a person has to look at, and every approved key that there was nothing to validate on. */
async function* remarkableRows(store: Store, { id }: AssessedRollout): AsyncGenerator<string[]> {
  for await (const verdict of store.verdicts(id)) yield* verdictRows(verdict);
  const outcomes = OUTCOMES.filter((outcome) => outcome !== 'enabled');
  for await (const each of readOutcomes(store, id, { outcomes }))
    yield [each.region, each.keyId, `not changed: ${each.outcome}`, whyNot(each)];
}

/** Every verdict but a plain confirmation, and replicas that lag. */
function verdictRows(each: Verdict): string[][] {
  const { region, keyId, verdict, differences, error, rotations, replicas } = each;
  const notRead = rotations?.kind === 'unreadable' ? [`rotations not read: ${rotations.error.code}`] : [];
  const details = [
    ...differences.map(({ fact, expected, actual }) => `${fact}: expected ${expected}, is ${actual}`),
    ...(error ? [describeFailure(error)] : []),
    ...notRead,
  ].join('; ');
  return [
    ...(details === '' ? [] : [[region, keyId, verdict, details]]),
    ...replicas
      .filter((replica) => replica.verdict !== 'confirmed')
      .map((replica) => [
        replica.region,
        keyId,
        `replica ${replica.verdict}`,
        replica.reason ?? 'mirrors its primary later',
      ]),
  ];
}
