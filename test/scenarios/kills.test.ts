import { describe, expect, it } from 'vitest';
import { startJourney } from '../support/journey.ts';
import {
  between,
  checkAllDone,
  checkNothingWrongSoFar,
  goOn,
  killAt,
  type Moment,
  pick,
  type Random,
  REGIONS,
  randomFrom,
  SETTLE,
  sayMoment,
  TROUBLES,
  worldOf,
} from './kills.ts';

/*
 * Kills the real executable at many moments and goes on with the documented commands. The cases follow from the seed:
 *
 *   KEYTURN_KILLS=200 KEYTURN_SEED=anything vitest run --project scenarios
 */
const SEED = process.env['KEYTURN_SEED'] ?? 'keyturn';
const CASES = Number(process.env['KEYTURN_KILLS'] ?? 28);

type Phase = 'assess' | 'approve' | 'configure' | 'validate';
const PHASES: readonly Phase[] = [
  'assess',
  'approve',
  'configure',
  'configure',
  'configure',
  'validate',
  'configure',
];

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
};
const LASTS_MS: Readonly<Record<Phase, number>> = {
  assess: 450,
  approve: 250,
  configure: 1200,
  validate: 500,
};

function momentIn(random: Random, phase: Phase): Moment {
  if (random() < 0.4) return { afterMs: between(random, 60, LASTS_MS[phase]) };
  const [operation, most] = pick(random, Object.entries(CALLS[phase]));
  return { operation, call: between(random, 1, most) };
}

/** How often a configure is killed in one case: each kill meets another one's remains. */
const killsOf = (random: Random, phase: Phase) => (phase === 'configure' ? between(random, 1, 3) : 1);

interface Case {
  readonly name: string;
  readonly seed: string;
  readonly trouble: string;
  readonly phase: Phase;
  readonly kills: readonly { readonly moment: Moment; readonly signal: NodeJS.Signals }[];
}

function caseOf(index: number): Case {
  const seed = `${SEED}/${index}`;
  const random = randomFrom(seed);
  const phase = PHASES[index % PHASES.length] ?? 'configure';
  const trouble = pick(random, Object.keys(TROUBLES));
  const kills = Array.from({ length: killsOf(random, phase) }, () => ({
    moment: momentIn(random, phase),
    signal: pick(random, ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM'] as const),
  }));
  const said = kills.map(({ moment, signal }) => `${signal} ${sayMoment(moment)}`).join(', then ');
  return { name: `#${index} ${phase}, ${said}; trouble: ${trouble}`, seed, trouble, phase, kills };
}

let aimed = 0;
let struck = 0;

describe.concurrent(`a journey that was killed (seed ${SEED})`, () => {
  it.each(Array.from({ length: CASES }, (_, index) => caseOf(index)))(
    'loses no key, changes none twice and none unasked: $name',
    async ({ seed, trouble, phase, kills }) => {
      const journey = await startJourney(worldOf(seed, trouble));
      const { sandbox, run } = journey;
      const chosen = sandbox.keys().filter(({ description }) => /^c\d*[^3]$/.test(description));
      const approved = new Set(chosen.map(({ arn }) => arn));
      const approve = [...approved].flatMap((arn) => ['--key', arn]);
      const truth = { before: new Map(sandbox.keys().map((key) => [key.arn, key])), approved };
      const commands: Record<Phase, string[]> = {
        assess: ['assess', ...REGIONS],
        approve: ['approve', ...approve],
        configure: ['configure', '--settle', SETTLE],
        validate: ['validate', '--wait', '5s'],
      };
      for (const each of ['assess', 'approve', 'configure', 'validate'] as const) {
        if (each === phase) break;
        await run(...commands[each]);
      }
      for (const { moment, signal } of kills) {
        if (await killAt(journey, commands[phase], moment, signal)) struck += 1;
        aimed += 1;
        checkNothingWrongSoFar(journey, truth);
      }
      // From here on AWS is only slow and late: whatever is left has to come to a good end.
      sandbox.configure({ faults: null });
      await goOn(journey, approve);
      await checkAllDone(journey, truth);
    },
  );
});

it.runIf(CASES >= 10)('most of the kills struck a process at work', () => {
  console.info(`${struck} of ${aimed} kills struck (seed ${SEED})`);
  expect(struck).toBeGreaterThan(aimed / 2);
});
