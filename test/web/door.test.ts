import type { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { ADDRESS, enter, errorCode, ORIGIN, openWorld, request } from './world.ts';

const PATHS = [
  'overview',
  'findings',
  'groups?by=region',
  'finding',
  'progress',
  'report',
  'evidence',
  'nothing',
];

describe('the link', () => {
  it('lets one browser in: a cookie that no script reads and no other site sends, and a secret for this tab', async () => {
    const world = await openWorld();
    const { answer, csrf, get } = await enter(world);
    expect(answer.status).toBe(200);
    expect(csrf).toMatch(/^[\w-]+$/);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^keyturn=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect((await get('/api/findings')).status).toBe(200);
  });

  it('opens nothing the second time, whoever comes', async () => {
    const world = await openWorld();
    const { cookie } = await enter(world);
    for (const headers of [{}, { cookie }]) {
      const again = await request(world.app, world.entry, { headers });
      expect(again.status).toBe(403);
      expect(again.headers.getSetCookie()).toEqual([]);
      expect(await again.text()).not.toContain('secret');
    }
  });

  it('is not used up by a look ahead, a HEAD, a guess or another site', async () => {
    const world = await openWorld();
    const { app, entry } = world;
    const wrong = [
      request(app, entry, { method: 'HEAD' }),
      request(app, entry, { headers: { 'sec-purpose': 'prefetch;prerender' } }),
      request(app, entry, { headers: { 'sec-fetch-dest': 'iframe' } }),
      request(app, entry, { headers: { 'sec-fetch-dest': 'empty' } }),
      request(app, entry, { method: 'POST' }),
      request(app, '/enter?token=guess'),
      request(app, '/enter'),
      request(app, entry, { headers: { host: 'evil.example:7000' } }),
    ];
    for (const answer of await Promise.all(wrong)) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await enter(world)).answer.status).toBe(200);
  });
});

describe('a person who is turned away', () => {
  const accept = 'text/html,application/xhtml+xml';
  const ask = async (path: string, headers: Record<string, string> = {}, app?: Hono) => {
    const answer = await request(app ?? (await openWorld()).app, path, { headers: { accept, ...headers } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    return { status: answer.status, html: await answer.text() };
  };

  it('reads a page: the link was used, and how to go on', async () => {
    const world = await openWorld();
    await enter(world);
    const { status, html } = await ask(world.entry, {}, world.app);
    expect(status).toBe(403);
    expect(html).toMatch(/This link was already used.*Go to the tab that it opened/s);
    expect(html).not.toContain('"error"');
  });

  it('reads one for every other reason, too', async () => {
    expect(await ask('/api/report')).toMatchObject({
      status: 401,
      html: expect.stringContaining('no access'),
    });
    expect(await ask('/nothing')).toMatchObject({ status: 404 });
    const forwarded = await ask('/', { host: '127.0.0.1:9999' });
    expect(forwarded.status).toBe(421);
    expect(forwarded.html).toContain('ssh -L 7000:127.0.0.1:7000 HOST');
  });

  it('sees nothing that the address brings along', async () => {
    const { html } = await ask('/enter?token=<script>');
    expect(html).not.toContain('script');
  });
});

describe('without the cookie', () => {
  it('every path under /api/ answers 401, whatever the method', async () => {
    const { app } = await openWorld();
    for (const path of PATHS) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const answer = await request(app, `/api/${path}`, { method });
        expect([path, method, answer.status]).toEqual([path, method, 401]);
        expect(await errorCode(answer)).toBe('no-session');
      }
    }
    expect((await request(app, '/api')).status).toBe(401);
  });

  it('a cookie of another port or another value is none', async () => {
    const world = await openWorld();
    const { cookie } = await enter(world);
    const value = cookie.split('=')[1];
    for (const other of ['keyturn=', 'keyturn=x', `keyturn-7000=${value}`, `${cookie}x`]) {
      expect((await request(world.app, '/api/findings', { headers: { cookie: other } })).status).toBe(401);
    }
  });

  it('a file of the page can be had, and nothing beside it', async () => {
    const { app } = await openWorld();
    expect((await request(app, '/')).status).toBe(200);
    expect((await request(app, '/assets/a-1.js')).status).toBe(200);
    for (const path of [
      '/../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/index.html',
      '/assets/',
      '/etc/passwd',
      '//etc/passwd',
    ]) {
      const answer = await app.request(new Request(`${ORIGIN}${path}`, { headers: { host: ADDRESS } }));
      expect([path, await answer.text()]).not.toEqual([path, expect.stringContaining('keyturn"')]);
      expect(path === '/assets/%2e%2e/index.html' || answer.status === 404).toBe(true);
    }
  });
});

