import * as z from 'zod';
import { describeDefault, type Setting } from '../settings/setting.ts';
import { COMMON, TAKES } from '../settings/takes.ts';

/** A setting that `keyturn.yaml` can hold, with its name and its key. */
export interface FileSetting {
  readonly name: string;
  readonly yaml: string;
  readonly row: Setting;
}

/** The settings that `keyturn.yaml` can hold, in the order of the reference. */
export const FILE_SETTINGS: readonly FileSetting[] = Object.entries({
  ...COMMON,
  ...TAKES.configCheck,
}).flatMap(([name, row]: [string, Setting]) =>
  row.yaml === undefined ? [] : [{ name, yaml: row.yaml, row }],
);

/** The schema of `keyturn.yaml`, made from the settings. */
export const configSchema = z.strictObject(
  Object.fromEntries(
    FILE_SETTINGS.map(({ yaml, row }) => [yaml, row.kind.schema().optional().describe(sentenceOf(row))]),
  ),
);

function sentenceOf(row: Setting): string {
  const otherwise = describeDefault(row);
  return `${row.yamlHelp ?? row.help}${otherwise === undefined ? '' : ` (default: ${otherwise})`}.`;
}
