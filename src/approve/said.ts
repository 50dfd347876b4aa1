import type { Finding } from '../model/finding.ts';

/** What a decisions file says of a key beside its ARN: it has no effect, so it may not contradict the plan. */
export interface Said {
  /** As written, under any name that means it. */
  readonly periods?: readonly string[];
  readonly keyId?: string;
  readonly account?: string;
  readonly region?: string;
  readonly operation?: string;
}

/** Names that a person may give the period: `RotationPeriodInDays`, `proposedRotationPeriodInDays`, `period`, … */
const PERIOD = /^(proposed)?(rotation)?period(in)?(days)?$/;
const IDENTITY = ['keyId', 'account', 'region'] as const;

/** Picks what a plan can be held against from names and values as written. Only words and numbers count. */
export function readSaid(fields: Iterable<readonly [name: string, value: unknown]>): Said {
  const said: { -readonly [K in keyof Said]: Said[K] } = {};
  for (const [name, value] of fields) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const written = String(value).trim();
    const plain = name.toLowerCase().replace(/[^a-z]/g, '');
    const identity = IDENTITY.find((each) => each.toLowerCase() === plain);
    if (written === '') continue;
    if (PERIOD.test(plain)) said.periods = [...(said.periods ?? []), written];
    else if (plain === 'operation') said.operation = written;
    else if (identity) said[identity] = written;
  }
  return said;
}

/** For a request: omitted if nothing was said. */
export const withSaid = (said: Said): { readonly said?: Said } =>
  Object.keys(said).length > 0 ? { said } : {};

/** What a file says of a key against the plan, in words; undefined if nothing contradicts it. @param period days */
export function contradiction(said: Said, finding: Finding, period: number): string | undefined {
  const wrong = IDENTITY.find((name) => said[name] !== undefined && !isSame(name, said[name], finding[name]));
  if (wrong) return `says ${wrong} ${JSON.stringify(said[wrong])}, and the plan ${finding[wrong]}`;
  if (said.operation !== undefined && said.operation !== finding.proposed?.operation) {
    return `says operation ${JSON.stringify(said.operation)}, and the plan ${finding.proposed?.operation}`;
  }
  const other = said.periods?.find((written) => daysOf(written) !== period);
  if (other === undefined) return undefined;
  return `says a period of ${JSON.stringify(other)}, and the plan ${period} days. Assess with --period for another`;
}

/** `90`, `90.0`, `90 days`. */
function daysOf(written: string): number {
  return Number(/^(\d+)(?:[.,]0+)?\s*(?:d|days?)?$/i.exec(written)?.[1] ?? Number.NaN);
}

/** A spreadsheet drops the leading zeros of an account, or writes `1.11E+11`, of which nothing can be said. */
function isSame(name: (typeof IDENTITY)[number], written: string, actual: string): boolean {
  if (name !== 'account') return written === actual;
  return !/^\d+$/.test(written) || written.padStart(12, '0') === actual;
}
