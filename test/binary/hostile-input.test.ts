import { beforeAll, describe, expect, it } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';

const MIB = 1024 * 1024;
const ALIASES = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, n) => `${name}: &${name} [${`*${'abcdefghij'[n]},`.repeat(9)}]`).join('\n')}\n`;

/** By what is hostile in it, a text; `head` is what would have to come first. */
const texts = (head: string): Record<string, string> => ({
  'a MiB of closing brackets': `${head}${']'.repeat(MIB - head.length)}`,
  'lists without end': `${head}${'['.repeat(100_000)}`,
  'a huge number': `${head}${'9'.repeat(400_000)}`,
  'aliases that multiply': ALIASES,
});

/** Wall clock on a machine that does other things too; alone it takes a tenth. */
const SOON_MS = 10_000;

describe('a hostile file', () => {
  let journey: Journey;
  beforeAll(async () => {
    journey = await startJourney({ keys: [{ region: 'eu-central-1', description: 'key' }] });
    await journey.run('assess');
  }, 60_000);

  const cases = [
    {
      what: 'keyturn.yaml',
      head: 'store: ',
      name: 'hostile.yaml',
      args: ['status', '--config', 'hostile.yaml'],
    },
    { what: 'decisions in YAML', head: '- keyArn: ', name: 'd.yaml', args: ['approve', '--from', 'd.yaml'] },
    { what: 'decisions in JSON', head: '[', name: 'd.json', args: ['approve', '--from', 'd.json'] },
    {
      what: 'a plan',
      head: '{"schema":',
      name: 'p.json',
      args: ['approve', '--plan', 'p.json', '--out', 'o', '--all'],
    },
    { what: 'an approval', head: '{"payload":', name: 'a.json', args: ['approve', '--import', 'a.json'] },
  ].flatMap(({ head, ...rest }) =>
    Object.entries(texts(head)).map(([hostile, text]) => ({ ...rest, hostile, text })),
  );

  it.each(cases)(
    '$what with $hostile: exit code 2, one clear message, soon',
    async ({ name, text, args }) => {
      journey.write(name, text);
      const begun = performance.now();
      const { code, stdout, stderr } = await journey.run(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^error: /m);
      expect(stderr).not.toMatch(/unexpectedly|Maximum call stack|heap/);
      expect(stderr.length).toBeLessThan(8000);
      expect(performance.now() - begun).toBeLessThan(SOON_MS);
    },
  );
});
