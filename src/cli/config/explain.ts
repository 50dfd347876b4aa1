import type { Command, Option } from 'commander';
import type { GivenPrice } from '../../model/prices.ts';
import { findOption, flagInstead, optionOf } from './apply.ts';
import type { Config } from './parse.ts';
import { type ConfigKey, configSchema } from './schema.ts';

/** One setting as it holds, with where it comes from. */
export interface Setting {
  readonly key: ConfigKey;
  /** As the file would have it; null where nothing is set. */
  readonly value: unknown;
  readonly source: 'flag' | 'file' | 'default';
  readonly flag?: string;
  /** Where the file has the key, also where a flag stands in for it. */
  readonly line?: number;
}

/** Every setting of a command: what the flags, the file and the defaults come to. */
export function explain(command: Command, config: Config | undefined): Setting[] {
  const keys = Object.keys(configSchema.shape) as ConfigKey[];
  return keys.map((key) => ({ key, ...settingOf(key, command, config), ...lineOf(key, config) }));
}

function settingOf(
  key: ConfigKey,
  command: Command,
  config: Config | undefined,
): Pick<Setting, 'value' | 'source' | 'flag'> {
  const given = config?.values[key];
  const { name } = optionOf(key, given);
  const instead = flagInstead(command, name, given);
  if (instead !== undefined && (given !== undefined || isOptionOf(key, instead))) {
    const value = isOptionOf(key, instead) ? written(key, instead, command.optsWithGlobals()[instead]) : null;
    return { value, source: 'flag', flag: findOption(command, instead)?.option.long ?? instead };
  }
  if (given !== undefined) return { value: written(key, name, given), source: 'file' };
  return { value: written(key, name, defaultOf(findOption(command, name)?.option)), source: 'default' };
}

const isOptionOf = (key: ConfigKey, name: string): boolean =>
  name === optionOf(key, undefined).name || (key === 'regions' && name === 'allRegions');

const lineOf = (key: ConfigKey, config: Config | undefined) => {
  const line = config?.lines[key];
  return line === undefined ? {} : { line };
};

const defaultOf = (option: Option | undefined): unknown =>
  option?.defaultValueDescription ?? option?.defaultValue;

/** A value as the file would have it. */
function written(key: ConfigKey, name: string, value: unknown): unknown {
  if (name === 'allRegions') return 'all';
  if ((key === 'settle' || key === 'wait') && typeof value === 'number') return asDuration(value);
  if (key === 'profile' && Array.isArray(value) && value.length === 1) return value[0];
  if (key === 'rotationPrice' && typeof value === 'object') return asPrice(value as GivenPrice);
  if (key === 'waves' && Array.isArray(value)) return value.map(asWave).join(',');
  return value ?? null;
}

const asPrice = ({ perRotation, currency }: GivenPrice): string =>
  currency === undefined ? String(perRotation) : `${perRotation} ${currency}`;

const asWave = (size: number): string => (Number.isFinite(size) ? String(size) : 'rest');

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

function asDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
