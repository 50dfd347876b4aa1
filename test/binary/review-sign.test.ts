import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enterAt } from '../support/ask.ts';
import { candidates, EXIT, type Journey, startJourney, until } from '../support/journey.ts';
import type { Decision } from '../support/shapes.ts';
import { hasTerminal, onTerminal, type Step } from '../support/terminal.ts';

const ENTER = '\r';

/** A review on a terminal, with a desktop whose browser writes down what it is given. */
async function startReview(steps: readonly Step[]) {
  const journey = await startJourney({ keys: candidates(3) });
  await journey.assess();
  await journey.run('signing-key', 'create', 'alice');
  const bin = join(journey.cwd, 'bin');
  mkdirSync(bin);
  const browser = join(bin, 'xdg-open');
  writeFileSync(
    browser,
    `#!/bin/sh\nenv > ${journey.cwd}/env\ncp "$1" ${journey.cwd}/tmp.html\nmv ${journey.cwd}/tmp.html ${journey.cwd}/open.html\n`,
  );
  chmodSync(browser, 0o755);
  const env = { PATH: `${bin}:${process.env['PATH']}`, KEYTURN_KEY_PASSPHRASE: 'not for a browser' };
  const ended = onTerminal(journey, ['review', '--sign-with', 'alice'], steps, env);
  const link = join(journey.cwd, 'open.html');
  await Promise.race([until(() => existsSync(link), 'the browser was started'), ended]);
  const url = /url=([^"]+)"/.exec(journey.read('open.html'))?.[1] ?? '';
  return { journey, ended, page: await enterAt(url) };
}

type Page = Awaited<ReturnType<typeof enterAt>>;

/** What a script in the page can do: everything, up to typing the number there. */
async function approveAll({ post }: Page) {
  const ask = async (path: string, body: unknown) => JSON.parse((await post(`/api/${path}`, body)).text);
  const { selection } = await ask('selections', {});
  await ask(`selections/${selection}/changes`, { kind: 'matching', on: true, filter: {} });
  const { confirmation, keys } = await ask('confirmations', { selection, decision: 'approve' });
  return post(`/api/confirmations/${confirmation}`, { typed: String(keys) });
}

const approved = async ({ run }: Journey) =>
  (await run('list', 'decisions', '--json', '--decision', 'approve')).lines<Decision>();

describe.skipIf(!hasTerminal)('review --sign-with', () => {
  it('signs nothing that is not confirmed in the terminal, and its browser gets no secret', async () => {
    const asks = 'Type 3 to sign';
    const { journey, ended, page } = await startReview([
      { expect: asks, send: ENTER },
      { expect: 'Refused', send: '' },
      { expect: asks, send: `3${ENTER}` },
    ]);
    expect((await approveAll(page)).status).toBe(403);
    expect(await approved(journey)).toEqual([]);
    expect((await approveAll(page)).status).toBe(201);
    expect(await approved(journey)).toHaveLength(3);
    await page.post('/api/end', {});
    const { output, code } = await ended;
    expect(code, output).toBe(EXIT.done);
    expect(output).toContain('The page asks for your signature: approve 3 keys');
    for (const name of ['c01', 'c02', 'c03']) expect(output).toContain(journey.key(name).arn);
    expect(journey.read('env')).toMatch(/^HOME=/m);
    expect(journey.read('env')).not.toMatch(/AWS_|KEYTURN_|not for a browser/);
  });

  it('needs a terminal', async () => {
    const { assess, run } = await startJourney({ keys: candidates(1) });
    await assess();
    await run('signing-key', 'create', 'alice');
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await run('review', '--no-open', '--sign-with', 'alice', ...more);
      expect(code).toBe(EXIT.badInput);
      expect(stdout + stderr).toMatch(/review --sign-with needs a terminal/);
    }
  });
});
