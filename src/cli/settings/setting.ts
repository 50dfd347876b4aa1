import type { Kind } from './kinds.ts';

/** One setting: a row of the table that the parser, `keyturn.yaml`, the help and the reference are made from. */
// biome-ignore lint/suspicious/noExplicitAny: a table holds kinds of every type.
export interface Setting<T = any> {
  /** As the command line has it: `--period <days>`. A `--no-` flag turns off what is on by default. */
  readonly flag: string;
  readonly kind: Kind<T>;
  /** A noun phrase without its default. */
  readonly help: string;
  /** The same about the key of the file, if the flag says the opposite of it. */
  readonly yamlHelp?: string;
  readonly default?: T;
  /** The default in words, if it is not a value of this setting. */
  readonly otherwise?: string;
  /** The key of `keyturn.yaml`; none if the setting belongs to one run. */
  readonly yaml?: string;
  /** Whether an environment variable can give it. Decisions about keys stay on the command line. */
  readonly environment?: boolean;
  /** Settings that cannot be given beside it. */
  readonly conflicts?: readonly string[];
  readonly isRequired?: boolean;
  /** The heading that help shows it under. */
  readonly group: string;
}

/** Settings by the name that the code has them under. */
export type SettingTable = Readonly<Record<string, Setting>>;

type ValueOf<S> = S extends { readonly kind: Kind<infer T> } ? T : never;
type Present<Table> = {
  [Name in keyof Table]: Table[Name] extends { readonly default: unknown } | { readonly isRequired: true }
    ? Name
    : never;
}[keyof Table];

/** The options of a command that takes these settings; one without a default may be omitted. */
export type OptionsOf<Table> = { readonly [Name in Present<Table>]: ValueOf<Table[Name]> } & {
  readonly [Name in Exclude<keyof Table, Present<Table>>]?: ValueOf<Table[Name]>;
};

type Row<T> = Omit<Setting<T>, 'kind' | 'group'>;

/** One row. */
export const setting = <T, const R extends Row<T>>(kind: Kind<T>, row: R) => ({ ...row, kind });

/** Puts rows under one heading of the help. */
export function group<const Rows extends Readonly<Record<string, Omit<Setting, 'group'>>>>(
  heading: string,
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name] & { readonly group: string } } {
  const grouped = Object.entries(rows).map(([name, row]) => [name, { ...row, group: heading }]);
  return Object.fromEntries(grouped);
}

/** `--no-policies` → whether the flag turns something off. */
export const isNegated = ({ flag }: Pick<Setting, 'flag'>): boolean => flag.startsWith('--no-');

/** `--period <days>` → `--period`. */
export const longFlag = ({ flag }: Pick<Setting, 'flag'>): string => flag.split(' ')[0] ?? flag;

/** The environment variable of a setting: `--max-failures <n>` → `KEYTURN_MAX_FAILURES`. */
export const variableOf = (row: Pick<Setting, 'flag' | 'environment'>): string | undefined =>
  row.environment === false
    ? undefined
    : `KEYTURN_${longFlag(row)
        .replace(/^--(no-)?/, '')
        .replaceAll('-', '_')
        .toUpperCase()}`;

/** The default as a person reads it; undefined if there is none to speak of. */
export function describeDefault(row: Setting): string | undefined {
  if (row.otherwise !== undefined) return row.otherwise;
  if (row.default === undefined || typeof row.default === 'boolean') return undefined;
  return String(row.kind.write(row.default));
}
