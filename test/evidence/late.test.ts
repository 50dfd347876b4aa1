import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/workflow/ports.ts';
import { arnOf, failureOf, REGION } from '../support/facts.ts';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import { retold } from './contradictions.ts';
import { journalOf, type Loose, verdictOn } from './forge.ts';
import { type Files, PROVEN, type Story, tell } from './story.ts';

const DAY_MS = 86_400_000;
const SLEEP_MS = 5 * DAY_MS;
const ELSEWHERE = 'us-east-1';
const OTHER = arnOf('c2-other', ELSEWHERE);
const MONTH = { lifeMs: 30 * DAY_MS };

/** The machine sleeps for days when a method of the store is first called; what others do `meanwhile` is recorded first. */
function sleepBefore({ host, store, clock }: Story, name: keyof Store, meanwhile?: () => Promise<void>) {
  const next = Promise.withResolvers<void>();
  let calls = 0;
  const slow = new Proxy(store, {
    get: (target, asked: keyof Store) => {
      const method = target[asked];
      if (asked !== name || typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        calls += 1;
        const isFirst = calls === 1;
        if (isFirst) {
          await clock.sleep(SLEEP_MS);
          await (meanwhile?.() ?? next.promise);
        }
        const said = await (method as (...all: unknown[]) => unknown).apply(target, given);
        next.resolve();
        return said;
      };
    },
  });
  Object.assign(host, { store: slow });
}

async function assessed(story: Story): Promise<void> {
  story.aws.add('c1-proven', REGION);
  story.aws.add('c2-other', ELSEWHERE);
  await story.assess({ regions: [REGION, ELSEWHERE] });
}

async function approved(story: Story): Promise<void> {
  await assessed(story);
  await story.decide('approve', [PROVEN, OTHER], undefined, MONTH);
}

async function configured(story: Story): Promise<void> {
  await approved(story);
  await story.configure();
}

/** By what is recorded days after it happened. */
const STORIES: Readonly<Record<string, (story: Story) => Promise<unknown>>> = {
  'a place': async (story) => {
    sleepBefore(story, 'recordPlace');
    await assessed(story);
  },
  'a place out of reach': async (story) => {
    const place = story.aws.place.bind(story.aws);
    const at = story.clock.now().toISOString();
    const listKeys = async () =>
      ({ ok: false, failure: failureOf('access-denied', 'ListKeys'), certain: true, at }) as const;
    story.aws.place = (named) => ({ ...place(named), ...(named.region === REGION && { listKeys }) });
    sleepBefore(story, 'recordPlace');
    await assessed(story);
  },
  'an approval': async (story) => {
    await assessed(story);
    const byBob = () => story.decide('approve', [OTHER], undefined, { who: 'arn:bob' });
    sleepBefore(story, 'recordApproval', byBob);
    await story.decide('approve', [PROVEN]);
    await story.configure();
  },
  'a run that begins': async (story) => {
    await approved(story);
    sleepBefore(story, 'journal', () => story.decide('approve', [PROVEN], undefined, MONTH));
    await story.configure();
  },
  'an intent': async (story) => {
    await approved(story);
    sleepBefore(story, 'recordIntent');
    await story.configure();
  },
  'an intent that its approver approves anew': async (story) => {
    await approved(story);
    sleepBefore(story, 'recordIntent', () => story.decide('approve', [PROVEN, OTHER], undefined, MONTH));
    await story.configure();
    await story.configure();
  },
  'an intent that somebody declines': async (story) => {
    await approved(story);
    const byBob = { who: 'arn:bob' };
    sleepBefore(story, 'recordIntent', () => story.decide('decline', [PROVEN], undefined, byBob));
    await story.configure();
  },
  'an outcome': async (story) => {
    await approved(story);
    sleepBefore(story, 'recordOutcome');
    await story.configure();
    await story.validate();
  },
  'an outcome of a key that was on': async (story) => {
    await approved(story);
    story.aws.turnOn(story.aws.keys.get(PROVEN) ?? story.aws.add('c1-proven', REGION), 365);
    sleepBefore(story, 'recordOutcome');
    await story.configure();
  },
  'an announcement that the next run cannot settle': async (story) => {
    await approved(story);
    story.aws.keys.get(PROVEN)?.fates.push('lost after acting');
    story.aws.onCall = (operation) => {
      if (operation === 'EnableKeyRotation')
        story.aws.unreadable.set(`GetKeyRotationStatus ${PROVEN}`, 'server');
    };
    await story.configure();
    await story.clock.sleep(SLEEP_MS);
    await story.configure();
    story.aws.unreadable.clear();
    await story.clock.sleep(SLEEP_MS);
    await story.configure();
    await story.validate();
  },
  'a verdict': async (story) => {
    await configured(story);
    sleepBefore(story, 'recordVerdict');
    await story.validate();
  },
  'a change whose check finds no credentials': async (story) => {
    await approved(story);
    story.aws.unreadable.set(`DescribeKey ${PROVEN}`, 'credentials');
    await story.configure();
  },
};

