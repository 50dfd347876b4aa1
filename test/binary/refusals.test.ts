import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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
} from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';
import type { ErrorDocument } from '../support/shapes.ts';
import { readJournal } from '../support/store.ts';

const errorOf = async ({ run }: Pick<Journey, 'run'>, ...args: string[]) => {
  const { code, stderr, json } = await run(...args, '--json');
  const document = json<ErrorDocument>();
  expect(Object.keys(document)).toEqual(['error']);
  expect(document.error).toMatchObject({
    code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
    message: expect.stringMatching(/\w/),
    fix: expect.stringMatching(/\w/),
  });
  return { exit: code, stderr, ...document.error };
};

/** A store with one complete assessment of three candidates, one enabled and one RSA key. */
async function assessed(): Promise<Journey & { planDigest: string; rollout: string }> {
  const journey = await startJourney({
    keys: [
      ...candidates(3),
      { region: FRANKFURT, description: 'on', rotation: true },
      { region: FRANKFURT, description: 'rsa', keySpec: 'RSA_2048' },
    ],
  });
  const { planDigest, rollout } = await journey.assess();
  return { ...journey, planDigest, rollout };
}

const approvals = ({ cwd }: Journey) => readJournal(cwd).filter(({ kind }) => kind === 'approval');

async function expectNothingRecorded(journey: Journey): Promise<void> {
  expect(approvals(journey)).toEqual([]);
  const status = await journey.run('status', '--json');
  expect(status.json()).toMatchObject({ phase: 'assessed', outcomes: { pending: 0 } });
  expect((await journey.run('configure', '--json')).code).toBe(EXIT.refused);
  expect(enableCalls(journey.sandbox)).toEqual([]);
}

