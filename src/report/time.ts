/** `2026-11-22T10:00:00.000Z` as `2026-11-22 10:00:00 UTC`; anything else as it came. */
export function timeText(at: string): string {
  const [, date, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z$/.exec(at) ?? [];
  return date && clock ? `${date} ${clock} UTC` : at;
}

/** The day of an ISO 8601 time. */
export const dayText = (at: string): string => at.slice(0, 10);

/** Whose clock the times are. */
export const TIMES =
  'Times are those of the machine that ran Keyturn, except the dates that AWS answered: when a key was created, last used, rotates next or is deleted.';
