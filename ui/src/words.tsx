import Box from '@cloudscape-design/components/box';
import type { Property } from '../../src/model/review-words.ts';
import { forTerminal } from '../../src/report/escape.ts';

/** Text from AWS: what cannot be seen is spelled out; React makes text of it, never HTML. */
export function Said({ text, none = '–' }: { text: string | undefined; none?: string }) {
  if (!text) return <Box color="text-status-inactive">{none}</Box>;
  return <span className="said">{forTerminal(text)}</span>;
}

const format = new Intl.NumberFormat('en');
export const count = (number: number): string => format.format(number);
/** A time to the minute in UTC, as all times here: `2026-11-22 10:00 UTC`. */
export const utcText = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

/** `1 account`, `2 accounts` */
export const counted = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;
export const keys = (number: number): string => counted(number, 'key');

export const PROPERTY_WORDS: Readonly<Record<Property, string>> = {
  keyArn: 'Key ARN',
  keyId: 'Key id',
  account: 'Account',
  region: 'Region',
  finding: 'Finding',
  reason: 'Reason',
  rotation: 'Rotation',
  alias: 'Alias',
  description: 'Description',
  tags: 'Tags',
  usage: 'Usage',
  spec: 'Spec',
  state: 'State',
  origin: 'Origin',
  created: 'Created',
  lastUsed: 'Last used',
  stack: 'Stack',
  warning: 'Key policy warns',
  decision: 'Decision',
  approver: 'Decided by',
  expires: 'Approved until',
  outcome: 'Outcome',
  verdict: 'Verdict',
  selected: 'Selected',
};