describe.concurrent('decisions are refused whole, and every line is named', () => {
  it('duplicates, unknown keys and keys that are no candidates, in one CSV', async () => {
    const journey = await assessed();
    const { key, planDigest, write } = journey;
    const stranger = 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000';
    const arns = [key('c01').arn, key('c02').arn, key('c01').arn, stranger, key('on').arn, key('rsa').arn];
    const rows = arns.map((arn) => `${arn},${planDigest},approve,because`);
    write('bad.csv', ['keyArn,planDigest,decision,reason', ...rows, ''].join('\n'));
    const { exit, code, problems = [] } = await errorOf(journey, 'approve', '--from', 'bad.csv');
    expect({ exit, code }).toEqual({ exit: EXIT.badInput, code: 'input-decisions' });
    expect(problems).toHaveLength(4);
    for (const [index, line, said] of [
      [0, 4, /twice/],
      [1, 5, /not in this plan/],
      [2, 6, /not a candidate: enabled/],
      [3, 7, /not a candidate: ineligible, asymmetric/],
    ] as const) {
      expect(problems[index]).toMatch(new RegExp(`line ${line}\\b`));
      expect(problems[index]).toMatch(said);
      expect(problems[index]).toContain(arns[line - 2]);
    }
    await expectNothingRecorded(journey);
  });

  it('the digest of another plan, with exit 4', async () => {
    const journey = await assessed();
    const { key, write } = journey;
    const digest = 'f'.repeat(64);
    const keyArn = key('c01').arn;
    write('one.csv', `keyArn,planDigest,decision,reason\n${keyArn},${digest},approve,\n`);
    write('two.json', JSON.stringify({ planDigest: digest, decisions: [{ keyArn, decision: 'approve' }] }));
    write('three.jsonl', `${JSON.stringify({ keyArn, decision: 'approve', planDigest: digest })}\n`);
    for (const name of ['one.csv', 'two.json', 'three.jsonl']) {
      const { exit, code, problems = [] } = await errorOf(journey, 'approve', '--from', name);
      expect({ name, exit, code }).toEqual({ name, exit: EXIT.refused, code: 'refused-foreign-plan' });
      expect(problems.join()).toContain(keyArn);
    }
    await expectNothingRecorded(journey);
  });

  it('a file of an earlier assessment, once the world has changed', async () => {
    const journey = await assessed();
    const { run, rollout, write, sandbox } = journey;
    const { stdout } = await run('list', 'findings', '--finding', 'candidate', '--csv');
    write('old.csv', stdout.replaceAll(/,([0-9a-f]{64}),,/g, ',$1,approve,'));
    const KeyId = sandbox.keys()[0]?.keyId;
    await callKms(sandbox, FRANKFURT, 'UpdateKeyDescription', { KeyId, Description: 'other' });
    const { rollout: newer } = await journey.assess();
    const refused = await errorOf(journey, 'approve', '--from', 'old.csv', '--rollout', newer);
    expect(refused).toMatchObject({ exit: EXIT.refused, code: 'refused-foreign-plan' });
    expect((await run('approve', '--from', 'old.csv', '--rollout', rollout)).code).toBe(EXIT.done);
  });

  it('what is no decision, no JSON, no CSV, or lacks a column', async () => {
    const journey = await assessed();
    const { key, write, planDigest } = journey;
    const keyArn = key('c01').arn;
    const files: Record<string, string | Buffer> = {
      'verb.csv': `keyArn,planDigest,decision,reason\n${keyArn},${planDigest},yes,\n`,
      'column.csv': `keyArn,decision\n${keyArn},approve\n`,
      'quote.csv': `keyArn,planDigest,decision\n"${keyArn},${planDigest},approve\n`,
      'digestless.csv': `keyArn,planDigest,decision\n${keyArn},,approve\n`,
      'reason.csv': `keyArn,planDigest,decision,reason\n${keyArn},${planDigest},,because\n`,
      'broken.json': `[{"keyArn": "${keyArn}", `,
      'verb.json': JSON.stringify([{ keyArn, decision: 'yes' }]),
      'item.json': JSON.stringify([keyArn]),
      'lines.jsonl': `${JSON.stringify({ keyArn, decision: 'approve' })}\n{"keyArn": `,
      'proto.json': `[{"keyArn": "__proto__", "decision": "approve"}]`,
    };
    for (const [name, content] of Object.entries(files)) {
      write(name, content);
      const { exit, code, problems = [] } = await errorOf(journey, 'approve', '--from', name);
      expect({ name, exit, code }).toEqual({ name, exit: EXIT.badInput, code: 'input-decisions' });
      expect(problems.length, name).toBeGreaterThan(0);
    }
    await expectNothingRecorded(journey);
  });

  it('files that are not there, are a directory, or are not text', async () => {
    const journey = await assessed();
    journey.write('binary.csv', Buffer.from([0x6b, 0xff, 0xfe, 0x00]));
    for (const name of ['missing.csv', '.', 'binary.csv']) {
      const { exit, code, message } = await errorOf(journey, 'approve', '--from', name);
      expect({ name, exit, code }).toEqual({ name, exit: EXIT.badInput, code: 'input-file' });
      expect(message).toContain(name);
    }
    await expectNothingRecorded(journey);
  });

  it('keys named on the command line that are unknown, no candidates, or named twice', async () => {
    const journey = await assessed();
    const { key } = journey;
    for (const [said, arns] of [
      [/twice/, [key('c01').arn, key('c01').arn]],
      [/not a candidate/, [key('c01').arn, key('on').arn]],
      [/not in this plan/, [key('c01').arn.replace(/[0-9a-f]{12}$/, '000000000000')]],
    ] as const) {
      const refused = await errorOf(journey, 'approve', ...arns.flatMap((arn) => ['--key', arn]));
      expect(refused).toMatchObject({ exit: EXIT.badInput, code: 'input-decisions' });
      expect(refused.problems?.join()).toMatch(said);
    }
    await expectNothingRecorded(journey);
  });
});

