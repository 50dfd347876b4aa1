import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { edited, sealed } from '../evidence/forge.ts';
import { candidates, EXIT, type Journey, startJourney } from '../support/journey.ts';
import { CHECKER, hasPython, withoutPython } from '../support/python.ts';
import type { ErrorDocument } from '../support/shapes.ts';

const TAMPERED = 5;
const modeOf = (path: string) => statSync(path).mode & 0o777;

interface Verified {
  readonly ok: boolean;
  readonly signedBy: string | null;
  readonly proved: readonly string[];
  readonly notProved: readonly string[];
  readonly error: { readonly code: string; readonly where: string; readonly message: string };
}

/** A rollout to its end, with its evidence in `report`; signed where there is a key. */
async function reported(key?: string): Promise<Journey> {
  const journey = await startJourney({ keys: candidates(2) });
  if (key !== undefined) await journey.run('signing-key', 'create', key);
  const sign = key === undefined ? [] : ['--sign-with', key];
  await journey.assess();
  expect((await journey.run('approve', '--all', ...sign)).code).toBe(EXIT.done);
  await journey.run('configure');
  await journey.run('validate', '--wait', '5s');
  expect((await journey.run('report', '--out', 'report', ...sign)).code).toBe(EXIT.done);
  return journey;
}

const filesOf = ({ cwd }: Journey, name: string): Map<string, Buffer> =>
  new Map(readdirSync(join(cwd, name)).map((file) => [file, readFileSync(join(cwd, name, file))]));

describe.concurrent('keyturn verify', () => {
  it('is content with good evidence, and says what it does not prove', async () => {
    const { run } = await reported();
    const { code, stdout, stderr } = await run('verify', 'report');
    expect({ code, stderr }).toEqual({ code: EXIT.done, stderr: '' });
    expect(stdout).toMatch(/^The evidence is consistent\..*Proved:.*Not proved:.*not signed/s);
    const { ok, signedBy, proved, notProved } = (await run('verify', 'report', '--json')).json<Verified>();
    expect({ ok, signedBy }).toEqual({ ok: true, signedBy: null });
    expect(proved.length * notProved.length).toBeGreaterThan(0);
  });

  it('needs neither a store nor credentials', async () => {
    const { runWith, cwd } = await reported();
    rmSync(join(cwd, '.keyturn'), { recursive: true });
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    expect((await runWith(none, 'verify', 'report')).code).toBe(EXIT.done);
    expect(existsSync(join(cwd, '.keyturn'))).toBe(false);
  });

  it('exits with 5 where something was changed, and names it', async () => {
    const { run, cwd } = await reported();
    appendFileSync(join(cwd, 'report', 'report.md'), 'All is well.\n');
    const { code, stdout, stderr } = await run('verify', 'report');
    expect({ code, stdout }).toEqual({ code: TAMPERED, stdout: '' });
    expect(stderr).toMatch(/evidence-file-changed: report\.md/);
    expect(stderr).toMatch(
      /1 file is not what the manifest names: report\.md\. Unchanged: \d+ of \d+ files\./,
    );
    const asJson = await run('verify', 'report', '--json');
    expect(asJson.code).toBe(TAMPERED);
    expect(asJson.json()).toMatchObject({
      ok: false,
      error: { code: 'evidence-file-changed', where: 'report.md' },
    });
  });

  it('exits with 5 where a link or a directory lies among the files, and follows none', async () => {
    const { run, cwd } = await reported();
    symlinkSync('/dev/zero', join(cwd, 'report', 'zero'));
    const { code, json } = await run('verify', 'report', '--json');
    expect(code).toBe(TAMPERED);
    expect(json<Verified>().error).toMatchObject({ code: 'evidence-file-extra', where: 'zero' });
  });

  // macOS has no such names.
  it.skipIf(process.platform === 'darwin')(
    'exits with 5 where a file has a name that is no text, and prints it harmlessly',
    async () => {
      const { run, cwd } = await reported();
      writeFileSync(
        Buffer.concat([Buffer.from(join(cwd, 'report/')), Buffer.from('\xff\x1b[31m', 'latin1')]),
        '',
      );
      const { code, stderr } = await run('verify', 'report');
      expect(code).toBe(TAMPERED);
      expect(stderr).toMatch(/^error: evidence-file-extra: /);
      expect(stderr).not.toContain('\x1b');
    },
  );

  it('exits with 3 if prose of another version was not rendered anew, and with 5 if its data is false', async () => {
    const journey = await reported();
    const { run, cwd } = journey;
    const files = filesOf(journey, 'report');
    const seal = (name: string, from: string, to: string) => {
      const lying = edited(files, name, (text) => text.replace(from, to));
      const forged = sealed(lying, (manifest) => ({ ...manifest, keyturnVersion: '9.9.9' }));
      for (const [file, bytes] of forged) writeFileSync(join(cwd, 'report', file), bytes);
    };
    seal('report.md', 'enabled', 'disabled');
    const { code, stdout } = await run('verify', 'report');
    expect(code).toBe(EXIT.incomplete);
    expect(stdout).toMatch(/^The data is consistent\. Not rendered anew: report\.md\. Rollout/);
    const asJson = await run('verify', 'report', '--json');
    expect(asJson.code).toBe(EXIT.incomplete);
    expect(asJson.json()).toMatchObject({ ok: false, consistent: 'data', notRendered: ['report.md'] });
    seal('outcomes.csv', 'applied', 'failed');
    expect((await run('verify', 'report', '--json')).json()).toMatchObject({
      ok: false,
      error: { code: 'evidence-report', where: 'outcomes.csv' },
    });
  });

  it('exits with 2 where there is no evidence', async () => {
    const { run, write } = await startJourney();
    write('a-file', 'x');
    for (const args of [['verify'], ['verify', 'missing'], ['verify', '.'], ['verify', 'a-file']]) {
      expect((await run(...args)).code, args.join(' ')).toBe(EXIT.badInput);
    }
    write('no-key', 'x');
    const { code, json } = await run('verify', '.', '--trust', 'no-key', '--json');
    expect(code).toBe(EXIT.badInput);
    expect(json<ErrorDocument>().error.code).toBe('input-key');
  });

  it('with --trust requires the signatures of those keys', async () => {
    const { run, cwd } = await reported('key');
    await run('signing-key', 'create', 'stranger');
    const verify = (...args: string[]) => run('verify', 'report', '--json', ...args);
    const good = await verify('--trust', 'key.pub');
    expect(good.code).toBe(EXIT.done);
    expect(good.json<Verified>().signedBy).toMatch(/^[0-9a-f]{64}$/);
    const strange = await verify('--trust', 'stranger.pub');
    expect(strange.code).toBe(TAMPERED);
    expect(strange.json<Verified>().error.code).toBe('evidence-untrusted');
    expect((await verify('--trust', 'stranger.pub', '--trust', 'key.pub')).code).toBe(EXIT.done);
    rmSync(join(cwd, 'report', 'bundle.dsse.json'));
    expect((await verify()).code).toBe(EXIT.done);
    expect((await verify('--trust', 'key.pub')).json<Verified>().error.code).toBe('evidence-untrusted');
  });
});

