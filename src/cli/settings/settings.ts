import type { Config } from '../config/parse.ts';
import { environmentLayer } from './environment.ts';
import { type Given, optionsOf, type Resolution, resolve } from './resolve.ts';
import type { SettingTable } from './setting.ts';

/** The settings of one command as they hold. */
export interface Settings extends Resolution {
  readonly taken: SettingTable;
  readonly options: Readonly<Record<string, unknown>>;
  readonly config: Config | undefined;
}

/**
 * What the flags, the environment, `keyturn.yaml` and the defaults come to, each over those after it.
 * @param isForTeam whether the command reads `keyturn.yaml`
 * @throws KeyturnError `input-environment`, `input-config` or `input-file`
 */
export async function readSettings(
  taken: SettingTable,
  flags: readonly Given[],
  isForTeam: boolean,
): Promise<Settings> {
  const environment = environmentLayer(process.env, isForTeam ? undefined : taken);
  const named = resolve(taken, [flags, environment]).held.get('config')?.value;
  const { config, layer } = isForTeam ? await readFileLayer(named) : { config: undefined, layer: [] };
  const resolution = resolve(taken, [flags, environment, layer]);
  return { ...resolution, taken, config, options: optionsOf(taken, resolution.held) };
}

async function readFileLayer(named: unknown): Promise<{ config: Config | undefined; layer: Given[] }> {
  const { readConfig } = await import('../config/read.ts');
  const config = await readConfig(typeof named === 'string' ? named : undefined);
  if (!config) return { config, layer: [] };
  const { fileLayer } = await import('../config/layer.ts');
  return { config, layer: fileLayer(config) };
}
