import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, filesUnder, type Journey, startJourney } from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';
import { later } from '../support/later.ts';
import { checkWithPython, hasPython } from '../support/python.ts';
import type { Decision, ErrorDocument } from '../support/shapes.ts';

const DAY = 86_400_000;

interface Recorded {
  readonly approved: number;
  readonly declined: number;
  readonly blocked: number;
}

/** An approver on another machine: a directory of its own, no store, no credentials, no AWS to be reached. */
function approverOf({ cwd }: Journey) {
  const elsewhere = join(cwd, 'elsewhere');
  mkdirSync(elsewhere);
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_EC2_METADATA_DISABLED: 'true' };
  return {
    run: (...args: string[]) => runKeyturn(args, { cwd: elsewhere, env }),
    send: (from: string, to: string) => writeFileSync(join(elsewhere, to), readFileSync(join(cwd, from))),
    fetch: (name: string) => writeFileSync(join(cwd, name), readFileSync(join(elsewhere, name))),
    path: (name: string) => join(elsewhere, name),
  };
}

const errorOf = async (ended: Promise<{ code: number | null; json: <T>() => T }>) => {
  const { code: exit, json } = await ended;
  const { error } = json<ErrorDocument>();
  return { exit, code: error.code, problems: error.problems ?? [] };
};

describe.concurrent('an approval that was made elsewhere', () => {
  it('is exported, signed without store or AWS, imported, carried out, and trusted in the evidence', async () => {
    const journey = await startJourney({ keys: candidates(3) });
    const { run, assess, cwd } = journey;
    await assess();
    expect((await run('plan', 'export', 'plan.jsonl')).code).toBe(EXIT.done);
    expect(statSync(join(cwd, 'plan.jsonl')).mode & 0o777).toBe(0o600);
    const approver = approverOf(journey);
    approver.send('plan.jsonl', 'plan.jsonl');
    await approver.run('signing-key', 'create', 'alice');
    approver.fetch('alice.pub');
    const all = ['approve', '--plan', 'plan.jsonl', '--all', '--reason', 'CIS 3.6'];
    const made = await approver.run(
      ...all,
      '--out',
      'approval.json',
      '--sign-with',
      'alice',
      '--expires',
      '2d',
    );
    expect(made).toMatchObject({ code: EXIT.done, stderr: '' });
    expect(made.stdout).toMatch(/Candidates.*3 decisions by key:[0-9a-f]{64}/s);
    expect(existsSync(approver.path('.keyturn'))).toBe(false);
    expect((await approver.run(...all, '--out', 'approval.json')).code).toBe(EXIT.badInput);
    approver.fetch('approval.json');

    const imported = await run('approve', '--import', 'approval.json', '--trust', 'alice.pub', '--json');
    expect(imported).toMatchObject({ code: EXIT.done, stderr: '' });
    expect(imported.json<Recorded>()).toMatchObject({ approved: 3, declined: 0 });
    const again = await errorOf(run('approve', '--import', 'approval.json', '--json'));
    expect(again).toMatchObject({ exit: EXIT.refused, code: 'refused-approval' });

    expect((await run('configure')).code).toBe(EXIT.done);
    expect((await run('validate', '--wait', '5s')).code).toBe(EXIT.done);
    await run('signing-key', 'create', 'olga');
    expect((await run('report', '--out', 'report', '--sign-with', 'olga')).code).toBe(EXIT.done);
    const roles = ['--trust-approver', 'alice.pub', '--trust-maker', 'olga.pub'];
    const verified = await run('verify', 'report', ...roles);
    expect(verified.code).toBe(EXIT.done);
    expect(verified.stdout).toMatch(/\(olga\.pub, trusted as maker\) signed the bundle/);
    const swapped = ['--trust-approver', 'olga.pub', '--trust-maker', 'olga.pub'];
    expect((await run('verify', 'report', ...swapped)).code).toBe(5);
    const { approvals } = JSON.parse(journey.read('report/approvals.json'));
    expect(approvals).toMatchObject([
      { reason: 'CIS 3.6', imported: { by: { callerArn: 'arn:aws:iam::111122223333:user/keyturn' } } },
    ]);
    expect(approvals[0].submittedBy).not.toHaveProperty('callerArn');
    if (hasPython) {
      const files = filesUnder(join(cwd, 'report')).map((path) => [path, readFileSync(path)] as const);
      expect(
        checkWithPython([new Map(files.map(([path, bytes]) => [path.split('/').at(-1) ?? '', bytes]))]),
      ).toEqual(['0']);
    }
  });

  it('from a file of decisions, unsigned, says so on both sides, and is not taken with --trust', async () => {
    const journey = await startJourney({ keys: candidates(2) });
    const { run, assess, key, read } = journey;
    await assess();
    await run('plan', 'export', 'plan.jsonl');
    const approver = approverOf(journey);
    approver.send('plan.jsonl', 'plan.jsonl');
    journey.write(
      'review.yaml',
      `- keyArn: ${key('c01').arn}\n  decision: approve\n- keyArn: ${key('c02').arn}\n  decision: decline\n`,
    );
    approver.send('review.yaml', 'review.yaml');
    const made = await approver.run(
      'approve',
      '--plan',
      'plan.jsonl',
      '--from',
      'review.yaml',
      '--out',
      'a.json',
    );
    expect(made.code).toBe(EXIT.done);
    expect(made.stderr).toMatch(/^warning: without --sign-with/);
    approver.fetch('a.json');
    await run('signing-key', 'create', 'k');
    const distrusted = await errorOf(run('approve', '--import', 'a.json', '--trust', 'k.pub', '--json'));
    expect(distrusted).toMatchObject({ exit: EXIT.refused, code: 'refused-approval' });
    const imported = await run('approve', '--import', 'a.json');
    expect(imported.stderr).toMatch(/not signed/);
    const listed = (await run('list', 'decisions', '--json')).lines<Decision & { approver: string }>();
    expect(listed.map(({ choice, approver }) => [choice, approver.slice(0, 3)])).toEqual(
      expect.arrayContaining([
        ['approve', 'os:'],
        ['decline', 'os:'],
      ]),
    );
    // What the operator decides is another's word: the decline stands.
    expect((await run('approve', '--all', '--json')).json<Recorded>()).toMatchObject({
      declined: 1,
      blocked: 1,
    });
    expect((await run('configure')).code).toBe(EXIT.done);
    expect(enableCalls(journey.sandbox).map(({ keyArn }) => keyArn)).toEqual([key('c01').arn]);
    expect(read('a.json')).toContain('"signatures":[]');
    await approver.run('signing-key', 'create', 'eve');
    const decline = ['approve', '--plan', 'plan.jsonl', '--from', 'review.yaml', '--sign-with', 'eve'];
    await approver.run(...decline, '--out', 'b.json');
    approver.fetch('b.json');
    const unknown = await run('approve', '--import', 'b.json', '--json');
    expect(unknown.stderr).toMatch(
      /^warning: UNKNOWN KEY: .* signed by key [0-9a-f]{64}, which no file of --trust/,
    );
    expect(unknown.json()).toMatchObject({ signer: { trusted: false, keyid: expect.any(String) } });
  });

  it('over a plan that was changed, or from a file that is none, is refused with exit 2', async () => {
    const journey = await startJourney({ keys: candidates(2) });
    const { run, assess, read, write } = journey;
    await assess();
    await run('plan', 'export', 'plan.jsonl');
    write('changed.jsonl', read('plan.jsonl').replace('c01', 'c99'));
    write('none.jsonl', '{"schema":"keyturn/plan-file/v1"}\n');
    for (const plan of ['changed.jsonl', 'none.jsonl']) {
      const refused = await errorOf(run('approve', '--plan', plan, '--out', 'a.json', '--all', '--json'));
      expect(refused).toMatchObject({ exit: EXIT.badInput, code: 'input-plan' });
    }
    for (const [name, content] of [
      ['decisions.json', '[]'],
      ['envelope.json', '{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[]}\n'],
    ] as const) {
      const refused = await errorOf(run('approve', '--import', write(name, content), '--json'));
      expect(refused).toMatchObject({ exit: EXIT.badInput, code: 'input-approval' });
    }
    for (const args of [
      ['--plan', 'plan.jsonl'],
      ['--out', 'a.json'],
      ['--import', 'a.json', '--all'],
      ['--trust', 'k.pub'],
    ]) {
      expect(await errorOf(run('approve', ...args, '--json'))).toMatchObject({ code: 'input-argument' });
    }
    expect((await run('plan', 'export', 'plan.jsonl')).code).toBe(EXIT.badInput);
    expect(existsSync(join(journey.cwd, 'a.json'))).toBe(false);
  });
});

