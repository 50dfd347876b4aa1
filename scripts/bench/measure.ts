import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const KEYTURN = path('../../dist/keyturn.js');

/** What one command cost: seconds of wall, seconds of CPU, MB at the most. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly output: string;
}

export interface OperationCount {
  readonly calls: number;
  readonly codes: Readonly<Record<string, number>>;
}

/** A sandbox in a process of its own, so that what it does is not charged to what is measured. */
export class RemoteSandbox {
  readonly #child: ChildProcess;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor(child: ChildProcess, url: string, env: Record<string, string>) {
    this.#child = child;
    this.url = url;
    this.env = env;
  }

  static async start(settings: object): Promise<RemoteSandbox> {
    const child = spawn(process.execPath, [path('./serve.ts'), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const { url, env } = JSON.parse(String(line));
    return new RemoteSandbox(child, url, env);
  }

  async counts(): Promise<Record<string, OperationCount>> {
    const answer = await fetch(`${this.url}/_sandbox/counts`);
    const { operations } = (await answer.json()) as { operations: Record<string, OperationCount> };
    return operations;
  }

  /** Seconds from the first call's arrival to the last answer: the work without the start-up. */
  async span(): Promise<number> {
    const log = (await (await fetch(`${this.url}/_sandbox/log`)).json()) as Logged;
    const calls = Array.isArray(log) ? log : log.log;
    const begun = Math.min(...calls.map(({ startedAt }) => startedAt));
    const ended = Math.max(...calls.map(({ endedAt = 0 }) => endedAt));
    return (ended - begun) / 1000;
  }

  async clear(): Promise<void> {
    await fetch(`${this.url}/_sandbox/log`, { method: 'DELETE' });
  }

  stop(): void {
    this.#child.kill();
  }
}

type Call = { startedAt: number; endedAt?: number };
type Logged = Call[] | { log: Call[] };

/** Runs a program against a sandbox and measures it. */
export async function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Cost> {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  const usage = join(directory, 'usage.json');
  const begun = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, KEYTURN_BENCH_USAGE: usage },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child, 'close');
  const wall = (performance.now() - begun) / 1000;
  const used = JSON.parse(readFileSync(usage, 'utf8'));
  rmSync(directory, { recursive: true, force: true });
  return {
    wall,
    cpu: (used.userCPUTime + used.systemCPUTime) / 1e6,
    memory: used.maxRSS / 1024,
    output,
  };
}

export function measureKeyturn(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Cost> {
  // With the flags of bin/keyturn, which cannot be measured from inside.
  const flags = ['--max-semi-space-size=8', '--import', path('./usage.js')];
  return measure(process.execPath, [...flags, KEYTURN, ...args], env);
}

export function measureScript(file: string, env: Readonly<Record<string, string>>): Promise<Cost> {
  return measure(process.execPath, ['--import', path('./usage.js'), path(`./${file}`)], env);
}

/** A directory for a store, removed when `work` is done. */
export async function inStore<T>(work: (store: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-bench-store-'));
  try {
    return await work(join(directory, 'store'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
