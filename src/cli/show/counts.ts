import type { Scope } from '../../model/plan.ts';
import { counted } from '../../report/document/phrases.ts';
import type { Refusals } from '../../workflow/approve/refusals.ts';
import type { NotSeen } from '../../workflow/rollout/status.ts';

/** `1 key`, `1,234 keys`. */
export const countedKeys = (keys: number): string => counted(keys, 'key');

const MAX_NAMED = 3;

/** The accounts and Regions of a scope: few by name, many as a number. */
export const placesText = ({ accounts, regions }: Pick<Scope, 'accounts' | 'regions'>): string =>
  `${accountsText(accounts)}; ${regions.length > MAX_NAMED * 2 ? counted(regions.length, 'Region') : regions.join(', ')}`;

export const accountsText = (accounts: readonly string[]): string =>
  accounts.length > MAX_NAMED
    ? counted(accounts.length, 'account')
    : `${accounts.length === 1 ? 'account' : 'accounts'} ${accounts.join(', ')}`;

/** `5 accounts, 1 place`; empty if an assessment saw all that it asked for. */
export function notSeenText({ accounts, places, uncertain }: NotSeen): string {
  return [
    ...(accounts > 0 ? [counted(accounts, 'account')] : []),
    ...(places > 0 ? [counted(places, 'place')] : []),
    ...(uncertain > 0 ? [`${counted(uncertain, 'place')} not fully listed`] : []),
  ].join(', ');
}

/** Whether the key policy of any of the keys will refuse the change, or may. */
export const isAnyRefused = ({ refused, conditional }: Refusals): boolean => refused + conditional > 0;

/** A line for each way in which key policies stand against the change; none if no policy does. */
export function refusalSentences({ refused, conditional }: Refusals, noun: string): string[] {
  const policies = (keys: number) => `The key policy of ${counted(keys, noun)}`;
  return [
    ...(refused > 0 ? [`${policies(refused)} will probably refuse the change.\n`] : []),
    ...(conditional > 0 ? [`${policies(conditional)} may refuse the change.\n`] : []),
  ];
}
