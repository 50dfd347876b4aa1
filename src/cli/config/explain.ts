import type { Given, Source } from '../settings/resolve.ts';
import type { Setting } from '../settings/setting.ts';
import type { Settings } from '../settings/settings.ts';
import { FILE_SETTINGS, type FileSetting } from './schema.ts';

/** One setting as it holds, with where it comes from. */
export interface ExplainedSetting {
  /** The key in the file, or the name of a setting that the file cannot hold. */
  readonly key: string;
  /** As the file would have it; null if nothing is set. */
  readonly value: unknown;
  readonly source: Source | 'default';
  /** The flag or the variable that holds, or that stands in for what the file has. */
  readonly flag?: string;
  readonly variable?: string;
  /** Where the file has the key, also if something stands in for it. */
  readonly line?: number;
}

/** Every setting of a command: what flags, environment, file and defaults come to. */
export function explain(settings: Settings): ExplainedSetting[] {
  const inFile = FILE_SETTINGS.filter(({ name }) => settings.taken[name]);
  return [...inFile.map((each) => explainOne(each, settings)), ...explainOthers(settings)];
}

function explainOne({ name, yaml, row }: FileSetting, settings: Settings): ExplainedSetting {
  const names = yaml === 'regions' ? ['allRegions', name] : [name];
  const line = settings.config?.lines[yaml];
  const holding = names.map((each) => settings.held.get(each)).find((given) => given && isSaid(given, yaml));
  const standIn = [...settings.displaced].find(([given]) => names.includes(given.name))?.[1];
  return {
    key: yaml,
    value: holding ? writtenValue(holding, row) : standIn ? null : defaultOf(row),
    source: (holding ?? standIn)?.source ?? 'default',
    ...placeOf(holding ?? standIn),
    ...(line !== undefined && { line }),
  };
}

/** `allRegions: false` says nothing of the Regions. */
const isSaid = ({ name, value }: Given, yaml: string): boolean =>
  !(yaml === 'regions' && value === false && name === 'allRegions');

/** What the file cannot hold, and the environment sets. */
function explainOthers({ held, taken }: Settings): ExplainedSetting[] {
  return [...held.values()].flatMap((given) => {
    const row = taken[given.name];
    if (given.source !== 'environment' || !row || row.yaml !== undefined || given.name === 'allRegions')
      return [];
    return [{ key: given.name, value: writtenValue(given, row), source: given.source, ...placeOf(given) }];
  });
}

const writtenValue = ({ name, value }: Given, row: Setting): unknown =>
  name === 'allRegions' ? 'all' : row.kind.write(value);

const defaultOf = (row: Setting): unknown =>
  row.default === undefined ? null : (row.otherwise ?? row.kind.write(row.default));

function placeOf(given: Given | undefined): Pick<ExplainedSetting, 'flag' | 'variable'> {
  if (given?.source === 'flag') return { flag: given.at };
  return given?.source === 'environment' ? { variable: given.at } : {};
}