describe.concurrent('nothing is approved', () => {
  it('without a terminal and without a selection, nor by an empty file', async () => {
    const journey = await assessed();
    const { write, feed, planDigest } = journey;
    write('empty.csv', `keyArn,planDigest,decision,reason\n${journey.key('c01').arn},${planDigest},,\n`);
    write('empty.json', '[]');
    for (const args of [[], ['--from', 'empty.csv'], ['--from', 'empty.json'], ['--reason', 'just so']]) {
      const { exit, code } = await errorOf(journey, 'approve', ...args);
      expect({ args, exit, code }).toEqual({ args, exit: EXIT.refused, code: 'refused-nothing-approved' });
    }
    // Whatever is typed ahead is no answer where nobody can be asked.
    expect((await feed('y\ny\n', 'approve')).code).toBe(EXIT.refused);
    await expectNothingRecorded(journey);
  });

  it('where there is no candidate', async () => {
    const { assess, run } = await startJourney({ keys: [{ region: FRANKFURT, rotation: true }] });
    await assess();
    expect((await run('approve', '--all')).code).toBe(EXIT.refused);
    expect((await run('status', '--json')).json()).toMatchObject({ next: expect.stringMatching(/report/) });
  });

  it('by somebody whom AWS does not know', async () => {
    const journey = await assessed();
    const { runWith } = journey;
    const expired = { AWS_ACCESS_KEY_ID: 'EXPIRED0000000000000' };
    const { code, json } = await runWith(expired, 'approve', '--all', '--json');
    expect(code).toBe(EXIT.failed);
    expect(json()).toMatchObject({ error: { code: 'aws-credentials' } });
    await expectNothingRecorded(journey);
  });
});

describe.concurrent('rollouts', () => {
  it('that are open and not named are ambiguous to approve and configure, and changing nothing', async () => {
    const journey = await assessed();
    const { rollout: second } = await journey.assess();
    const { rollout: first } = journey;
    for (const args of [['approve', '--all'], ['configure'], ['configure', '--dry-run']]) {
      const { exit, code, message } = await errorOf(journey, ...args);
      expect({ exit, code }).toEqual({ exit: EXIT.refused, code: 'refused-ambiguous-rollout' });
      expect(message).toContain(first);
      expect(message).toContain(second);
    }
    expect(approvals(journey)).toEqual([]);
    expect((await journey.run('approve', '--all', '--rollout', second)).code).toBe(EXIT.done);
    expect((await journey.run('configure', '--json', '--rollout', second)).code).toBe(EXIT.done);
    expect((await journey.run('status', '--json', '--rollout', first)).json()).toMatchObject({
      phase: 'assessed',
    });
  });

  it('that are not there are refused by every command that takes one', async () => {
    const journey = await assessed();
    for (const args of [
      ['approve', '--all'],
      ['configure'],
      ['validate'],
      ['status'],
      ['report', '--out', 'report'],
      ['list', 'findings'],
      ['run'],
    ]) {
      const { exit, code, fix } = await errorOf(journey, ...args, '--rollout', '20200101-000000-abcd');
      expect({ args, exit, code }).toEqual({ args, exit: EXIT.badInput, code: 'input-rollout' });
      expect(fix).toContain('keyturn rollouts');
    }
  });
});

describe.concurrent('wrong arguments', () => {
  it.each([
    [['assess', '--region', 'Frankfurt']],
    [['assess', '--region', FRANKFURT, '--all-regions']],
    [['assess', '--period', '89']],
    [['assess', '--period', '2561']],
    [['assess', '--period', '1e3']],
    [['assess', 'everything']],
    [['approve', '--key', 'alias/cards']],
    [['approve', '--all', '--from', 'x.csv']],
    [['approve', '--key', `arn:aws:kms:${IRELAND}:111122223333:key/x`, '--all']],
    [['configure', '--limit', '0']],
    [['configure', '--max-failures', '-1']],
    [['configure', '--settle', 'soon']],
    [['validate', '--wait', '10']],
    [['report']],
    [['list']],
    [['list', 'secrets']],
    [['list', 'findings', '--finding', 'odd']],
    [['list', 'findings', '--outcome', 'failed']],
    [['list', '__proto__']],
    [['aprove']],
    [['assess', '--yes']],
  ])('%j exit with 2 and say what is wrong, before anything is made', async (args) => {
    const { run, sandbox, cwd } = await startJourney();
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(EXIT.badInput);
    expect(stdout).toBe('');
    // One line: what is wrong, and what would be right.
    expect(stderr).toMatch(/^error: .+ \S.*\n$/);
    expect(sandbox.log).toEqual([]);
    expect(readdirSync(cwd)).toEqual([]);
    const asJson = await run(...args, '--json');
    expect(asJson.code).toBe(EXIT.badInput);
    expect(asJson.json<ErrorDocument>().error.code).toBe('input-argument');
  });

  it('none at all print the help', async () => {
    const { run } = await startJourney();
    const bare = await run();
    expect(bare.code).toBe(EXIT.badInput);
    const help = await run('--help');
    expect(help.code).toBe(EXIT.done);
    for (const command of [
      'assess',
      'approve',
      'configure',
      'validate',
      'report',
      'run',
      'status',
      'rollouts',
      'list',
    ])
      expect(help.stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
    const version = await run('--version');
    expect(version).toMatchObject({ code: EXIT.done, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/) });
  });
});

