import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sealPage } from '../../scripts/seal-page.ts';

const HTML = `<link rel="icon" href="data:," />
<script type="module" crossorigin src="/assets/a.js"></script>
<link rel="stylesheet" crossorigin href="/assets/a.css">`;
const FILES = new Map([
  ['assets/a.js', 'run()'],
  ['assets/a.css', 'a{}'],
]);

it('a page names the digest of each of its files, so that a browser runs no other', () => {
  const sealed = sealPage(HTML, (path) => FILES.get(path));
  for (const [path, content] of FILES) {
    const digest = createHash('sha384').update(content).digest('base64');
    expect(sealed).toContain(`"/${path}" integrity="sha384-${digest}"`);
  }
  expect(sealed).toContain('href="data:," />');
  expect(() => sealPage(HTML, () => undefined)).toThrow('there is no assets/a.js');
});