describe('another name or another page', () => {
  it('is refused by Host, for the page and the data alike', async () => {
    const world = await openWorld();
    const { get } = await enter(world);
    for (const host of [
      'evil.example',
      'evil.example:7000',
      'localhost:7000',
      'other.localhost:7000',
      'a.name.localhost:7000',
      'NAME.localhost:7000',
      'name.localhost:7001',
      'name.localhost',
      '127.0.0.1:7000',
      '127.0.0.1',
      '[::1]:7000',
    ]) {
      expect((await get('/api/findings', { host })).status).toBe(421);
      for (const path of ['/', '/assets/a-1.js', world.entry]) {
        const answer = await request(world.app, path, { headers: { host, accept: 'text/html' } });
        expect(answer.status).toBe(421);
        expect(await answer.text()).not.toMatch(/name\.localhost|secret/);
      }
    }
  });

  it('is refused by Origin and by Sec-Fetch-Site', async () => {
    const { get, post } = await enter(await openWorld());
    for (const origin of [
      'http://evil.example',
      'null',
      'http://name.localhost:7001',
      'https://name.localhost:7000',
      'http://localhost:7000',
      'http://127.0.0.1:7000',
    ]) {
      expect((await get('/api/findings', { origin })).status).toBe(403);
      expect((await post('/api/selections', {}, { origin })).status).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await get('/api/findings', { 'sec-fetch-site': site })).status).toBe(403);
    }
  });
});

describe('a write', () => {
  it('needs the secret beside the cookie', async () => {
    const { post } = await enter(await openWorld());
    for (const path of ['selections', 'selections/x/changes', 'confirmations', 'confirmations/x', 'end']) {
      for (const secret of ['', 'wrong']) {
        const answer = await post(`/api/${path}`, {}, { 'x-keyturn-csrf': secret });
        expect([answer.status, await errorCode(answer)]).toEqual([403, 'no-csrf']);
      }
    }
  });

  it('is JSON, and not more than there can be', async () => {
    const { post } = await enter(await openWorld());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await post('/api/selections', '{}', { 'content-type': type })).status).toBe(415);
    }
    expect((await post('/api/confirmations', 'no json')).status).toBe(400);
    const large = await post('/api/confirmations', `{"selection":"${'x'.repeat(600_000)}"}`);
    expect([large.status, await errorCode(large)]).toEqual([413, 'too-large']);
  });

  it('is refused where the page is for looking only, and reading is not', async () => {
    const { get, post } = await enter(await openWorld({ readOnly: true }));
    for (const path of ['selections', 'selections/x/changes', 'confirmations', 'confirmations/x']) {
      const answer = await post(`/api/${path}`, {});
      expect([answer.status, await errorCode(answer)]).toEqual([403, 'read-only']);
    }
    expect((await get('/api/findings')).status).toBe(200);
  });
});

describe('every answer', () => {
  it('forbids what is inline or from elsewhere, frames, sniffing and keeping', async () => {
    const world = await openWorld();
    const { get } = await enter(world);
    const answers = [
      await request(world.app, '/'),
      await request(world.app, '/assets/a-1.js'),
      await get('/api/findings'),
      await get('/api/nothing'),
      await request(world.app, '/api/findings'),
      await request(world.app, '/', { headers: { host: 'evil.example' } }),
    ];
    for (const { headers } of answers) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).toContain("worker-src 'none'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('service-worker-allowed')).toBeNull();
    }
  });

  it('says nothing of the inside when something fails', async () => {
    const world = await openWorld();
    const { get } = await enter(world);
    vi.spyOn(world.host.review, 'page').mockRejectedValue(new Error('secret path /home/someone'));
    const answer = await get('/api/findings');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/secret|home|at .*\.ts/);
    expect(world.unexpected).toHaveLength(1);
  });
});

describe('too many requests', () => {
  it('are turned away, and those who were not let in leave the page its share', async () => {
    const world = await openWorld();
    const { get } = await enter(world);
    const guesses = Array.from({ length: 80 }, () => request(world.app, '/enter?token=guess'));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses).toContain(429);
    expect((await get('/api/findings')).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 320 }, () => get('/api/nothing')));
    expect(many.map(({ status }) => status)).toContain(429);
    await world.clock.sleep(1000);
    expect((await get('/api/findings')).status).toBe(200);
  });
});

describe('the server', () => {
  it('ends when the page is done with', async () => {
    const world = await openWorld();
    const { post } = await enter(world);
    expect((await post('/api/end', {})).status).toBe(200);
    expect(world.ended).toEqual(['done']);
  });

  it('ends when nobody asks for anything, and not before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const world = await openWorld({ idleMs: 1000 });
      const { get } = await enter(world);
      vi.advanceTimersByTime(900);
      await get('/api/overview');
      vi.advanceTimersByTime(900);
      // Knocking at the door is no use of the page.
      await request(world.app, '/api/findings');
      expect(world.ended).toEqual([]);
      vi.advanceTimersByTime(200);
      expect(world.ended).toEqual(['idle']);
    } finally {
      vi.useRealTimers();
    }
  });
});
