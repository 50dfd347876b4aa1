import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { forHtml } from '../report/escape.ts';

const STYLE =
  ':root{color-scheme:light dark}body{max-width:36rem;margin:15vh auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Whether a person asked, by an address or a link; the page's own requests ask for data. */
export const isForPerson = ({ req }: Context): boolean =>
  req.method === 'GET' && (req.path === '/enter' || (req.header('accept') ?? '').includes('text/html'));

/** An error as a page to read: what is wrong and what to do. */
export function errorPage(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 502,
  { message, fix }: { readonly message: string; readonly fix: string },
): Response {
  context.header('content-security-policy', `default-src 'none'; style-src 'sha256-${STYLE_HASH}'`);
  return context.html(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Keyturn review</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Keyturn review</h1>
<p><strong>${forHtml(message)}</strong></p>
<p>${forHtml(fix)}</p>
</main>
</body>
</html>
`,
    status,
  );
}
