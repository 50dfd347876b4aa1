import type { KeySettings } from '../../settings/key.ts';
import { keyIdOf } from '../../state/create.ts';

export type DemoKey = Omit<KeySettings, 'region' | 'keyId'>;

/** Keys of one Region by alias; the name also gives a key its id. */
export type DemoRegion = Readonly<Record<string, DemoKey>>;

const FIRST_DAY = Date.parse('2021-02-03T08:15:00Z');
const DAY_MS = 86_400_000;

/** The id of a demo key, so that rules and documents can name it. */
export const demoKeyId = (seed: string, region: string, name: string, multiRegion = false) =>
  keyIdOf(`${seed}/demo/${region}/${name}`, multiRegion);

/** Turns a Region's table into settings; dates of creation are spread over some years, in order of the table. */
export function keysIn(seed: string, region: string, table: DemoRegion): KeySettings[] {
  return Object.entries(table).map(([name, key], index) => ({
    region,
    keyId: demoKeyId(seed, region, name, key.multiRegion === true),
    aliases: [`alias/${name}`],
    createdAt: new Date(FIRST_DAY + index * 37 * DAY_MS + index * 5_411_000).toISOString(),
    ...key,
  }));
}

export const tagged = (team: string, environment: string, more: Record<string, string> = {}) => ({
  team,
  environment,
  ...more,
});

/** A key that belongs to a CloudFormation stack: a change outside the stack is drift. */
export const inStack = (stack: string, resource: string) => ({
  'aws:cloudformation:stack-name': stack,
  'aws:cloudformation:logical-id': resource,
  'aws:cloudformation:stack-id': `arn:aws:cloudformation:eu-central-1:111122223333:stack/${stack}/5c1f0d60-0000-11f0-8000-0a1b2c3d4e5f`,
});

export const awsManaged = (service: string): DemoKey => ({
  keyManager: 'AWS',
  description: `Default key that protects my ${service} data when no other key is defined`,
});
