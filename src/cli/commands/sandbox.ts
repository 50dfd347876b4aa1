import { KeyturnError } from '../../messages/error.ts';
import { parseJson } from '../../model/parse-json.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { onFirstSignal } from '../session/signals.ts';
import type { SandboxOptions } from '../settings/takes.ts';
import { printJson } from '../show/print.ts';
import { openTerminal } from '../terminal.ts';

const MAX_SETTINGS_BYTES = 16 * 1024 * 1024;

/** `keyturn sandbox`: serves a small AWS on loopback until it is stopped. */
export async function runSandbox(options: SandboxOptions): Promise<ExitCode> {
  const terminal = openTerminal(options);
  const sandbox = await start(options);
  const stopped = new Promise(onFirstSignal);
  if (terminal.json) await printJson(terminal, { url: sandbox.url, env: sandbox.env });
  else {
    const exports = Object.entries(sandbox.env).map(([name, value]) => `export ${name}=${value}`);
    await terminal.out(
      `A small AWS on ${sandbox.url}. To use it, in another terminal:\n\n${exports.join('\n')}\n\nPress Ctrl-C to stop it.\n`,
    );
  }
  await stopped;
  await sandbox.close();
  return EXIT.done;
}

async function start({ port, settings: file, world }: SandboxOptions) {
  const { readTextFile } = await import('../../files/read-text.ts');
  const { parseSettings, startSandbox } = await import('../../../sandbox/index.ts');
  try {
    const given: unknown = file === undefined ? {} : parseJson(await readTextFile(file, MAX_SETTINGS_BYTES));
    const settings = parseSettings({ ...(given as object), ...(world !== undefined && { world }) });
    return await startSandbox({ ...settings, port });
  } catch (cause) {
    if (cause instanceof KeyturnError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new KeyturnError(
      'input-file',
      `The sandbox does not start: ${said.replace(/\s*\n\s*/g, ' ')}.`,
      'See docs/sandbox.md for its settings.',
      { cause },
    );
  }
}
