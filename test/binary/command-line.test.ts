import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, type Journey, startJourney } from '../support/journey.ts';
import { EXECUTABLE } from '../support/keyturn.ts';

/** Runs a line of shell as a person types it, `keyturn` being on PATH. */
async function shell({ cwd, sandbox }: Journey, line: string) {
  const bin = join(cwd, 'bin');
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(EXECUTABLE, join(bin, 'keyturn'));
  }
  const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: cwd, ...sandbox.env };
  const child = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

const nextOf = (text: string): string => /^Next: (.*)$/m.exec(text)?.[1] ?? '';

describe.concurrent('the next command', () => {
  it('is the same in configure, validate, status and rollouts, until all is done', async () => {
    const journey = await startJourney({ keys: candidates(3) });
    const { run } = journey;
    const store = ['--store', "a person's store"];
    await run('assess', ...store);
    const ends = [await run('approve', '--all', ...store)];
    ends.push(await run('configure', '--limit', '1', ...store));
    ends.push(await run('validate', '--wait', '1s', ...store));
    const status = await run('status', ...store);
    for (const { stdout } of ends) expect(nextOf(stdout)).toBe(nextOf(status.stdout));
    expect(nextOf(status.stdout)).toMatch(/ configure --rollout \S+ --store 'a person'\\''s store'$/);
    await run('configure', ...store);
    const validated = await run('validate', '--wait', '1s', ...store);
    expect(nextOf(validated.stdout)).toContain(' report --out report-');
    const report = await shell(journey, nextOf(validated.stdout));
    expect(report).toMatchObject({ code: EXIT.done, stderr: '' });
  });

  it('calls Keyturn as it was called', async () => {
    const journey = await startJourney({ keys: candidates(1) });
    await journey.run('assess');
    expect(nextOf((await shell(journey, 'keyturn status')).stdout)).toMatch(/^keyturn approve /);
    expect(nextOf((await shell(journey, './bin/keyturn status')).stdout)).toMatch(
      /^\.\/bin\/keyturn approve /,
    );
    expect(nextOf((await shell(journey, `"$PWD/bin/keyturn" status`)).stdout)).toMatch(
      /^(keyturn|\/.*\/bin\/keyturn) approve /,
    );
    const { stderr: advised } = await shell(journey, 'keyturn status --rollout nope');
    expect(advised).toMatch(/List the rollouts with: keyturn rollouts\n$/);
  });

  it('after an interrupted assessment resumes it', async () => {
    const journey = await startJourney({ keys: candidates(2), latency: { ms: 300 } });
    const { child, ended } = journey.start('assess');
    child.stderr?.once('data', () => child.kill('SIGINT'));
    expect((await ended).code).toBe(130);
    const { stdout, code } = await journey.run('status');
    expect(code).toBe(EXIT.incomplete);
    expect(nextOf(stdout)).toMatch(/ assess --resume --rollout \S+$/);
  });

  it('after a refused configure is approve, and no option of approve', async () => {
    const { run } = await startJourney({ keys: candidates(1) });
    await run('assess');
    const { stderr, code } = await run('configure');
    expect(code).toBe(EXIT.refused);
    expect(stderr).toMatch(/No key of this rollout is approved.*Approve keys with: \S*keyturn approve/);
    expect(stderr).not.toContain('--all');
  });
});

describe.concurrent('standard output', () => {
  it('that is closed early keeps the exit code that the work earned', async () => {
    const journey = await startJourney({ keys: candidates(3) });
    await journey.run('assess');
    for (const command of ['list findings --json', 'status', 'rollouts --json', '--help']) {
      const { stdout, stderr } = await shell(
        journey,
        `keyturn ${command} | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}`,
      );
      expect({ stdout, stderr }, command).toEqual({ stdout: '0\n', stderr: '' });
    }
  });

  it.skipIf(!existsSync('/dev/full'))('that is full is an error with a message', async () => {
    const journey = await startJourney({ keys: candidates(1) });
    await journey.run('assess');
    for (const command of ['status', 'status --json', 'list findings --csv', 'rollouts', '--help']) {
      const { code, stderr } = await shell(journey, `keyturn ${command} > /dev/full`);
      expect(code, command).toBe(EXIT.failed);
      expect(stderr, command).toMatch(/^error: Standard output could not be written: ENOSPC.*\n$/);
    }
  });
});

describe.concurrent('approve', () => {
  it('says what is wrong with a file or a key before it shows the plan', async () => {
    const { run, write } = await startJourney({ keys: candidates(1) });
    await run('assess');
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/nowhere';
    write('wrong.csv', `keyArn,decision\n${arn},approve\n`);
    for (const args of [
      ['--from', 'nowhere.csv'],
      ['--from', 'wrong.csv'],
      ['--key', arn],
    ]) {
      const { code, stdout, stderr } = await run('approve', ...args);
      expect({ code, stdout }, args[1]).toEqual({ code: EXIT.badInput, stdout: '' });
      expect(stderr).toMatch(/^error: /);
    }
  });

  it('cuts a long list of problems, and has all in JSON', async () => {
    const { run } = await startJourney({ keys: candidates(1) });
    await run('assess');
    const keys = Array.from({ length: 60 }, (_, n) => [
      '--key',
      `arn:aws:kms:eu-central-1:111122223333:key/${n}`,
    ]);
    const { stderr } = await run('approve', ...keys.flat());
    expect(stderr).toContain('… and 40 more.');
    expect(stderr.split('\n')).toHaveLength(24);
    const { json } = await run('approve', ...keys.flat(), '--json');
    expect(json<{ error: { problems: string[] } }>().error.problems).toHaveLength(60);
  });
});

describe.concurrent('other commands', () => {
  it('take the beginning of a rollout’s id, if it is of one rollout only', async () => {
    const { assess, run } = await startJourney({ keys: candidates(1) });
    const { rollout } = await assess();
    await assess();
    expect((await run('status', '--json', '--rollout', rollout.slice(0, -1))).json()).toMatchObject({
      rollout,
    });
    const { code, stderr } = await run('status', '--rollout', rollout.slice(0, 4));
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toMatch(/2 rollouts begin with/);
  });

  it('make a public key that others can read', async () => {
    const { run, cwd } = await startJourney();
    await run('signing-key', 'create', 'alice');
    const modes = ['alice', 'alice.pub'].map((name) => statSync(join(cwd, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o644]);
  });

  it('say what is wrong with a sandbox in one line', async () => {
    const { run } = await startJourney();
    const { stderr, code } = await run('sandbox', '--world', 'moon');
    expect(code).toBe(EXIT.badInput);
    expect(stderr).not.toContain('\\n');
  });
});