describe.concurrent('an approval that has expired', () => {
  it('changes nothing, says how to go on, and is taken up once approved again', async () => {
    const { run, runWith, assess, outcomes, sandbox } = await startJourney({ keys: candidates(2) });
    await assess();
    expect((await run('approve', '--all', '--expires', '1d')).code).toBe(EXIT.done);
    sandbox.configure({ clockOffsetMs: 2 * DAY });
    const tomorrow = later(2 * DAY);
    const status = await runWith(tomorrow, 'status', '--json');
    expect(status.json()).toMatchObject({ expired: 2, open: true, next: expect.stringContaining('approve') });
    const { code, stdout } = await runWith(tomorrow, 'configure');
    expect(code).toBe(EXIT.incomplete);
    expect(stdout).toMatch(/2 skipped.*approval-expired.*expired: approve.*Next: \S*keyturn approve/s);
    expect(enableCalls(sandbox)).toEqual([]);
    expect(await outcomes()).toMatchObject([{ reason: 'approval-expired' }, { reason: 'approval-expired' }]);
    const stopped = await runWith(tomorrow, 'run', '--rollout', status.json<{ rollout: string }>().rollout);
    expect(stopped.code).toBe(EXIT.refused);
    expect((await runWith(tomorrow, 'approve', '--all')).code).toBe(EXIT.done);
    expect((await runWith(tomorrow, 'configure')).code).toBe(EXIT.done);
    expect(enableCalls(sandbox)).toHaveLength(2);
    expect((await runWith(tomorrow, 'report', '--out', 'report')).code).toBe(EXIT.done);
    expect((await run('verify', 'report')).code).toBe(EXIT.done);
  });

  it.each(['0d', '400d', '7', '1w', '-1d', '1.5h'])('cannot be asked for as %s', async (life) => {
    const { run } = await startJourney({ keys: [] });
    expect((await run('approve', '--all', `--expires=${life}`)).code).toBe(EXIT.badInput);
  });
});

describe.concurrent('with a clock that is minutes off', () => {
  it('nothing is approved, and nothing imported', async () => {
    const { run, assess, sandbox } = await startJourney({ keys: candidates(1) });
    await assess();
    await run('plan', 'export', 'plan.jsonl');
    await run('approve', '--plan', 'plan.jsonl', '--out', 'a.json', '--all');
    sandbox.configure({ clockOffsetMs: 6 * 60_000 });
    for (const args of [['--all'], ['--import', 'a.json']]) {
      expect(await errorOf(run('approve', ...args, '--json'))).toMatchObject({
        exit: EXIT.refused,
        code: 'refused-clock',
      });
    }
    expect((await run('list', 'decisions', '--decision', 'approve', '--json')).lines()).toEqual([]);
  });
});
