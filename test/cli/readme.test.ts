import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('what a new user pastes', () => {
  it('from the page of the sandbox is what the sandbox needs', async () => {
    const sandbox = await startSandbox();
    const page = read('docs/sandbox.md');
    for (const [name, value] of Object.entries(sandbox.env)) {
      const shown = name === 'AWS_ENDPOINT_URL' ? 'http://127.0.0.1:4570' : value;
      expect(page).toContain(`    export ${name}=${shown}\n`);
    }
    await sandbox.close();
  });

  it('from the README calls the executable of the checkout', () => {
    const readme = read('README.md');
    expect(readme.match(/^(\$|Next:) keyturn /gm)).toBeNull();
    expect(readme).toContain('export PATH="$PWD/bin:$PATH"');
  });
});
