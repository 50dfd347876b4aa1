import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Searchable } from '../../../src/approve/search.ts';
import { parseSearch } from '../../../src/approve/search.ts';
import { toPickRow } from '../../../src/cli/pick/rows.ts';
import {
  beginPicking,
  chosenRows,
  type PickEvent,
  type PickState,
  pick,
} from '../../../src/cli/pick/state.ts';
import { drawPicker } from '../../../src/cli/pick/view.ts';
import { priceOf } from '../../../src/model/prices.ts';
import type { AssessedRollout } from '../../../src/model/rollout.ts';
import { candidateOf, partsOf } from '../../report/fixture.ts';

const ROLLOUT = {
  ...partsOf('assessed').rollout,
  price: priceOf('aws'),
} as AssessedRollout;
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];
const ROWS = Array.from({ length: 30 }, (_, n) =>
  toPickRow(
    candidateOf(n, {
      region: REGIONS[n % 3] ?? '',
      pastRotations: n % 3,
      tags: { env: n % 2 ? 'prod' : 'test', odd: '\u001b[31m\u202e' },
      Description: `key \u001b[2J ${n}`,
    }),
    ROLLOUT,
  ),
);
const SCREEN = { columns: 100, rows: 30, bold: (text: string) => text, dim: (text: string) => text };

const type = (text: string): PickEvent => ({ kind: 'type', text });
const does = (kind: Exclude<PickEvent['kind'], 'type' | 'move'>): PickEvent => ({ kind });
const play = (...events: PickEvent[]) => events.reduce(pick, beginPicking(ROWS));

/** Every event that a keyboard can make, terms that let some rows through, and numbers. */
const event: fc.Arbitrary<PickEvent> = fc.oneof(
  fc.constantFrom('region:eu-west-1', ' tag:prod', ' -tag:test', '1', '2', 'zzz', '"').map(type),
  fc.constantFrom(...'0123456789'.split('')).map(type),
  fc.integer({ min: -40, max: 40 }).map((by) => ({ kind: 'move', by }) as const),
  fc
    .constantFrom('erase', 'clear', 'toggle', 'toggle-shown', 'enter', 'back')
    .map((kind) => ({ kind }) as PickEvent),
);
type State = PickState<(typeof ROWS)[number]>;

/** Goes to the last step and types the number of what is chosen: chance would hardly ever get that far. */
const answer = (state: State): PickEvent[] => [
  ...(state.step === 'choosing' ? [does('enter')] : [does('clear')]),
  type(String(state.cost.keys)),
  does('enter'),
];

/** What the keys pressed on shown rows come to, kept apart from the picker's own books. */
function follow(expected: Set<string>, { step, rows, shown, cursor }: State, { kind }: PickEvent): void {
  if (step !== 'choosing') return;
  const arns = shown.map((place) => rows[place]?.keyArn ?? '');
  const under = arns[cursor];
  if (kind === 'toggle' && under !== undefined && !expected.delete(under)) expected.add(under);
  if (kind !== 'toggle-shown') return;
  const all = arns.every((arn) => expected.has(arn));
  for (const arn of arns) {
    if (all) expected.delete(arn);
    else expected.add(arn);
  }
}

function checkShown(state: State, expected: ReadonlySet<string>): void {
  const chosen = chosenRows(state).map(({ keyArn }) => keyArn);
  expect(new Set(chosen)).toEqual(expected);
  expect(state.cost.keys).toBe(expected.size);
  if (state.step === 'choosing')
    expect(drawPicker(state, ROLLOUT, SCREEN)).toContain(`${expected.size} of 30 chosen`);
  if (state.step === 'reviewing')
    expect(drawPicker(state, ROLLOUT, SCREEN)).toContain(`these ${expected.size} of 30 keys`);
}

/** An approval comes from the last step alone, with the number of exactly these keys typed, and is final. */
function checkApproval(before: State, state: State): void {
  expect(before.step).toBe('reviewing');
  expect(before.typed.trim()).toBe(String(before.cost.keys));
  expect(chosenRows(before)).toEqual(chosenRows(state));
  for (const kind of ['toggle', 'clear', 'leave'] as const) expect(pick(state, { kind })).toBe(state);
}

