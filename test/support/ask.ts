import { request } from 'node:http';

export interface Asked {
  readonly method?: string;
  readonly cookie?: string;
  readonly secret?: string;
  readonly body?: string;
}

/** Asks the page's server as a browser does, which finds every name under .localhost on loopback by itself. */
export async function ask(
  origin: string,
  path: string,
  { method = 'GET', cookie, secret, body }: Asked = {},
): Promise<{ status: number; text: string; cookie: string }> {
  const { host, port } = new URL(origin);
  const headers = {
    host,
    ...(cookie !== undefined && { cookie }),
    ...(secret !== undefined && { 'x-keyturn-csrf': secret }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof ask>>>();
  const sent = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const [given = ''] = answer.headers['set-cookie'] ?? [];
    answer.on('end', () =>
      resolve({ status: answer.statusCode ?? 0, text, cookie: given.split(';')[0] ?? '' }),
    );
    answer.on('error', reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** Opens the printed link. */
export async function enterAt(url: string) {
  const { origin, pathname, search } = new URL(url);
  const { status, text, cookie } = await ask(origin, `${pathname}${search}`);
  const secret = /name="keyturn-csrf" content="([\w-]+)"/.exec(text)?.[1] ?? '';
  return {
    status,
    cookie,
    secret,
    get: (path: string) => ask(origin, path, { cookie }),
    post: (path: string, body: unknown) =>
      ask(origin, path, { method: 'POST', cookie, secret, body: JSON.stringify(body) }),
  };
}
