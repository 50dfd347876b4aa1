import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { DecisionRequest } from '../../src/approve/request.ts';
import type { DecisionKind } from '../../src/model/approval.ts';
import type { AssessedRollout, Rollout } from '../../src/model/rollout.ts';
import { openTemporaryStore } from '../../src/store/open.ts';
import { approve } from '../../src/workflow/approve/approve.ts';
import {
  type AssessHost,
  type AssessRequest,
  assess,
  resumeAssessment,
} from '../../src/workflow/assess/assess.ts';
import { configure } from '../../src/workflow/configure/configure.ts';
import type { ReportFile, Store } from '../../src/workflow/ports.ts';
import { reportFiles } from '../../src/workflow/report/report-files.ts';
import { chooseRollout } from '../../src/workflow/rollout/choose-rollout.ts';
import { validate } from '../../src/workflow/validate/validate.ts';
import { ACCOUNT, arnOf, REGION } from '../support/facts.ts';
import { FakeAws, FakeClock } from '../workflow/fake-aws.ts';
import { REQUEST, UNBOUNDED } from '../workflow/journey.ts';

/** The version that the stories' evidence says it was made by, whatever this Keyturn's is. */
export const VERSION = '0.0.0-story';

/** A bundle of evidence in memory, by file. */
export type Files = ReadonlyMap<string, Buffer>;

/** An Ed25519 key that everybody knows: for tests, and nothing else. */
export const testKey = (byte: number): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  });
export const APPROVER = testKey(1);
export const MAKER = testKey(2);
export const STRANGER = testKey(3);

/** The four phases on a fake AWS, a few steps at a time; ids count up, and the clock is the fake one. */
export interface Story {
  readonly aws: FakeAws;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly host: StoryHost;
  /** The rollout, once it is assessed. */
  assessed(): Promise<AssessedRollout>;
  assess(request?: Partial<AssessRequest>): Promise<void>;
  /** Goes on with an assessment that was interrupted. */
  resume(): Promise<void>;
  decide(
    decision: DecisionKind,
    keyArns: readonly string[],
    key?: KeyObject,
    by?: Partial<By>,
  ): Promise<void>;
  configure(request?: Partial<typeof UNBOUNDED>): Promise<void>;
  validate(): Promise<void>;
  report(key?: KeyObject): Promise<Files>;
}

/** Who decides, for how many milliseconds, and why. */
interface By {
  readonly who: string;
  readonly lifeMs: number;
  readonly reason: string;
}

type StoryHost = AssessHost & Parameters<typeof approve>[0] & { readonly clock: FakeClock };

/** Tells a story in a store of its own, which is gone afterwards. */
export async function tell<T>(tale: (story: Story) => Promise<T>): Promise<T> {
  const store = await openTemporaryStore();
  try {
    return await tale(begin(store));
  } finally {
    await store.close();
  }
}

function begin(store: Store): Story {
  const clock = new FakeClock();
  const aws = new FakeAws(clock);
  let ids = 0;
  let checks = 0;
  const host = {
    aws,
    store,
    clock,
    notify: () => {},
    holder: 'test',
    version: VERSION,
    newRolloutId: () => `rollout-${++ids}`,
    newApprovalId: () => `approval-${++ids}`,
  };
  const submittedBy = { callerArn: 'arn', account: ACCOUNT, userId: 'AIDA', osUser: 'tester', host: 'here' };
  let rollout: Rollout | undefined;
  const assessed = (): Promise<AssessedRollout> => chooseRollout(store, rollout?.id);
  return {
    aws,
    store,
    clock,
    host,
    assessed,
    assess: async (request) => {
      rollout = (await assess(host, { ...REQUEST, regions: [REGION], ...request })).rollout;
    },
    resume: async () => {
      const [interrupted] = await store.listRollouts();
      if (!interrupted) throw new Error('nothing was begun');
      rollout = (await resumeAssessment(host, interrupted)).rollout;
    },
    decide: async (decision, keyArns, key, { who, lifeMs, reason } = {}) => {
      await clock.sleep(1000);
      const because = reason !== undefined && { reason };
      const requests = keyArns.map(
        (keyArn): DecisionRequest => ({ location: 'test', keyArn, choice: decision, ...because }),
      );
      await approve(host, await assessed(), {
        requests,
        problems: [],
        submittedBy: { ...submittedBy, ...(who !== undefined && { callerArn: who }) },
        source: 'test',
        ...because,
        ...(lifeMs !== undefined && { lifeMs }),
        ...(key && { key }),
      });
    },
    configure: async (request) => {
      await configure(host, await assessed(), { ...UNBOUNDED, settleMs: 1000, ...request });
    },
    validate: async () => {
      await validate({ ...host, newCheckId: () => `check-${++checks}` }, await assessed(), 1000);
    },
    report: async (key) => {
      const known = await store.findRollout(rollout?.id ?? '');
      if (!known) throw new Error('nothing was assessed');
      return collect(reportFiles(store, known, { keyturnVersion: VERSION, ...(key && { key }) }));
    },
  };
}

/** Reads a report's files to their ends. */
export async function collect(files: AsyncIterable<ReportFile>): Promise<Map<string, Buffer>> {
  const read = new Map<string, Buffer>();
  for await (const { name, chunks } of files) {
    const pieces: Buffer[] = [];
    for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
    read.set(name, Buffer.concat(pieces));
  }
  return read;
}

export const PROVEN = arnOf('c1-proven');
const PRESUMED = arnOf('c2-presumed');
export const DENIED = arnOf('c3-denied');
export const DEFERRED = arnOf('c4-deferred');
export const ON = arnOf('k6-on');

/** A rollout to its end: a key of each kind, two approvals, a change that worked, one presumed, one refused. */
export async function tellWhole(story: Story, keys: { approver?: KeyObject; maker?: KeyObject } = {}) {
  const { aws } = story;
  aws.add('c1-proven', REGION);
  aws.add('c2-presumed', REGION).fates.push('lost after acting');
  aws.add('c3-denied', REGION).fates.push('denied');
  aws.add('c4-deferred', REGION);
  aws.add('c5-undecided', REGION);
  aws.add('k6-on', REGION, {}, true);
  aws.add('k7-disabled', REGION, { KeyState: 'Disabled', Enabled: false });
  aws.unreadable.set(`DescribeKey ${aws.add('k8-unknown', REGION).keyArn}`, 'access-denied');
  await story.assess();
  await story.decide('approve', [PROVEN, PRESUMED, DENIED], keys.approver);
  await story.decide('defer', [DEFERRED]);
  await story.configure();
  await story.validate();
  return story.report(keys.maker);
}

/** As little as a whole rollout can be: one key, changed and confirmed. */
export async function tellShort(story: Story, keys: { approver?: KeyObject; maker?: KeyObject } = {}) {
  story.aws.add('c1-proven', REGION);
  await story.assess();
  await story.decide('approve', [PROVEN], keys.approver);
  await story.configure();
  await story.validate();
  return story.report(keys.maker);
}
