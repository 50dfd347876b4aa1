import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, filesUnder, startJourney } from '../support/journey.ts';
import { checkWithPython, hasPython } from '../support/python.ts';
import type { ErrorDocument } from '../support/shapes.ts';

const YAML = 'requireSigned: true\ntrustedApprovers: [alice.pub]\n';

describe.concurrent('where approvals have to be signed', () => {
  it('configure, its dry run, run and status count the signed ones alone, and the evidence says whose', async () => {
    const journey = await startJourney({ keys: candidates(3) });
    const { run, assess, key, write, sandbox } = journey;
    await assess();
    await run('signing-key', 'create', 'alice');
    await run('approve', '--all');
    const required = ['--require-signed', '--trust-approver', 'alice.pub'];
    for (const command of [['configure'], ['configure', '--dry-run']]) {
      const refused = await run(...command, ...required, '--json');
      expect(refused.code).toBe(EXIT.refused);
      expect(refused.json<ErrorDocument>().error).toMatchObject({
        code: 'refused-unsigned',
        message: expect.stringMatching(
          /^3 keys are approved only by approvals that no trusted approver signed/,
        ),
        fix: expect.stringMatching(/approve .*--sign-with FILE$/),
      });
    }
    write('keyturn.yaml', YAML);
    const status = await run('status');
    expect(status.stdout).toMatch(/not signed {2}3 keys.*Next: \S+ approve --sign-with FILE --rollout/s);
    const rollout = (await run('status', '--json')).json<{ rollout: string }>().rollout;
    expect((await run('run', '--rollout', rollout, '--json')).json<ErrorDocument>().error.code).toBe(
      'refused-unsigned',
    );
    const approved = await run('approve', '--key', key('c01').arn, '--sign-with', 'alice');
    expect(approved.stdout).toMatch(/Next: \S+ configure .*--require-signed --trust-approver alice\.pub/);
    expect(enableCalls(sandbox)).toEqual([]);
    const configured = await run('configure');
    expect(configured.code).toBe(EXIT.incomplete);
    expect(configured.stderr).toContain('Left alone: 2 approved keys. No trusted approver signed');
    expect(enableCalls(sandbox).map(({ keyArn }) => keyArn)).toEqual([key('c01').arn]);
    await run('report', '--out', 'report');
    const paths = filesUnder(join(journey.cwd, 'report'));
    const bundle = new Map(paths.map((path) => [basename(path), readFileSync(path)]));
    expect(bundle.get('journal.jsonl')?.toString()).toMatch(/"approverKeys":\["[0-9a-f]{64}"\]/);
    if (hasPython) expect(checkWithPython([bundle])).toEqual(['0']);
  }, 120_000);

  it('keys have to be named, and a signature by another key is told of wherever approvals are', async () => {
    const { run, assess, key, write } = await startJourney({ keys: candidates(2) });
    await assess();
    const errorOf = async (...args: string[]) => {
      const { code: exit, json } = await run(...args, '--json');
      return { exit, ...json<ErrorDocument>().error };
    };
    expect(await errorOf('configure', '--require-signed')).toMatchObject({
      exit: EXIT.badInput,
      code: 'input-argument',
      message: expect.stringMatching(/^--require-signed needs the public keys of approvers/),
      fix: expect.stringMatching(/trustedApprovers.*--trust-approver FILE/),
    });
    write('keyturn.yaml', '# a team\nrequireSigned: true\n');
    for (const command of [['configure'], ['status'], ['config', 'check']]) {
      expect(await errorOf(...command)).toMatchObject({
        exit: EXIT.badInput,
        code: 'input-config',
        message: expect.stringMatching(/^keyturn\.yaml, line 2: requireSigned needs/),
      });
    }
    write('keyturn.yaml', YAML);
    expect(await errorOf('status')).toMatchObject({ exit: EXIT.badInput, code: 'input-key' });
    for (const name of ['alice', 'eve']) await run('signing-key', 'create', name);
    await run('approve', '--all', '--sign-with', 'eve');
    const warning = /^warning: UNKNOWN KEY: approval \S+ is signed by key [0-9a-f]{64}, which no file of/m;
    expect((await run('status')).stderr).toMatch(warning);
    expect((await run('approve', '--key', key('c01').arn, '--sign-with', 'alice')).stderr).toMatch(warning);
    const listed = await run('list', 'decisions');
    expect(listed.stdout).toMatch(/\(UNKNOWN KEY\)/);
    const rows = (await run('list', 'decisions', '--json')).lines<{ keyArn: string; unknownKey?: true }>();
    expect(rows.find(({ keyArn }) => keyArn === key('c02').arn)).toMatchObject({ unknownKey: true });
    expect((await run('configure', '--dry-run')).stdout).toMatch(/No trusted approver signed/);
  }, 120_000);
});
