import { type GapCount, isUnanswered } from '../../model/gap.ts';
import {
  type Assessment,
  type AssessRequest,
  assess,
  resumeAssessment,
} from '../../workflow/assess/assess.ts';
import { readRecord } from '../../workflow/report/rollout-record.ts';
import { findInterrupted } from '../../workflow/rollout/choose-rollout.ts';
import { countGaps } from '../../workflow/rollout/gaps.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { holderName } from '../session/machine-user.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import type { Session } from '../session/session.ts';
import type { ScopeOptions } from '../settings/takes.ts';
import { VERSION } from '../version.ts';
import { rolesOf } from './roles.ts';

/** An assessment, with the reads that failed. */
export interface Assessed extends Assessment {
  readonly gaps: readonly GapCount[];
}

/** Assesses and shows what was found; `run` begins with the same. */
export async function assessScope(session: Session, options: ScopeOptions): Promise<Assessed> {
  const { store, terminal, progress } = session;
  const { clock, signal } = openPhaseClock(session.signal);
  const interrupted = options.resume ? await findInterrupted(store, options.rollout) : undefined;
  const id = interrupted?.id ?? newId(new Date());
  const { roles, profiles } = interrupted ?? { roles: rolesOf(options) };
  const host = {
    aws: await openAws(
      options,
      { rollout: { id, roles, profiles }, role: 'assess', notify: progress.notify, clock },
      options.region,
    ),
    store,
    clock,
    notify: progress.notify,
    signal,
    holder: holderName('assess'),
    newRolloutId: () => id,
    version: VERSION,
  };
  const assessment = interrupted
    ? await resumeAssessment(host, interrupted)
    : await assess(host, { ...requestOf(options), ...(roles && { roles }) });
  progress.end();
  const gaps = await countGaps(store, assessment.rollout.id);
  if (!terminal.json) {
    // What measures the width of text takes its time to load, and nothing is shown before.
    const { showAssessment } = await import('../show/assessment.ts');
    const stored = await store.findRollout(assessment.rollout.id);
    await showAssessment(terminal, await readRecord(store, stored ?? assessment.rollout), gaps, options);
  }
  return { ...assessment, gaps };
}

function requestOf(options: ScopeOptions): AssessRequest {
  const {
    region = [],
    excludeRegion = [],
    account = [],
    ou = [],
    excludeOu = [],
    excludeAccount = [],
  } = options;
  const { allRegions, org, policies, tags, rotations, lastUsage, period, filter } = options;
  const { maxPeriod, rotationPrice } = options;
  const listedBy = options.orgRole ?? options.orgProfile;
  return {
    regions: region,
    allRegions,
    excludeRegions: excludeRegion,
    accounts: account,
    organization: org,
    units: ou,
    excludedUnits: excludeOu,
    ...(listedBy !== undefined && { listedBy }),
    excludeAccounts: excludeAccount,
    policies,
    tags,
    rotations,
    lastUsage,
    RotationPeriodInDays: period,
    ...(maxPeriod !== undefined && { maxPeriodInDays: maxPeriod }),
    ...(rotationPrice && { price: rotationPrice }),
    ...(filter !== undefined && { filter }),
  };
}

/** Incomplete if something is not known, did not get AWS's answer, could not be reached, or does not add up. */
export function exitOfAssessment({ places, unreachable, gaps }: Assessed): ExitCode {
  const isComplete =
    unreachable.length === 0 &&
    !gaps.some(isUnanswered) &&
    places.every(({ reconciled, unknown }) => reconciled && unknown === 0);
  return isComplete ? EXIT.done : EXIT.incomplete;
}
