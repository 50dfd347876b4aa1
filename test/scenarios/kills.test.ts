import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { journeyOn, temporaryDirectory } from '../support/journey.ts';
import { done, wrong } from './kills/figures.ts';
import { live } from './kills/live.ts';
import { type Case, caseOf, casesFor, sayCase } from './kills/plan.ts';
import { worldOf } from './kills/world.ts';

/*
 * Kills the real executable at many moments of every phase and goes on with the documented commands (docs/faults.md).
 * The cases follow from the seed; `make soak` runs many:
 *
 *   KEYTURN_KILLS=1200 KEYTURN_SEED=anything vitest run --project scenarios test/scenarios/kills.test.ts
 *   KEYTURN_CASE=17,40 KEYTURN_SEED=anything …      two of them alone
 */
const SEED = process.env['KEYTURN_SEED'] ?? 'keyturn';
const KILLS = Number(process.env['KEYTURN_KILLS'] ?? 60);
const ALONE = process.env['KEYTURN_CASE'];
const CASES = ALONE?.split(',').map((index) => caseOf(Number(index), SEED)) ?? casesFor(KILLS, SEED);

/** On a busy machine: a case is some thirty processes, each of which has a time limit of its own. */
const LASTS_AT_MOST_MS = 600_000;

async function liveInside(plan: Case): Promise<void> {
  const sandbox = await startSandbox(worldOf(plan.seed, plan.trouble, plan.lag));
  const cwd = temporaryDirectory();
  try {
    done.cases += 1;
    await live(journeyOn(sandbox, cwd), plan);
    rmSync(cwd, { recursive: true, force: true });
  } catch (cause) {
    const alone = `KEYTURN_SEED=${SEED} KEYTURN_CASE=${plan.index}`;
    const command = `${alone} npx vitest run --project scenarios test/scenarios/kills.test.ts`;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${said}\n\nThis case alone: ${command}\n(${sayCase(plan)})`, { cause });
  } finally {
    await sandbox.close();
    if (++ended % SAID_EVERY === 0) sayFigures(`${ended} of ${CASES.length} cases`);
  }
}

/** A long run that is broken off has said how far it was. */
const SAID_EVERY = 20;
let ended = 0;

function sayFigures(of: string): void {
  const said = Object.entries({ ...done, ...wrong }).map(([what, count]) => `${what} ${count}`);
  process.stderr.write(`kills (seed ${SEED}, ${of}): ${said.join(', ')}\n`);
}

describe.concurrent(`a journey that was killed (seed ${SEED})`, () => {
  it.each(CASES.map((plan) => ({ name: sayCase(plan), plan })))(
    'loses no key, changes none twice and none unasked, and its evidence verifies: $name',
    ({ plan }) => liveInside(plan),
    LASTS_AT_MOST_MS,
  );
});

describe('all of them together', () => {
  it.runIf(ALONE === undefined)('struck often, and nothing was lost, doubled or unasked', () => {
    expect(done.struck).toBeGreaterThan(done.aimed / 3);
    expect(Object.values(wrong).filter((count) => count !== 0)).toEqual([]);
  });
});

afterAll(() => sayFigures('all'));
