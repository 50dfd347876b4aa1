import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { describe, expect, it } from 'vitest';
import { callKms } from '../support/aws.ts';
import {
  candidates,
  EXIT,
  enableCalls,
  FRANKFURT,
  IRELAND,
  type Journey,
  startJourney,
  VIRGINIA,
} from '../support/journey.ts';
import { EXECUTABLE } from '../support/keyturn.ts';
import type { Decision } from '../support/shapes.ts';

type Row = Record<string, string>;
const rowsOf = (text: string): Row[] => parse(text, { columns: true, bom: true }) as Row[];

const decisionsOf = async ({ run }: Journey, ...args: string[]): Promise<Decision[]> =>
  (await run('list', 'decisions', '--json', ...args)).lines<Decision>();

describe.concurrent('the whole journey', () => {
  it('leads from the demo account to a report, every document adding up with the account', async () => {
    const journey = await startJourney({ world: 'demo' });
    const { run, sandbox, cwd } = journey;
    const assessed = await run('assess', '--region', IRELAND, '--region', VIRGINIA, '--json');
    const { rollout, planDigest, totals } = assessed.json<{
      rollout: string;
      planDigest: string;
      totals: Record<string, number>;
    }>();
    const candidate = Number(totals['candidate']);
    const approved = await run('approve', '--all', '--reason', 'CIS 3.8', '--json');
    expect(approved.json()).toEqual({
      rollout,
      planDigest,
      approved: candidate,
      declined: 0,
      deferred: 0,
      undecided: 0,
    });
    const configured = await run('configure', '--json');
    expect(configured.json()).toEqual({
      rollout,
      outcomes: {
        applied: candidate,
        'already-in-place': 0,
        skipped: 0,
        failed: 0,
        pending: 0,
        unsettled: 0,
      },
    });
    const validated = await run('validate', '--json', '--wait', '5s');
    expect(validated.json()).toEqual({
      rollout,
      check: expect.any(String),
      requested: candidate,
      confirmed: candidate,
      discrepant: 0,
      unreadable: 0,
      notChanged: 0,
    });
    const reported = await run('report', '--out', 'report');
    for (const { code } of [assessed, approved, configured, validated, reported])
      expect(code).toBe(EXIT.done);

    const report = join(cwd, 'report');
    const read = (name: string) => readFileSync(join(report, name), 'utf8');
    expect(createHash('sha256').update(read('plan.jsonl')).digest('hex')).toBe(planDigest);
    const plan = read('plan.jsonl').trimEnd().split('\n');
    expect(JSON.parse(plan[0] ?? '')).toMatchObject({ schema: 'keyturn/plan/v1', RotationPeriodInDays: 365 });
    expect(plan).toHaveLength(1 + Number(totals['listed']) - Number(totals['awsManaged']));
    for (const name of readdirSync(report)) {
      expect(statSync(join(report, name)).mode & 0o777, name).toBe(0o600);
      if (name.endsWith('.json')) expect(JSON.parse(read(name)), name).toHaveProperty('schema');
      if (name.endsWith('.jsonl')) for (const line of read(name).trimEnd().split('\n')) JSON.parse(line);
      if (name.endsWith('.csv')) expect(rowsOf(read(name)).length, name).toBeGreaterThan(0);
    }
    const html = read('report.html').replaceAll('<wbr>', '');
    const markdown = read('report.md');
    for (const { keyArn } of enableCalls(sandbox)) {
      const keyId = String(keyArn).split('/')[1] ?? '';
      expect(html).toContain(keyId);
      expect(markdown).toContain(keyId);
    }
    expect(html).toContain('CIS 3.8');
    expect(html).toContain(planDigest);
    // One file that loads nothing from anywhere.
    expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]*\s(?:src|href)=["']?(?:https?:)?\/\//i);
    expect(rowsOf(read('outcomes.csv')).filter(({ outcome }) => outcome === 'applied')).toHaveLength(
      candidate,
    );
    expect(rowsOf(read('verdicts.csv')).filter(({ verdict }) => verdict === 'confirmed')).toHaveLength(
      candidate,
    );
    expect(enableCalls(sandbox)).toHaveLength(candidate);
  });

  it('has a report at every stage', async () => {
    const { run, assess } = await startJourney({ keys: candidates(2) });
    await assess();
    for (const step of [
      [],
      ['approve', '--all'],
      ['configure', '--limit', '1'],
      ['validate', '--wait', '1s'],
    ]) {
      if (step.length > 0) await run(...step);
      const { code, stderr } = await run('report', '--out', 'report');
      expect({ step, code, stderr: code === 0 ? '' : stderr }).toEqual({ step, code: EXIT.done, stderr: '' });
      const asJson = await run('report', '--out', 'report', '--json');
      expect(asJson.code).toBe(EXIT.done);
      expect(asJson.json()).toHaveProperty('rollout');
    }
  });

  it('does not write a report over something else', async () => {
    const { run, assess, write, cwd } = await startJourney({ keys: candidates(1) });
    await assess();
    write('precious.txt', 'mine');
    const { code, json } = await run('report', '--out', cwd, '--json');
    expect(code).toBe(EXIT.badInput);
    expect(json()).toMatchObject({ error: { code: 'input-argument' } });
    expect(readdirSync(cwd).sort()).toEqual(['.keyturn', 'precious.txt']);
  });
});

