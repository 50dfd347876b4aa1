import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp } from './cleanup.ts';

/** The built executable; another installation of it can be put to the test instead. */
export const EXECUTABLE =
  process.env['KEYTURN_EXECUTABLE'] ?? fileURLToPath(new URL('../../bin/keyturn', import.meta.url));

export interface RunOptions {
  readonly cwd: string;
  /** On top of little but PATH and a HOME without any AWS configuration. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is written to standard input, which is then closed. */
  readonly input?: string;
  /** Leaves standard input open, so that it is waited for. */
  readonly holdInput?: boolean;
  readonly uid?: number;
  /** The limit of open files. */
  readonly openFiles?: number;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document that standard output has to be. */
  json<T = unknown>(): T;
  /** The JSON Lines that standard output has to be. */
  lines<T = unknown>(): T[];
}

/** A run of Keyturn under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Hundreds of runs compile the same files. */
const COMPILE_CACHE = join(tmpdir(), 'keyturn-test-compile-cache');
/** Longer than any run here should take: what reaches it hangs. */
const STUCK_MS = 50_000;

export function startKeyturn(
  args: readonly string[],
  { cwd, env, input, holdInput, uid, openFiles }: RunOptions,
): Running {
  const limited = ['-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', EXECUTABLE, ...args];
  const [command, words] = openFiles === undefined ? [EXECUTABLE, args] : ['sh', limited];
  const child = spawn(command, words, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: STUCK_MS,
    killSignal: 'SIGKILL',
    ...(uid !== undefined && { uid, gid: uid }),
  });
  cleanUp(() => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  return { child, ended: collect(child, args, holdInput ? undefined : (input ?? '')) };
}

export const runKeyturn = (args: readonly string[], options: RunOptions): Promise<Ended> =>
  startKeyturn(args, options).ended;

async function collect(
  child: ChildProcess,
  args: readonly string[],
  input: string | undefined,
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  // It may end without having read.
  child.stdin?.on('error', () => {});
  if (input !== undefined) child.stdin?.end(input);
  const begun = performance.now();
  const [code] = (await once(child, 'close')) as [number | null];
  const what = `keyturn ${args.join(' ')}`;
  if (performance.now() - begun >= STUCK_MS) throw new Error(`${what} hung\n${stdout}\n${stderr}`);
  return {
    code,
    stdout,
    stderr,
    json: <T>() => parse<T>(stdout, `${what} → ${code}\n${stderr}`),
    lines: <T>() =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => parse<T>(line, what)),
  };
}

function parse<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Error(`${what}\nnot one JSON document: ${JSON.stringify(text)}`, { cause });
  }
}
