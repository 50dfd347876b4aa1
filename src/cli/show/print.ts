import { shellWord } from '../../messages/shell-word.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { CommonOptions } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function printJson(terminal: Terminal, document: unknown): Promise<void> {
  return terminal.out(`${jsonText(document)}\n`);
}

/** The command to type next, with what it needs to find this rollout again. */
export function next(options: CommonOptions, rollout: Pick<Rollout, 'id'>, command: string): string {
  return `\nNext: ${commandLine(options, rollout, command)}\n`;
}

export function commandLine(
  { store, profile, config }: Pick<CommonOptions, 'store' | 'profile' | 'config'>,
  { id }: Pick<Rollout, 'id'>,
  command: string,
): string {
  const words = ['keyturn', ...command.split(' '), '--rollout', id];
  if (store !== '.keyturn') words.push('--store', store);
  for (const name of profile ?? []) words.push('--profile', name);
  if (config !== undefined) words.push('--config', config);
  return words.map(shellWord).join(' ');
}
