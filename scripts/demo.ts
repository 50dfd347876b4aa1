import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../sandbox/index.ts';

/**
 * The whole journey against the sandbox's lifelike account, with the documented commands. On a terminal a person
 * picks the keys; elsewhere the decisions come from demo/decisions.json.
 */
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const root = path('..');
/** Relative to the checkout, so that the commands printed can be pasted there. */
const keyturn = 'bin/keyturn';
const out = 'demo/out';
rmSync(path(`../${out}`), { recursive: true, force: true });

const sandbox = await startSandbox({
  world: 'demo',
  quotas: 'published',
  latency: { ms: 20, jitterMs: 10 },
  consistency: { rotationMs: 1500, replicaMs: 3000 },
});
const store = ['--store', `${out}/store`];
const regions = ['eu-central-1', 'eu-west-1', 'us-east-1'].flatMap((region) => ['--region', region]);
const decisions = process.stdin.isTTY && process.stdout.isTTY ? [] : ['--from', 'demo/decisions.json'];

/** Runs one command as a person would. 3 is no failure here: the account has keys that nobody may read or change. */
async function run(...args: readonly string[]): Promise<void> {
  const words = args.map((word) => (/\s/.test(word) ? `'${word}'` : word));
  console.log(`\n$ ${keyturn} ${words.join(' ')}`);
  const env = { ...process.env, ...sandbox.env };
  const child = spawn(keyturn, args, { stdio: 'inherit', cwd: root, env });
  const [code] = await once(child, 'exit');
  if (code !== 0 && code !== 3) {
    await sandbox.close();
    process.exit(typeof code === 'number' ? code : 1);
  }
}

await run('assess', ...regions, ...store);
await run('approve', ...decisions, '--reason', 'CIS 7.0, 4.6: rotation was off', ...store);
await run('configure', ...store);
await run('validate', '--wait', '30s', ...store);
await run('status', ...store);
await run('report', '--out', `${out}/report`, ...store);
await run('verify', `${out}/report`);
await sandbox.close();
console.log(`
The report: ${out}/report/report.html
The sandbox of this demo has ended, so commands that call AWS no longer work on its store. These still do:
  ${keyturn} list outcomes ${store.join(' ')}
  ${keyturn} review --read-only ${store.join(' ')}
To try the commands yourself: ${keyturn} sandbox --world demo`);
