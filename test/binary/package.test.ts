import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { temporaryDirectory } from '../support/journey.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' });

/** The files that are tracked or new, without what was built. */
function copySources(target: string): void {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of listed
    .trim()
    .split('\n')
    .filter((name) => existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(ROOT, file), join(target, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}

/** Packs a copy that was never built and installs it into an empty directory, without a network. */
function install(): string {
  const [sources, target] = [temporaryDirectory(), temporaryDirectory()];
  copySources(sources);
  npm(sources, 'pack', '--silent', '--pack-destination', target);
  const archive = readdirSync(target).find((name) => name.endsWith('.tgz')) ?? '';
  npm(target, 'install', '--offline', '--no-audit', '--no-fund', '--prefix', target, join(target, archive));
  return join(target, 'node_modules');
}

it('the package works by itself and says what is in it', { timeout: 240_000 }, async () => {
  const modules = install();
  expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['keyturn']);
  const directory = join(modules, 'keyturn');
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const sandbox = await startSandbox({ keys: [{ region: 'eu-central-1' }] });
  try {
    const cwd = temporaryDirectory();
    const env = { ...sandbox.env, PATH: process.env['PATH'], HOME: cwd };
    const keyturn = (...args: string[]) =>
      promisify(execFile)(join(modules, '.bin/keyturn'), args, { cwd, env, encoding: 'utf8' });
    expect((await keyturn('--version')).stdout).toContain(JSON.parse(read('package.json')).version);
    const { stdout } = await keyturn('assess', '--json', '--region', 'eu-central-1');
    expect(JSON.parse(stdout)).toMatchObject({ totals: { listed: 1, candidate: 1 } });
  } finally {
    await sandbox.close();
  }
  const notices = read('dist/THIRD-PARTY-NOTICES.txt');
  const { components } = JSON.parse(read('dist/sbom.cdx.json'));
  expect(components.length).toBeGreaterThan(40);
  for (const { group, name, version, hashes } of components) {
    expect(notices).toContain(`\n${group === undefined ? name : `${group}/${name}`} ${version} (`);
    expect(hashes).toHaveLength(1);
  }
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('.map'))).toEqual([]);
  expect(deadLinks(directory)).toEqual([]);
});

/** Links of the documentation to files that are not in the package. */
function deadLinks(directory: string): string[] {
  const pages = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  return pages.flatMap((page) => {
    const text = readFileSync(join(directory, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    return links
      .filter((link) => !existsSync(join(directory, dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
}
