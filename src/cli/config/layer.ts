import type { Given } from '../settings/resolve.ts';
import type { Config } from './parse.ts';
import { FILE_SETTINGS } from './schema.ts';

/** The values of the file as those of their settings. */
export function fileLayer({ file, values, lines }: Config): Given[] {
  return FILE_SETTINGS.flatMap(({ name, yaml }): Given[] => {
    const value = values[yaml];
    const given = { source: 'file' as const, at: `${file}, line ${lines[yaml]}` };
    if (value === undefined) return [];
    return isEveryRegion(yaml, value)
      ? [{ ...given, name: 'allRegions', value: true }]
      : [{ ...given, name, value }];
  });
}

const isEveryRegion = (yaml: string, value: unknown): boolean =>
  yaml === 'regions' && Array.isArray(value) && value[0] === 'all';
