import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeySnapshot, type Sandbox, type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { cleanUp } from './cleanup.ts';
import { type Ended, type Running, runKeyturn, startKeyturn } from './keyturn.ts';
import type { Counts, Finding, Outcome, Place, Verdict } from './shapes.ts';

export const FRANKFURT = 'eu-central-1';
export const IRELAND = 'eu-west-1';
export const VIRGINIA = 'us-east-1';

/** The exit codes of the contract. */
export const EXIT = { done: 0, failed: 1, badInput: 2, incomplete: 3, refused: 4 } as const;

export interface Assessed {
  readonly rollout: string;
  readonly planDigest: string;
  readonly totals: Counts;
  readonly places: readonly Place[];
  readonly unreachable: readonly { account: string; region: string; reason: string; fix: string }[];
}

/** A working directory with a sandbox to work on; both end with the test. */
export interface Journey {
  readonly sandbox: Sandbox;
  readonly cwd: string;
  run(...args: string[]): Promise<Ended>;
  /** The same with more in the environment. */
  runWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended>;
  feed(input: string, ...args: string[]): Promise<Ended>;
  start(...args: string[]): Running;
  startWith(env: Readonly<Record<string, string>>, ...args: string[]): Running;
  /** Assesses with `--json` and insists that it was complete. */
  assess(...args: string[]): Promise<Assessed>;
  findings(...args: string[]): Promise<Finding[]>;
  outcomes(...args: string[]): Promise<Outcome[]>;
  verdicts(...args: string[]): Promise<Verdict[]>;
  /** Writes a file into the working directory and returns its name. */
  write(name: string, content: string | Buffer): string;
  read(name: string): string;
  key(description: string): KeySnapshot;
}

export async function startJourney(settings: SandboxSettings = {}): Promise<Journey> {
  const sandbox = await startSandbox(settings);
  const cwd = temporaryDirectory();
  cleanUp(() => sandbox.close());
  return journeyOn(sandbox, cwd);
}

export function journeyOn(sandbox: Sandbox, cwd: string): Journey {
  const { env } = sandbox;
  const run = (...args: string[]) => runKeyturn(args, { cwd, env });
  const listed = async <T>(what: string, args: string[]): Promise<T[]> => {
    const { code, stderr, lines } = await run('list', what, '--json', ...args);
    if (code !== EXIT.done) throw new Error(`list ${what} → ${code}: ${stderr}`);
    return lines<T>();
  };
  return {
    sandbox,
    cwd,
    run,
    runWith: (more, ...args) => runKeyturn(args, { cwd, env: { ...env, ...more } }),
    feed: (input, ...args) => runKeyturn(args, { cwd, env, input }),
    start: (...args) => startKeyturn(args, { cwd, env }),
    startWith: (more, ...args) => startKeyturn(args, { cwd, env: { ...env, ...more } }),
    assess: async (...args) => {
      const { code, stdout, stderr, json } = await run('assess', '--json', ...args);
      if (code !== EXIT.done) throw new Error(`assess → ${code}: ${stdout}${stderr}`);
      return json<Assessed>();
    },
    findings: (...args) => listed<Finding>('findings', args),
    outcomes: (...args) => listed<Outcome>('outcomes', args),
    verdicts: (...args) => listed<Verdict>('verdicts', args),
    write: (name, content) => {
      writeFileSync(join(cwd, name), content);
      return name;
    },
    read: (name) => readFileSync(join(cwd, name), 'utf8'),
    key: (description) => keyOf(sandbox, description),
  };
}

/** The true state of the one key with this description. */
export function keyOf(sandbox: Sandbox, description: string): KeySnapshot {
  const [key, another] = sandbox.keys().filter((each) => each.description === description);
  if (!key || another) throw new Error(`not exactly one key is described as ${description}`);
  return key;
}

/** So many candidates in a Region, described as `c01`, `c02`, … */
export const candidates = (count: number, region = FRANKFURT) =>
  Array.from({ length: count }, (_, index) => ({
    region,
    description: `c${String(index + 1).padStart(2, '0')}`,
  }));

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
  cleanUp(() => {
    if (!existsSync(path)) return;
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** Every file under a directory, as paths. */
export function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** The keys that EnableKeyRotation was called on, one entry a call, in the order of arrival. */
export const enableCalls = ({ log }: Pick<Sandbox, 'log'>) =>
  log.filter(({ operation }) => operation === 'EnableKeyRotation');

/** Waits until a condition holds; what it waits for is named when it never does. */
export async function until(holds: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