const evidenceOf = (play: (story: Story) => Promise<unknown>): Promise<Files> =>
  tell(async (story) => {
    await play(story);
    return story.report();
  });

/** Days pass between any two phases. */
const slowly = () =>
  evidenceOf(async (story) => {
    await assessed(story);
    await story.clock.sleep(SLEEP_MS);
    await story.decide('approve', [PROVEN], undefined, MONTH);
    await story.decide('approve', [OTHER], undefined, MONTH);
    await story.clock.sleep(SLEEP_MS);
    story.aws.turnOn(story.aws.keys.get(OTHER) ?? story.aws.add('c2-other', ELSEWHERE), 365);
    await story.configure();
    await story.clock.sleep(SLEEP_MS);
    await story.validate();
  });

const earlier = (time: string, days: number) => new Date(Date.parse(time) - days * DAY_MS).toISOString();

/** Moves everything of a kind that is about a key, or about none, to days before. */
function backdated(kind: string, days: number, keyArn?: string) {
  return (files: Files): Promise<Files> =>
    retold(files, (entries: Loose[]) => {
      for (const entry of entries.filter((each) => each.kind === kind)) {
        const record = entry.body.change ?? entry.body;
        if (keyArn !== undefined && record.keyArn !== keyArn) continue;
        entry.at = earlier(entry.at, days);
        for (const name of ['checkedAt', 'intendedAt', 'finishedAt', 'readAt']) {
          if (record[name] !== undefined) record[name] = earlier(record[name], days);
        }
      }
      return entries;
    });
}

const TAMPERINGS: Readonly<Record<string, (files: Files) => Promise<Files>>> = {
  'a place before the rollout': backdated('place-assessed', 2),
  'the end of the assessment before it began': backdated('assess-completed', 2),
  'a run before its approval': backdated('configure-begun', 7),
  'an intent before its run': backdated('intent', 2),
  'an intent before its approval': backdated('intent', 7),
  'an outcome before its run': backdated('outcome', 2, OTHER),
  'a validation before its run': backdated('check-begun', 7),
  'a verdict before its validation': backdated('verdict', 2),
  'a verdict before its change': backdated('verdict', 7),
};

describe('what a machine that slept for days recorded afterwards', () => {
  it.each(Object.entries(STORIES))('is accepted: %s', async (_, play) => {
    expect(await verdictOn(await evidenceOf(play))).toBe('accepted');
  });

  it.skipIf(!hasPython)(`is accepted by docs/verify_evidence.py too${withoutPython}`, async () => {
    const files = await Promise.all(Object.values(STORIES).map(evidenceOf));
    const said = checkWithPython(files);
    const names = Object.keys(STORIES);
    expect(names.map((name, index) => `${name}: ${said[index]}`)).toEqual(names.map((name) => `${name}: 0`));
  });

  it('comes behind entries that are days younger', async () => {
    const backward = await Promise.all(
      ['a place', 'an intent', 'an outcome', 'a verdict'].map(async (name) => {
        const entries = journalOf(await evidenceOf(STORIES[name] ?? (async () => {})));
        const times = entries.map(({ at }) => Date.parse(at));
        return times.some((time, index) => time < Math.max(...times.slice(0, index)) - 4 * DAY_MS);
      }),
    );
    expect(backward).toEqual([true, true, true, true]);
  });
});

describe('what is dated days before what it follows from', () => {
  it('is refused by both checkers', async () => {
    const good = await slowly();
    expect(await verdictOn(good)).toBe('accepted');
    const forged = await Promise.all(Object.values(TAMPERINGS).map((forge) => forge(good)));
    const found = await Promise.all(forged.map((files) => verdictOn(files)));
    const names = Object.keys(TAMPERINGS);
    const due = Object.fromEntries(names.map((name) => [name, 'evidence-entry']));
    expect(Object.fromEntries(names.map((name, index) => [name, found[index]]))).toEqual(due);
    if (!hasPython) return;
    expect(checkWithPython(forged)).toEqual(names.map(() => '5 evidence-entry'));
  });
});