describe.concurrent('what is missing around Keyturn', () => {
  it('a store', async () => {
    const journey = await startJourney();
    for (const args of [
      ['approve', '--all'],
      ['configure'],
      ['validate'],
      ['status'],
      ['rollouts'],
      ['list', 'findings'],
    ]) {
      const { exit, code, fix } = await errorOf(journey, ...args);
      expect({ args, exit, code }).toEqual({ args, exit: EXIT.badInput, code: 'input-store' });
      expect(fix).toContain('keyturn assess');
    }
  });

  it('a complete assessment', async () => {
    const journey = await startJourney();
    const { runWith } = journey;
    await runWith({ AWS_ACCESS_KEY_ID: 'EXPIRED0000000000000' }, 'assess');
    expect(await errorOf(journey, 'approve', '--all')).toMatchObject({
      exit: EXIT.badInput,
      code: 'input-rollout',
    });
    expect((await journey.run('rollouts', '--json')).json()).toEqual({ rollouts: [] });
  });

  it('a Region', async () => {
    const { sandbox, cwd } = await startJourney();
    const { AWS_REGION, AWS_DEFAULT_REGION, ...env } = sandbox.env;
    const { code, json } = await runKeyturn(['assess', '--json'], { cwd, env });
    expect(json<ErrorDocument>().error).toMatchObject({
      code: 'aws-region',
      fix: expect.stringMatching(/AWS_REGION.*--region/),
    });
    expect(code).toBe(EXIT.badInput);
    expect((await runKeyturn(['assess', '--region', IRELAND], { cwd, env })).code).toBe(EXIT.done);
  });

  it('credentials, or credentials that have expired or are wrong', async () => {
    const { sandbox, cwd } = await startJourney();
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...bare } = sandbox.env;
    const cases = [
      [bare, /credentials|AWS/],
      [{ ...sandbox.env, AWS_ACCESS_KEY_ID: 'EXPIRED0000000000000' }, /Renew|sso login/],
    ] as const;
    for (const [env, fix] of cases) {
      const { code, json } = await runKeyturn(['assess', '--json'], {
        cwd,
        env: env as Record<string, string>,
      });
      expect(code).toBe(EXIT.failed);
      expect(json<ErrorDocument>().error).toMatchObject({
        code: 'aws-credentials',
        fix: expect.stringMatching(fix),
      });
    }
    expect(sandbox.log.filter(({ operation }) => operation === 'ListKeys')).toEqual([]);
  });

  it('AWS', async () => {
    const { cwd, sandbox } = await startJourney();
    const env = { ...sandbox.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { code, json } = await runKeyturn(['assess', '--json'], { cwd, env });
    expect(code).toBe(EXIT.failed);
    expect(json<ErrorDocument>().error).toMatchObject({
      code: 'aws-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('a profile is taken from the configuration that the AWS tools share', async () => {
    const { cwd, sandbox, write } = await startJourney({ keys: candidates(1, IRELAND) });
    write('config', `[profile audit]\nregion = ${IRELAND}\n`);
    write(
      'credentials',
      '[audit]\naws_access_key_id = AKIAAUDIT00000000000\naws_secret_access_key = hidden\n',
    );
    const env = {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(cwd, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'credentials'),
    };
    const { code, json } = await runKeyturn(['assess', '--json', '--profile', 'audit'], { cwd, env });
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ places: [{ region: IRELAND, candidate: 1 }] });
    const { stdout } = await runKeyturn(['status', '--profile', 'audit'], { cwd, env });
    expect(stdout).toContain('--profile audit');
  });
});
