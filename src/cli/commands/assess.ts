import { type GapCount, isUnanswered } from '../../model/gap.ts';
import { addCounts } from '../../model/plan.ts';
import { DEFAULT_ROLES, type Rollout } from '../../model/rollout.ts';
import { countRefusals, type Refusals } from '../../workflow/approve/refusals.ts';
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
import { openAws, profilesAndRoles } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import { type Session, withSession } from '../session/session.ts';
import type { ScopeOptions } from '../settings/takes.ts';
import { isAnyRefused } from '../show/counts.ts';
import { printJson, printNext } from '../show/print.ts';
import { VERSION } from '../version.ts';

/** `keyturn assess`: begins a rollout with a plan. */
export async function runAssess(options: ScopeOptions): Promise<ExitCode> {
  return withSession(options, 'make', async (session) => {
    const assessment = await assessScope(session, options);
    if (session.terminal.json) {
      const refusals = await countRefusals(session.store, assessment.rollout.id);
      await printJson(session.terminal, toJson(assessment, refusals));
    } else await printNext(session, options, assessment.rollout);
    return exitOfAssessment(assessment);
  });
}

interface Assessed extends Assessment {
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

/**
 * Roles are assumed as soon as an account is named that may not be the caller's own, or a role is.
 * @throws KeyturnError `input-argument` where several profiles are named too
 */
export function rolesOf(options: ScopeOptions): Rollout['roles'] {
  const { org, ou, account, roleName, configureRoleName, profile = [] } = options;
  if (profile.length > 1) {
    refuseRoles(options);
    return undefined;
  }
  if (!org && !ou && !account && roleName === undefined && configureRoleName === undefined) return undefined;
  return {
    assess: roleName ?? DEFAULT_ROLES.assess,
    configure: configureRoleName ?? DEFAULT_ROLES.configure,
  };
}

function refuseRoles({ org, ou, roleName, configureRoleName }: ScopeOptions): void {
  const given = Object.entries({
    '--org': org,
    '--ou': ou !== undefined,
    '--role-name': roleName !== undefined,
    '--configure-role-name': configureRoleName !== undefined,
  }).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  if (given.length > 0) throw profilesAndRoles(`${given.join(', ')} goes by roles`);
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

function toJson({ rollout, planDigest, places, unreachable, gaps }: Assessed, keyPolicyRefusals: Refusals) {
  const totals = addCounts(places);
  return {
    rollout: rollout.id,
    planDigest,
    totals,
    places,
    unreachable,
    ...(isAnyRefused(keyPolicyRefusals) && { keyPolicyRefusals }),
    ...(gaps.length > 0 && { gaps }),
  };
}
