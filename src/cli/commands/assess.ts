import { type Assessment, assess } from '../../workflow/assess.ts';
import { readRecord } from '../../workflow/record.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type CommonOptions, newId, openAws, type Session, systemClock, withSession } from '../session.ts';
import { showAssessment, totalCounts } from '../show/assessment.ts';
import { next, printJson } from '../show/print.ts';
import { VERSION } from '../version.ts';

export interface AssessOptions extends CommonOptions {
  readonly region?: readonly string[];
  readonly allRegions: boolean;
  /** Days. */
  readonly period: number;
  readonly policies: boolean;
  readonly tags: boolean;
}

/** `keyturn assess`: begins a rollout with a plan. */
export async function runAssess(options: AssessOptions): Promise<ExitCode> {
  return withSession(options, 'make', async (session) => {
    const assessment = await assessScope(session, options);
    if (session.terminal.json) await printJson(session.terminal, toJson(assessment));
    else if (totalCounts(assessment.places).candidate > 0) {
      await session.terminal.out(next(options, assessment.rollout, 'approve'));
    }
    return exitOfAssessment(assessment);
  });
}

/** Assesses and shows what was found; `run` begins with the same. */
export async function assessScope(session: Session, options: AssessOptions): Promise<Assessment> {
  const { store, terminal, progress } = session;
  const regions = options.region ?? [];
  const host = {
    aws: await openAws(options, regions[0]),
    store,
    clock: systemClock,
    notify: progress.notify,
    newRolloutId: () => newId(new Date()),
    version: VERSION,
  };
  const { allRegions, policies, tags, period } = options;
  const request = { regions, allRegions, policies, tags, RotationPeriodInDays: period };
  const assessment = await assess(host, request);
  progress.end();
  if (!terminal.json) {
    const stored = await store.findRollout(assessment.rollout.id);
    await showAssessment(terminal, await readRecord(store, stored ?? assessment.rollout));
  }
  return assessment;
}

/** Incomplete where something is not known, could not be reached, or does not add up. */
export function exitOfAssessment({ places, unreachable }: Assessment): ExitCode {
  const isComplete =
    unreachable.length === 0 && places.every(({ reconciled, unknown }) => reconciled && unknown === 0);
  return isComplete ? EXIT.done : EXIT.incomplete;
}

function toJson({ rollout, planDigest, places, unreachable }: Assessment) {
  return { rollout: rollout.id, planDigest, totals: totalCounts(places), places, unreachable };
}