describe.concurrent('the evidence on disk', () => {
  it('is its owner’s alone, and the same to the byte when it is made twice, signed or not', async () => {
    const journey = await reported('key');
    await journey.run('report', '--out', 'again', '--sign-with', 'key');
    expect(filesOf(journey, 'again')).toEqual(filesOf(journey, 'report'));
    for (const file of filesOf(journey, 'report').keys()) {
      expect(modeOf(join(journey.cwd, 'report', file)), file).toBe(0o600);
    }
    const unsigned = await journey.run('report', '--out', 'again');
    expect(unsigned.code).toBe(EXIT.badInput);
    expect(unsigned.stderr).toMatch(/holds a signed report/);
    expect(filesOf(journey, 'again')).toEqual(filesOf(journey, 'report'));
  });

  const hasSums = spawnSync('sha256sum', ['--version']).status === 0;
  it.skipIf(!hasSums)(
    `is what sha256sum -c expects${hasSums ? '' : ' (skipped: no sha256sum)'}`,
    async () => {
      const { cwd } = await reported();
      const check = () =>
        spawnSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: join(cwd, 'report') });
      expect(check().status).toBe(0);
      appendFileSync(join(cwd, 'report', 'journal.jsonl'), '\n');
      expect(check().status).toBe(1);
    },
  );

  it.skipIf(!hasPython)(`is what docs/verify_evidence.py expects${withoutPython}`, async () => {
    const { cwd } = await reported('key');
    const check = () => spawnSync('python3', [CHECKER, 'report'], { cwd, encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0, stderr: '' });
    rmSync(join(cwd, 'report', 'plan.jsonl'));
    expect(check()).toMatchObject({ status: TAMPERED, stdout: '' });
    expect(check().stderr).toMatch(/^evidence-file-missing: plan\.jsonl/);
  });
});

describe.concurrent('keyturn signing-key create', () => {
  it('makes a key that only its owner may read, and overwrites nothing', async () => {
    const { run, cwd, read } = await startJourney();
    const { code, json } = await run('signing-key', 'create', 'key', '--json');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ keyid: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(modeOf(join(cwd, 'key'))).toBe(0o600);
    expect(read('key')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(read('key.pub')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    const before = read('key');
    const again = await run('signing-key', 'create', 'key', '--json');
    expect(again.code).toBe(EXIT.badInput);
    expect(again.json<ErrorDocument>().error.code).toBe('input-key');
    writeFileSync(join(cwd, 'other.pub'), 'mine');
    expect((await run('signing-key', 'create', 'other')).code).toBe(EXIT.badInput);
    expect([read('key'), read('other.pub'), existsSync(join(cwd, 'other'))]).toEqual([before, 'mine', false]);
  });

  it('encrypts with a passphrase, without which nothing is signed', async () => {
    const { run, runWith, assess, read, cwd } = await startJourney({ keys: candidates(1) });
    const secret = { KEYTURN_KEY_PASSPHRASE: 'correct horse' };
    expect((await runWith(secret, 'signing-key', 'create', 'key', '--passphrase')).code).toBe(EXIT.done);
    expect(read('key')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    await assess();
    for (const env of [{}, { KEYTURN_KEY_PASSPHRASE: 'wrong' }]) {
      const { code, json, stderr } = await runWith(env, 'approve', '--all', '--sign-with', 'key', '--json');
      expect(code).toBe(EXIT.badInput);
      expect(json<ErrorDocument>().error.code).toBe('input-key');
      expect(stderr).not.toContain('wrong');
    }
    expect((await run('configure')).code).toBe(EXIT.refused);
    expect((await runWith(secret, 'approve', '--all', '--sign-with', 'key')).code).toBe(EXIT.done);
    expect((await runWith(secret, 'report', '--out', 'report', '--sign-with', 'key')).code).toBe(EXIT.done);
    expect((await run('verify', 'report', '--trust', 'key.pub')).code).toBe(EXIT.done);
    for (const file of readdirSync(join(cwd, 'report')))
      expect(read(join('report', file))).not.toContain('horse');
  });
});