describe('the picker', () => {
  it('approves what was on the screen as chosen, by whatever sequence of keys, and nothing else', () => {
    const presses = fc.array(fc.oneof({ arbitrary: event, weight: 15 }, fc.constant('answer' as const)), {
      maxLength: 60,
    });
    let approved = 0;
    fc.assert(
      fc.property(presses, (pressed) => {
        let state: State = beginPicking(ROWS);
        const expected = new Set<string>();
        for (const press of pressed) {
          for (const next of press === 'answer' ? answer(state) : [press]) {
            const before = state;
            follow(expected, before, next);
            state = pick(before, next);
            checkShown(state, expected);
            if (state.step !== 'approved') continue;
            checkApproval(before, state);
            approved += 1;
            return;
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(approved).toBeGreaterThan(3);
  });

  it('keeps what was chosen when the search hides it, and counts and prices it all the same', () => {
    const state = play(
      type('region:eu-west-1'),
      does('toggle-shown'),
      does('clear'),
      type('region:us-east-1'),
    );
    expect(state.cost.keys).toBe(10);
    const screen = drawPicker(state, ROLLOUT, SCREEN);
    expect(screen).toContain('10 of 30 chosen: nothing before the first rotation, then 10 USD a month');
    expect(screen).not.toContain('[x]');
  });

  it('goes to no last step with nothing chosen, and comes back from it with what was chosen', () => {
    expect(play(does('enter'))).toMatchObject({
      step: 'choosing',
      problem: expect.stringContaining('Nothing'),
    });
    const back = play(does('toggle'), does('enter'), type('9'), does('toggle'));
    expect(back).toMatchObject({ step: 'choosing', typed: '' });
    expect(chosenRows(back)).toHaveLength(1);
  });

  it('approves nothing by another number, and nothing once it was left', () => {
    expect(play(does('toggle'), does('enter'), type('2'), does('enter')).step).toBe('reviewing');
    expect(play(does('toggle'), does('enter'), does('enter')).step).toBe('reviewing');
    expect(play(does('toggle'), does('enter'), does('leave'), type('1'), does('enter')).step).toBe('left');
  });

  it('shows in the last step every key that will change, the period, the digest and the cost', () => {
    const state = play(does('toggle'), does('toggle'), does('enter'));
    const screen = drawPicker(state, ROLLOUT, SCREEN);
    expect(screen).toContain(`Plan ${ROLLOUT.planDigest}`);
    expect(screen).toContain('every 365 days, for these 2 of 30 keys');
    for (const { keyArn } of chosenRows(state)) expect(screen).toContain(keyArn.slice(0, 40));
    expect(screen).toContain('year 3 and each after it');
  });

  it('fits the terminal, and shows no control character of a description', () => {
    for (const columns of [60, 80, 200]) {
      for (const rows of [24, 50]) {
        for (const state of [play(), play(type('zzz')), play(does('toggle-shown'), does('enter'))]) {
          const lines = drawPicker(state, ROLLOUT, { ...SCREEN, columns, rows }).split('\n');
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) {
            expect(line.length).toBeLessThan(columns);
            expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
          }
        }
      }
    }
  });

  it('answers a key press at once over 100,000 keys', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => ({
      ...(ROWS[n % 30] ?? ROWS[0]),
      keyArn: `k${n}`,
    }));
    let state = beginPicking(many as typeof ROWS);
    const begun = performance.now();
    for (const next of [...'region:eu'].map(type)) state = pick(state, next);
    for (const next of [does('toggle-shown'), does('toggle'), does('toggle')]) state = pick(state, next);
    expect((performance.now() - begun) / 12).toBeLessThan(100);
    expect(state.cost.keys).toBe(66_665);
  });
});

describe('a search', () => {
  const key: Searchable = {
    account: '111122223333',
    region: 'eu-west-1',
    alias: 'alias/orders',
    stack: 'shop (Key)'.toLowerCase(),
    tag: 'env=prod, team=shop front',
    key: 'arn:aws:kms:…',
    any: 'eu-west-1 alias/orders aurora',
  };
  it.each([
    ['', true],
    ['  ', true],
    ['AURORA', true],
    ['region:eu-west-1 tag:env=prod', true],
    ['region:eu-west-1 tag:env=test', false],
    ['-tag:env=test', true],
    ['-region:eu', false],
    ['tag:"shop front"', true],
    ['tag:"shop', true],
    ['tag:', true],
    ['colour:red', false],
    ['- zzz', false],
    ['constructor:', false],
  ])('%j lets the key through: %s', (query, passes) => {
    expect(parseSearch(query)(key)).toBe(passes);
  });

  it('takes whatever is typed', () => {
    fc.assert(fc.property(fc.string(), (query) => typeof parseSearch(query)(key) === 'boolean'));
  });
});

describe('the screen at 80 columns', () => {
  const narrow = { ...SCREEN, columns: 80, rows: 40 };

  it('says how to end the choice', () => {
    expect(drawPicker(beginPicking(ROWS), ROLLOUT, narrow)).toContain('enter when done.');
  });

  it('lines up the columns of the last step, and keeps the end of each ARN', () => {
    const rows = [...ROWS, { ...(ROWS[0] as (typeof ROWS)[number]), region: 'ap-northeast-1' }];
    const reviewing = [does('toggle-shown'), does('enter')].reduce(pick, beginPicking(rows));
    const screen = drawPicker(reviewing, ROLLOUT, narrow);
    const lines = screen.split('\n').filter((line) => /^[› ] (eu|us|ap)-/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    const columns = lines.map((line) => line.slice(18).search(/\S/));
    expect(new Set(columns)).toEqual(new Set([0]));
    for (const line of lines) expect(rows.some(({ keyArn }) => line.endsWith(keyArn.slice(-8)))).toBe(true);
  });
});
