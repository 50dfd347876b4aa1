import { between, pick, type Random, randomFrom } from '../../support/random.ts';
import { type Mischief, mischiefIn, sayMischief } from './mischief.ts';
import { DENIALS, type Denial, LAGS, type Lag, TROUBLES } from './world.ts';

export const PHASES = ['assess', 'approve', 'configure', 'validate', 'report'] as const;
export type Phase = (typeof PHASES)[number];

/** When to kill: as AWS gets the n-th call of an operation, so many milliseconds after the start, or at the n-th file. */
export type Moment =
  | { readonly operation: string; readonly call: number }
  | { readonly afterMs: number }
  | { readonly files: number };

export interface Kill {
  readonly moment: Moment;
  readonly signal: NodeJS.Signals;
  /** The same command once more at the same time; only one of the two is killed. */
  readonly two: boolean;
  /** What befalls the command before; the kill's own moment is counted from then. */
  readonly mischief?: { readonly at: Moment; readonly what: Mischief };
}

/** One journey and everything that befalls it: it follows from the seed and the index. */
export interface Case {
  readonly index: number;
  readonly seed: string;
  readonly trouble: keyof typeof TROUBLES;
  readonly lag: Lag;
  readonly denial: Denial;
  /** Whether an assessment that was killed goes on, or another one is begun. */
  readonly resume: boolean;
  readonly waves: boolean;
  /** Whether the report that is killed is written over an older one. */
  readonly older: boolean;
  readonly kills: Readonly<Record<Phase, readonly Kill[]>>;
}

/** The calls during which it makes sense to kill each phase, and how many of them there are about. */
const CALLS: Readonly<Record<Phase, Readonly<Record<string, number>>>> = {
  assess: {
    GetCallerIdentity: 1,
    ListKeys: 4,
    DescribeKey: 17,
    GetKeyRotationStatus: 13,
    ListResourceTags: 10,
  },
  approve: { GetCallerIdentity: 1 },
  configure: { DescribeKey: 6, GetKeyRotationStatus: 6, EnableKeyRotation: 9 },
  validate: { DescribeKey: 9, GetKeyRotationStatus: 9 },
  report: {},
};
const LASTS_MS: Readonly<Record<Phase, number>> = {
  assess: 450,
  approve: 250,
  configure: 1200,
  validate: 500,
  report: 300,
};
const REPORT_FILES = 17;

function momentIn(random: Random, phase: Phase): Moment {
  if (random() < 0.3) return { afterMs: between(random, 60, LASTS_MS[phase]) };
  if (phase === 'report') return { files: between(random, 1, REPORT_FILES) };
  return callIn(random, phase, 1);
}

/** One of the first calls, as a part of all. */
function callIn(random: Random, phase: Phase, part: number): Moment {
  const [operation, most] = pick(random, Object.entries(CALLS[phase]));
  return { operation, call: between(random, 1, Math.ceil(most * part)) };
}

function killIn(random: Random, phase: Phase): Kill {
  const what = mischiefIn(random, phase);
  return {
    moment: momentIn(random, phase),
    signal: pick(random, ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM'] as const),
    two: what === undefined && OF_TWO.has(phase) && random() < 0.25,
    // Early, so that something is left to kill.
    ...(what && { mischief: { at: callIn(random, phase, 0.5), what } }),
  };
}

const OF_TWO: ReadonlySet<Phase> = new Set(['assess', 'approve', 'configure']);

/** How often each phase is killed: each kill meets another one's remains. */
const OFTEN: Readonly<Record<Phase, readonly number[]>> = {
  assess: [0, 1, 2],
  approve: [0, 1],
  configure: [2, 3, 4],
  validate: [0, 1, 2],
  report: [0, 1, 1],
};

export function caseOf(index: number, baseSeed: string): Case {
  const seed = `${baseSeed}/${index}`;
  const random = randomFrom(seed);
  const killsIn = (phase: Phase) =>
    Array.from({ length: pick(random, OFTEN[phase]) }, () => killIn(random, phase));
  return {
    index,
    seed,
    trouble: pick(random, Object.keys(TROUBLES)),
    lag: pick(random, LAGS),
    denial: pick(random, DENIALS),
    resume: random() < 0.6,
    waves: random() < 0.3,
    older: random() < 0.5,
    kills: {
      assess: killsIn('assess'),
      approve: killsIn('approve'),
      configure: killsIn('configure'),
      validate: killsIn('validate'),
      report: killsIn('report'),
    },
  };
}

export const NO_KILLS: Case['kills'] = { assess: [], approve: [], configure: [], validate: [], report: [] };

export const killsOf = ({ kills }: Case): number => Object.values(kills).flat().length;

/** Whether somebody approves more keys while the first ones are changed. */
export const isApprovedInParts = ({ kills }: Case): boolean =>
  kills.configure.some(({ mischief }) => mischief?.what.kind === 'more approved');

/** As many cases as it takes to aim so many kills. */
export function casesFor(kills: number, baseSeed: string): Case[] {
  const cases: Case[] = [];
  for (let aimed = 0; aimed < kills; ) {
    const next = caseOf(cases.length, baseSeed);
    aimed += killsOf(next);
    cases.push(next);
  }
  return cases;
}

export function sayCase({ index, trouble, lag, denial, resume, waves, kills }: Case): string {
  const struck = PHASES.flatMap((phase) => kills[phase].map((kill) => `${phase} ${sayKill(kill)}`));
  const more = [
    `lag ${lag.ms} ms`,
    ...(denial.when === 'never' ? [] : [`${denial.operations.join(' and ')} denied ${denial.when}`]),
    ...(resume ? ['resumed'] : []),
    ...(waves ? ['in waves'] : []),
  ];
  return `#${index} ${struck.join(', ')}; trouble: ${trouble}; ${more.join(', ')}`;
}

const sayKill = ({ moment, signal, two, mischief }: Kill): string => {
  const before = mischief ? `(${sayMischief(mischief.what)} ${sayMoment(mischief.at)}) then ` : '';
  return `${before}${signal} ${sayMoment(moment)}${two ? ', one of two' : ''}`;
};

export function sayMoment(moment: Moment): string {
  if ('afterMs' in moment) return `after ${moment.afterMs} ms`;
  return 'files' in moment ? `at file ${moment.files}` : `at call ${moment.call} of ${moment.operation}`;
}
