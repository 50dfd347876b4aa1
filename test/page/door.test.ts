import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { cleanUp } from '../support/cleanup.ts';
import { candidates, FRANKFURT, startJourney } from '../support/journey.ts';
import { CHROMIUM, openView, serve } from './chromium.ts';

async function startReview() {
  const journey = await startJourney({ keys: candidates(2) });
  await journey.assess('--region', FRANKFURT);
  return { journey, ...(await serve(journey)) };
}

/** Another server of this machine, which a person was lured to. */
async function startForeign(html: string): Promise<{ origin: string; cookies: string[] }> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '');
    response.setHeader('content-type', 'text/html');
    response.end(html);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  cleanUp(() => server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cookies };
}

describe.skipIf(!CHROMIUM)('the link, in a browser', () => {
  it('opens the page once; another browser with the same link gets nothing', async () => {
    const { url, origin } = await startReview();
    const first = await openView(origin);
    await first.page.goto(url);
    await first.page
      .getByRole('link', { name: /Details of/ })
      .first()
      .waitFor();
    expect(first.page.url()).not.toContain('csrf');
    const second = await openView(origin);
    expect((await second.page.goto(url))?.status()).toBe(403);
    await second.page.goto(origin);
    await second.page.getByText('This browser was not let in').waitFor();
    await first.page.reload();
    await first.page.getByRole('button', { name: /Select all 2/ }).click();
    await first.page.getByText('2 keys selected').waitFor();
  });

  it('works from a page of another origin, as a desktop opens it; a second tab may look and not decide', async () => {
    const { url, origin } = await startReview();
    const lure = await startForeign(`<meta http-equiv="refresh" content="0;url=${url}">`);
    const { page } = await openView(origin);
    await page.goto(lure.origin);
    await page.getByRole('button', { name: /Select all 2/ }).waitFor();
    const tab = await page.context().newPage();
    await tab.goto(origin);
    await tab.getByText('This tab can only look').waitFor();
    await tab
      .getByRole('link', { name: /Details of/ })
      .first()
      .waitFor();
    expect(await tab.getByRole('button', { name: 'Approve…' }).count()).toBe(0);
  });
});

describe.skipIf(!CHROMIUM)('what a browser keeps', () => {
  it('has no worker of the page, no file of it and no secret in an address', async () => {
    const { url, origin } = await startReview();
    const { page } = await openView(origin);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    await page.getByRole('button', { name: /Select all 2/ }).waitFor();
    const secret = String(await page.evaluate("sessionStorage.getItem('keyturn-csrf')"));
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(page.url()).toBe(`${origin}/`);
    expect(asked.join()).not.toContain(secret);
    expect(await page.content()).not.toContain(secret);
    const script = asked.find((each) => each.endsWith('.js')) ?? '';
    for (const path of ['/', script, '/enter']) {
      const tried = `navigator.serviceWorker.register(${JSON.stringify(path)}).then(() => 'registered', () => 'refused')`;
      expect(await page.evaluate(tried)).toBe('refused');
    }
    expect(await page.evaluate('caches.keys().then((names) => names.length)')).toBe(0);
    const kept = `fetch(${JSON.stringify(script)}, { cache: 'only-if-cached', mode: 'same-origin' }).then(({ status }) => status, () => 'none')`;
    expect(await page.evaluate(kept)).toMatch(/^(none|504)$/);
  });
});

describe.skipIf(!CHROMIUM)('a page of another port, in the same browser', () => {
  it('can neither read, nor write, nor frame, nor write with a cookie that it came by', async () => {
    const { url, origin, journey } = await startReview();
    const { page } = await openView(origin);
    await page.goto(url);
    await page.getByRole('button', { name: /Select all 2/ }).waitFor();
    const foreign = await startForeign(`<body><iframe src="${origin}/"></iframe></body>`);
    const evil = await page.context().newPage();
    await evil.goto(foreign.origin);
    const tried = await evil.evaluate(`(async () => {
      const ask = (path, init) => fetch('${origin}' + path, { credentials: 'include', ...init })
        .then(async (answer) => answer.status + ' ' + (await answer.text()), () => 'failed');
      const blind = (path) => fetch('${origin}' + path, { credentials: 'include', mode: 'no-cors', method: 'POST', body: '{}' })
        .then((answer) => answer.type, () => 'failed');
      return [
        await ask('/api/findings'),
        await ask('/api/selections', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
        await blind('/api/end'),
      ];
    })()`);
    expect(tried).toEqual(['failed', 'failed', expect.stringMatching(/opaque|failed/)]);
    const [, frame] = evil.frames();
    expect(await frame?.evaluate('document.getElementById("page")').catch(() => null)).toBeNull();
    expect(foreign.cookies.join('')).toBe('');
    // Cookies know no ports: who knows the name gets it, and it is not enough.
    await evil.goto(foreign.origin.replace('127.0.0.1', new URL(origin).hostname));
    const cookie = foreign.cookies.find((each) => each.includes('keyturn='));
    expect(cookie).toBeDefined();
    const write = await ask(origin, '/api/selections', { method: 'POST', cookie: cookie ?? '', body: '{}' });
    expect([write.status, write.text]).toEqual([403, expect.stringContaining('no-csrf')]);
    await page.reload();
    await page.getByRole('button', { name: /Select all 2/ }).waitFor();
    expect(
      (await journey.run('status', '--json')).json<{ outcomes: { pending: number } }>().outcomes.pending,
    ).toBe(0);
  });
});