describe.concurrent('approve', () => {
  it('takes decisions from the CSV that list writes, once decision and reason are filled in', async () => {
    const journey = await startJourney({
      keys: [
        ...candidates(5).map((key, index) => ({
          ...key,
          description: `${key.description}; "a", b`,
          aliases: [`alias/one-${index}`, `alias/two-${index}`],
        })),
        { region: FRANKFURT, description: 'on', rotation: true },
      ],
    });
    const { assess, run, write } = journey;
    const { planDigest } = await assess();
    const { stdout } = await run('list', 'findings', '--finding', 'candidate', '--csv');
    const rows = rowsOf(stdout);
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toMatchObject({ planDigest, decision: '', reason: '' });
    const filled = rows.map((row, index) => ({
      ...row,
      decision: ['approve', 'decline', 'defer', 'approve', ''][index],
      reason: ['', 'legal hold; ask Kim', 'next quarter, maybe', 'yes', ''][index],
    }));
    write('decisions.csv', stringify(filled, { header: true }));
    const { code, json } = await run('approve', '--from', 'decisions.csv', '--reason', 'otherwise', '--json');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ approved: 2, declined: 1, deferred: 1, undecided: 1 });
    const decided = new Map((await decisionsOf(journey)).map((each) => [each.keyArn, each]));
    const expected = [
      ['approve', 'otherwise'],
      ['decline', 'legal hold; ask Kim'],
      ['defer', 'next quarter, maybe'],
      ['approve', 'yes'],
      ['undecided', null],
    ];
    for (const [index, { keyArn = '' }] of rows.entries()) {
      const { choice, reason } = decided.get(keyArn) ?? {};
      expect([choice, reason]).toEqual(expected[index]);
    }
    expect((await run('configure', '--json')).json()).toMatchObject({ outcomes: { applied: 2, pending: 0 } });
  });

  it('takes the CSV as a spreadsheet saves it: semicolons, a byte order mark, CRLF, other columns first', async () => {
    const journey = await startJourney({ keys: candidates(2) });
    const { assess, run, write } = journey;
    const { planDigest } = await assess();
    const found = await journey.findings();
    const lines = [
      ['Description', 'reason', 'decision', 'planDigest', 'keyArn'],
      ...found.map(({ keyArn, Description = '' }) => [
        Description,
        'yes, please',
        'Approve ',
        planDigest,
        keyArn,
      ]),
    ].map((line) => line.join(';'));
    write('excel.csv', `\uFEFF${lines.join('\r\n')}\r\n`);
    const { json } = await run('approve', '--from', 'excel.csv', '--json');
    expect(json()).toMatchObject({ approved: 2 });
    for (const { reason } of await decisionsOf(journey)) expect(reason).toBe('yes, please');
  });

  it('takes decisions as a JSON array, as JSON Lines, as a document with the plan’s digest, and from standard input', async () => {
    const journey = await startJourney({ keys: candidates(5) });
    const { assess, run, write, feed } = journey;
    const { planDigest } = await assess();
    const arns = (await journey.findings()).map(({ keyArn }) => keyArn);
    const item = (index: number, decision: string) => ({
      keyArn: arns[index],
      decision,
      reason: `because ${index}`,
    });
    const approve = async (name: string) => (await run('approve', '--from', name, '--json')).json();
    write('array.json', JSON.stringify([item(0, 'approve')], null, 2));
    expect(await approve('array.json')).toMatchObject({ approved: 1, undecided: 4 });
    write('lines.jsonl', `${JSON.stringify(item(1, 'decline'))}\n\n${JSON.stringify(item(2, 'defer'))}\n`);
    expect(await approve('lines.jsonl')).toMatchObject({
      approved: 1,
      declined: 1,
      deferred: 1,
      undecided: 2,
    });
    write('document.json', JSON.stringify({ planDigest, decisions: [item(3, 'approve')] }));
    expect(await approve('document.json')).toMatchObject({ approved: 2, undecided: 1 });
    const fed = await feed(JSON.stringify([item(4, 'approve')]), 'approve', '--from', '-', '--json');
    expect(fed.json()).toMatchObject({ approved: 3, undecided: 0 });
    expect((await decisionsOf(journey)).map(({ choice, reason }) => [choice, reason])).toEqual([
      ['approve', 'because 0'],
      ['decline', 'because 1'],
      ['defer', 'because 2'],
      ['approve', 'because 3'],
      ['approve', 'because 4'],
    ]);
  });

  it('shows the candidates beside the keys that are on, and records who decided, when and why', async () => {
    const journey = await startJourney({
      keys: [
        { region: FRANKFURT, description: 'Card data', aliases: ['alias/cards'] },
        { region: FRANKFURT, description: 'Ledger', rotation: { periodInDays: 200 } },
      ],
    });
    const { assess, run, findings } = journey;
    const { planDigest } = await assess();
    const { stdout } = await run('approve', '--all', '--reason', 'audit');
    for (const { keyId } of await findings()) expect(stdout).toContain(keyId);
    for (const said of [
      planDigest,
      'alias/cards',
      'Card data',
      'Ledger',
      'nothing before the first rotation, then 1 USD a month',
    ]) {
      expect(stdout).toContain(said);
    }
    expect(stdout).toMatch(/Ledger.*200 days/);
    await run('report', '--out', 'report');
    const { approvals } = JSON.parse(journey.read('report/approvals.json'));
    expect(approvals).toMatchObject([
      {
        planDigest,
        reason: 'audit',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        submittedBy: {
          callerArn: 'arn:aws:iam::111122223333:user/keyturn',
          account: '111122223333',
          osUser: expect.stringMatching(/\w/),
        },
        decisions: [
          {
            keyArn: journey.key('Card data').arn,
            account: '111122223333',
            region: FRANKFURT,
            RotationPeriodInDays: 365,
          },
        ],
      },
    ]);
  });
});

