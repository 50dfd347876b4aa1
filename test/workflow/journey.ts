import type { KeyObject } from 'node:crypto';
import type { DecisionRequest } from '../../src/approve/request.ts';
import type { TrustedKey } from '../../src/evidence/trust.ts';
import type { DecisionKind } from '../../src/model/approval.ts';
import type { AssessedRollout, Rollout } from '../../src/model/rollout.ts';
import { approve } from '../../src/workflow/approve/approve.ts';
import { type AssessRequest, assess, resumeAssessment } from '../../src/workflow/assess/assess.ts';
import { type ConfigureRequest, configure } from '../../src/workflow/configure/configure.ts';
import { dryRun } from '../../src/workflow/configure/dry-run.ts';
import { configureInWaves } from '../../src/workflow/configure/waves.ts';
import { chooseRollout } from '../../src/workflow/rollout/choose-rollout.ts';
import { validate } from '../../src/workflow/validate/validate.ts';

import { ACCOUNT } from '../support/facts.ts';
import { FakeAws, FakeClock, temporaryStore } from './fake-aws.ts';

export const UNBOUNDED = {
  limit: Number.POSITIVE_INFINITY,
  maxFailures: Number.POSITIVE_INFINITY,
  settleMs: 60_000,
};
export const REQUEST: AssessRequest = {
  regions: ['eu-central-1', 'us-east-1'],
  allRegions: false,
  excludeRegions: [],
  accounts: [],
  organization: false,
  units: [],
  excludedUnits: [],
  excludeAccounts: [],
  policies: true,
  tags: true,
  rotations: true,
  lastUsage: false,
  RotationPeriodInDays: 365,
};

/** The four phases over a fake AWS and a real store, with ids that count up. */
export async function beginJourney(prepare: (aws: FakeAws) => void) {
  const clock = new FakeClock();
  const aws = new FakeAws(clock);
  prepare(aws);
  const store = await temporaryStore();
  const messages: string[] = [];
  let ids = 0;
  const host = {
    aws,
    store,
    clock,
    notify: ({ code }: { code: string }) => {
      messages.push(code);
    },
    holder: 'test',
    version: '0',
    newRolloutId: () => `rollout-${++ids}`,
    newApprovalId: () => `approval-${++ids}`,
    newCheckId: () => `check-${++ids}`,
  };
  const submittedBy = { callerArn: 'arn', account: ACCOUNT, userId: 'AIDA', osUser: 'tester', host: 'here' };
  return {
    aws,
    store,
    clock,
    messages,
    assess: async (request: Partial<AssessRequest> = {}): Promise<AssessedRollout> => {
      const { rollout } = await assess(host, { ...REQUEST, ...request });
      return chooseRollout(store, rollout.id);
    },
    resume: (rollout: Rollout) => resumeAssessment(host, rollout),
    decide: (rollout: AssessedRollout, decision: DecisionKind, ...keyArns: string[]) => {
      const requests = keyArns.map(
        (keyArn): DecisionRequest => ({ location: 'test', keyArn, choice: decision }),
      );
      return approve(host, rollout, { requests, problems: [], submittedBy, source: 'test' });
    },
    /** The same by somebody by name, for so many milliseconds. */
    decideAs: (
      who: string,
      rollout: AssessedRollout,
      decision: DecisionKind,
      lifeMs: number,
      ...keyArns: string[]
    ) => {
      const requests = keyArns.map(
        (keyArn): DecisionRequest => ({ location: 'test', keyArn, choice: decision }),
      );
      const by = { ...submittedBy, callerArn: who };
      return approve(host, rollout, { requests, problems: [], submittedBy: by, source: 'test', lifeMs });
    },
    /** The same with a signing key. */
    sign: (
      key: KeyObject,
      rollout: AssessedRollout,
      decision: DecisionKind,
      lifeMs: number,
      ...keyArns: string[]
    ) => {
      const requests = keyArns.map(
        (keyArn): DecisionRequest => ({ location: 'test', keyArn, choice: decision }),
      );
      return approve(host, rollout, { requests, problems: [], submittedBy, source: 'test', lifeMs, key });
    },
    dryRun: (rollout: AssessedRollout, approvers?: readonly TrustedKey[]) =>
      dryRun(host, rollout, Number.POSITIVE_INFINITY, approvers),
    configure: async (rollout: AssessedRollout, request: Partial<ConfigureRequest> = {}) =>
      (await configure(host, rollout, { ...UNBOUNDED, ...request })).totals,
    /** The same, ended by a signal. */
    configureUntil: (signal: AbortSignal, rollout: AssessedRollout) =>
      configure({ ...host, signal }, rollout, UNBOUNDED),
    configureInWaves: (rollout: AssessedRollout, ...sizes: number[]) =>
      configureInWaves({ ...host, reading: aws }, rollout, UNBOUNDED, sizes, 1000),
    validate: (rollout: AssessedRollout, waitMs = 1000) =>
      validate(host, rollout, waitMs).then(({ totals }) => totals),
  };
}
