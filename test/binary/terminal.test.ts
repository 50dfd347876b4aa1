import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, FRANKFURT, type Journey, startJourney } from '../support/journey.ts';
import type { Decision } from '../support/shapes.ts';
import { readJournal } from '../support/store.ts';
import { hasTerminal, onTerminal } from '../support/terminal.ts';

const ENTER = '\r';
const TAB = '\t';
const CTRL_A = '\u0001';
const CTRL_U = '\u0015';
const CTRL_C = '\u0003';
const WHICH = 'Which keys shall rotate';
const SURE = 'and enter to approve';

/** What Keyturn itself colours and moves; nothing else may reach a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const OWN_CODES = /\u001b\[[0-9;?]*[A-Za-z]/g;

async function assessed(): Promise<Journey> {
  const journey = await startJourney({
    keys: [
      ...candidates(3).map((key) => ({ ...key, aliases: [`alias/${key.description}`] })),
      { region: FRANKFURT, description: 'red \u001b[31m\u0007 \u202E=1+1', aliases: ['alias/odd'] },
      { region: FRANKFURT, description: 'on', rotation: true },
    ],
  });
  await journey.assess();
  return journey;
}

const approvals = ({ cwd }: Journey) => readJournal(cwd).filter(({ kind }) => kind === 'approval');

describe.skipIf(!hasTerminal)(
  `approving on a terminal${hasTerminal ? '' : ' (skipped: needs python3 with pty)'}`,
  { concurrent: true },
  () => {
    it('approves exactly what was picked and confirmed', async () => {
      const journey = await assessed();
      const { output, code } = await onTerminal(
        journey,
        ['approve', '--reason', 'picked'],
        [
          { expect: WHICH, send: 'c02' },
          { expect: '1 shown', send: TAB },
          { expect: '1 of 4 chosen', send: ENTER },
          { expect: SURE, send: `1${ENTER}` },
        ],
      );
      expect(code, output).toBe(EXIT.done);
      expect(output).toContain('for these 1 of 4 keys');
      expect(output).toContain('1 key approved, of 4.');
      expect(output).toMatch(/1 approved/);
      const { run, key } = journey;
      const decided = (await run('list', 'decisions', '--json', '--decision', 'approve')).lines<Decision>();
      expect(decided).toMatchObject([{ keyArn: key('c02').arn, reason: 'picked' }]);
      await run('configure');
      expect(enableCalls(journey.sandbox).map(({ keyArn }) => keyArn)).toEqual([key('c02').arn]);
    });

    it.each<[string, Parameters<typeof onTerminal>[2]]>([
      ['Ctrl-C at the list', [{ expect: WHICH, send: CTRL_C }]],
      [
        'nothing chosen, and then leaving',
        [
          { expect: WHICH, send: ENTER },
          { expect: 'Nothing is chosen', send: CTRL_C },
        ],
      ],
      ['the end of the input', [{ expect: WHICH, send: '\u0004' }]],
      ['escape', [{ expect: WHICH, send: '\u001b' }]],
      [
        'another number, and then leaving',
        [
          { expect: WHICH, send: TAB },
          { expect: '1 of 4 chosen', send: ENTER },
          { expect: SURE, send: `4${ENTER}` },
          { expect: 'not the number of keys', send: CTRL_C },
        ],
      ],
      [
        'going back from the last step, and taking the choice back',
        [
          { expect: WHICH, send: `c02${TAB}` },
          { expect: '1 of 4 chosen', send: ENTER },
          { expect: SURE, send: TAB },
          { expect: '1 of 4 chosen', send: TAB },
          { expect: '0 of 4 chosen', send: ENTER },
          { expect: 'Nothing is chosen', send: CTRL_C },
        ],
      ],
      [
        'Ctrl-C in the last step',
        [
          { expect: WHICH, send: TAB },
          { expect: '1 of 4 chosen', send: ENTER },
          { expect: SURE, send: CTRL_C },
        ],
      ],
    ])('approves nothing by %s', async (_, steps) => {
      const journey = await assessed();
      const { output, code } = await onTerminal(journey, ['approve'], steps);
      expect(code, output).toBe(EXIT.refused);
      expect(output).toMatch(/nothing was approved/i);
      expect(approvals(journey)).toEqual([]);
    });

    it('keeps what is chosen through searches, and shows all of it in the last step', async () => {
      const journey = await assessed();
      const { output, code } = await onTerminal(
        journey,
        ['approve'],
        [
          { expect: WHICH, send: `region:${FRANKFURT} alias:c0${CTRL_A}` },
          { expect: '3 of 4 chosen', send: `${CTRL_U}alias:odd` },
          { expect: '1 shown', send: TAB },
          { expect: '4 of 4 chosen: nothing before the first rotation, then 4 USD', send: ENTER },
          { expect: 'for these 4 of 4 keys', send: '' },
          { expect: SURE, send: `4${ENTER}` },
        ],
      );
      expect(code, output).toBe(EXIT.done);
      expect(output).toContain('4 approved');
    });

    it('approves nothing when the terminal is closed', async () => {
      const journey = await assessed();
      const { code } = await onTerminal(
        journey,
        ['approve'],
        [
          { expect: WHICH, send: TAB },
          { expect: 'alias', hangUp: true },
        ],
      );
      expect(code).not.toBe(EXIT.done);
      expect(approvals(journey)).toEqual([]);
    });

    it('run asks the same, and goes on to the end', async () => {
      const journey = await startJourney({ keys: candidates(2) });
      const { output, code } = await onTerminal(
        journey,
        ['run', '--wait', '2s'],
        [
          { expect: WHICH, send: TAB },
          { expect: '1 of 2 chosen', send: ENTER },
          { expect: SURE, send: `1${ENTER}` },
        ],
      );
      expect(code, output).toBe(EXIT.done);
      expect(output).toContain('1 confirmed');
      expect(enableCalls(journey.sandbox)).toHaveLength(1);
    });

    it('shows no more of a hostile description than its letters', async () => {
      const journey = await assessed();
      for (const [args, steps] of [
        [['approve'], [{ expect: WHICH, send: CTRL_C }]],
        [['list', 'findings'], []],
        [['assess', '--store', 'other'], []],
      ] as const) {
        const { output } = await onTerminal(journey, args, steps);
        const text = output.replaceAll(OWN_CODES, '').replaceAll(/[\r\n]/g, '');
        expect(text, args[0]).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }
      const { output } = await onTerminal(journey, ['approve'], [{ expect: WHICH, send: CTRL_C }]);
      expect(output).toContain('\\u{1b}[31m');
    });

    it('colours what it prints, unless it is asked not to', async () => {
      const journey = await assessed();
      const status = async (...args: string[]) => (await onTerminal(journey, ['status', ...args])).output;
      expect(await status()).toContain('\u001b[1m');
      expect(await status('--no-color')).not.toContain('\u001b[');
      expect(await status('--json')).not.toContain('\u001b[');
    });

    it('keeps each line within the terminal', async () => {
      const journey = await startJourney({ keys: [{ region: FRANKFURT, description: 'long '.repeat(100) }] });
      await journey.assess();
      const { output } = await onTerminal(journey, ['list', 'findings', '--no-color']);
      for (const line of output.split('\r\n')) expect(line.length).toBeLessThanOrEqual(120);
      const [{ keyId } = { keyId: 'none' }] = await journey.findings();
      expect(output).toContain(keyId.slice(-8));
    });
  },
);