describe.concurrent('list', () => {
  it('prints findings, decisions, outcomes and verdicts as a table, CSV and JSON Lines, filtered or not', async () => {
    const journey = await startJourney({
      keys: [
        ...candidates(3),
        { region: FRANKFURT, description: 'on', rotation: true },
        { region: FRANKFURT, description: 'rsa', keySpec: 'RSA_2048' },
      ],
    });
    const { assess, run, sandbox, key, write } = journey;
    const { planDigest } = await assess();
    write(
      'decisions.json',
      JSON.stringify([
        { keyArn: key('c01').arn, decision: 'approve' },
        { keyArn: key('c02').arn, decision: 'approve' },
      ]),
    );
    await run('approve', '--from', 'decisions.json');
    sandbox.configure({ deny: [{ operation: 'EnableKeyRotation', key: key('c02').arn }] });
    await run('configure');
    await run('validate', '--wait', '1s');
    sandbox.clearLog();
    const listings = [
      ['findings', 'finding', 'kind', 5, 'candidate', 3],
      ['decisions', 'decision', 'choice', 3, 'approve', 2],
      ['outcomes', 'outcome', 'status', 2, 'failed', 1],
      ['verdicts', 'verdict', 'kind', 2, 'confirmed', 1],
    ] as const;
    for (const [what, column, field, all, kind, some] of listings) {
      for (const [filter, count] of [
        [[], all],
        [[`--${column}`, kind], some],
      ] as const) {
        const json = await run('list', what, '--json', ...filter);
        const records = json.lines<Record<string, string>>();
        expect(records, `${what} ${filter}`).toHaveLength(count);
        for (const record of records) {
          expect(record).toMatchObject({
            keyArn: expect.stringMatching(/^arn:aws:kms:eu-central-1:111122223333:key\//),
            keyId: String(record['keyArn']).split('/')[1],
            account: '111122223333',
            region: FRANKFURT,
            [field]: filter.length > 0 ? kind : expect.any(String),
          });
        }
        const csv = rowsOf((await run('list', what, '--csv', ...filter)).stdout);
        expect(csv.map(({ keyArn, [column]: value }) => [keyArn, value])).toEqual(
          records.map(({ keyArn, [field]: value }) => [keyArn, value]),
        );
        const { code, stdout } = await run('list', what, ...filter);
        expect(code).toBe(EXIT.done);
        expect(stdout.trimEnd().split('\n')).toHaveLength(1 + count);
        for (const { keyId = '' } of records) expect(stdout).toContain(keyId);
      }
    }
    const text = (await run('list', 'findings', '--csv')).stdout;
    expect(text.startsWith('\uFEFF'), 'Excel would take it for another code page').toBe(true);
    const header = text.slice(1).split('\n')[0]?.split(',');
    expect(header).toEqual(expect.arrayContaining(['keyArn', 'planDigest', 'decision', 'reason']));
    expect(rowsOf((await run('list', 'findings', '--csv')).stdout)[0]?.['planDigest']).toBe(planDigest);
    // What is listed is what was recorded: AWS is not asked.
    expect(sandbox.log).toEqual([]);
  });
});

describe.concurrent('status and rollouts', () => {
  it('say at each stage where the rollout stands and what to type next', async () => {
    const { assess, run } = await startJourney({ keys: candidates(2) });
    const { rollout, planDigest } = await assess();
    const status = async () => (await run('status', '--json')).json<{ phase: string; next: string }>();
    expect(await status()).toMatchObject({
      rollout,
      planDigest,
      phase: 'assessed',
      next: `${EXECUTABLE} approve --rollout ${rollout}`,
    });
    await run('approve', '--all');
    expect(await status()).toMatchObject({
      phase: 'approved',
      next: `${EXECUTABLE} configure --rollout ${rollout}`,
    });
    await run('configure', '--limit', '1');
    expect(await status()).toMatchObject({ next: `${EXECUTABLE} configure --rollout ${rollout}` });
    await run('configure');
    expect(await status()).toMatchObject({
      phase: 'configured',
      next: `${EXECUTABLE} validate --rollout ${rollout}`,
    });
    await run('validate', '--wait', '1s');
    expect(await status()).toMatchObject({
      phase: 'validated',
      next: expect.stringMatching(/keyturn report /),
    });
    const { stdout } = await run('status');
    expect(stdout).toMatch(/2 confirmed/);
    expect(stdout).toMatch(/^Next: \S*keyturn report/m);
  });

  it('list every rollout, newest first, and take the newest complete one where none is named', async () => {
    const { assess, run, sandbox } = await startJourney({ keys: candidates(1) });
    const first = await assess();
    await callKms(sandbox, FRANKFURT, 'CreateKey', {});
    const second = await assess();
    const { rollouts } = (await run('rollouts', '--json')).json<{ rollouts: { rollout: string }[] }>();
    expect(rollouts.map(({ rollout }) => rollout)).toEqual([second.rollout, first.rollout]);
    expect((await run('status', '--json')).json()).toMatchObject({ rollout: second.rollout, candidate: 2 });
    const named = await run('status', '--json', '--rollout', first.rollout);
    expect(named.json()).toMatchObject({ rollout: first.rollout, candidate: 1 });
    const { stdout } = await run('rollouts');
    for (const { rollout } of [first, second]) expect(stdout).toContain(rollout);
  });

  it('name the store and quote it where it is not the default one, so that the next command can be pasted', async () => {
    const { run } = await startJourney({ keys: candidates(1) });
    const { stdout } = await run('assess', '--store', "somebody's store");
    expect(stdout).toContain(`--store 'somebody'\\''s store'`);
    expect((await run('status', '--store', "somebody's store")).code).toBe(EXIT.done);
    expect((await run('status')).code).toBe(EXIT.badInput);
  });
});

describe.concurrent('run', () => {
  it('stops for a person at the approval, and goes on once somebody has approved', async () => {
    const { run, sandbox } = await startJourney({ keys: candidates(2) });
    const stopped = await run('run', '--json');
    expect(stopped.code).toBe(EXIT.refused);
    const { error } = stopped.json<{ error: { code: string; fix: string } }>();
    expect(error.code).toBe('refused-nothing-approved');
    const [, rollout = ''] = /--rollout ([\w-]+)/.exec(error.fix) ?? [];
    expect(enableCalls(sandbox)).toEqual([]);
    expect((await run('approve', '--all', '--rollout', rollout)).code).toBe(EXIT.done);
    const { code, json } = await run('run', '--rollout', rollout, '--wait', '2s', '--json');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({
      rollout,
      outcomes: { applied: 2, pending: 0 },
      validation: { requested: 2, confirmed: 2, discrepant: 0, unreadable: 0, notChanged: 0 },
    });
    expect(enableCalls(sandbox)).toHaveLength(2);
  });

  it('ends well where every approved key was on already', async () => {
    const { assess, run, sandbox } = await startJourney({ keys: candidates(2) });
    const { rollout } = await assess();
    await run('approve', '--all');
    for (const { keyId: KeyId } of sandbox.keys())
      await callKms(sandbox, FRANKFURT, 'EnableKeyRotation', { KeyId });
    const { code, json } = await run('run', '--rollout', rollout, '--wait', '1s', '--json');
    expect(json()).toMatchObject({
      rollout,
      outcomes: { applied: 0, 'already-in-place': 2 },
      validation: null,
    });
    expect(code).toBe(EXIT.done);
  });
});
