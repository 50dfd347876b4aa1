import { randomBytes } from 'node:crypto';

/** Sortable by time, short enough to type: `20261123-101500-3f9c`. */
export function newId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split(/[T.]/);
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
