import type { KeySpecName, KeyState, KeyUsage, Origin } from '../settings/names.ts';
import type { Rotation } from './rotation.ts';

/** The keys of one multi-Region family, which share a key id and the rotation setting. */
export interface Family {
  primaryRegion: string;
  readonly members: Map<string, Key>;
}

/** A state that ends by itself. */
export interface Passing {
  readonly state: KeyState;
  readonly until: number;
}

export interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly keyManager: 'CUSTOMER' | 'AWS';
  readonly keySpec: KeySpecName;
  readonly keyUsage: KeyUsage;
  readonly origin: Origin;
  readonly createdAt: number;
  /** From when ListKeys shows the key. */
  listedFrom: number;
  /** From when the key is found by the operations that name it. */
  foundFrom: number;
  readonly rotation: Rotation;
  readonly customKeyStoreId?: string | undefined;
  readonly validTo?: number | undefined;
  family?: Family;
  state: KeyState;
  passing?: Passing;
  description: string;
  policy?: string | undefined;
  tags: Map<string, string>;
  deletionAt?: number;
  pendingWindowInDays?: number;
  /** The last successful cryptographic operation. */
  lastUsage?: { readonly operation: string; readonly at: number };
}

export function stateOf(key: Key, now: number): KeyState {
  return key.passing && now < key.passing.until ? key.passing.state : key.state;
}

export const isPrimary = (key: Key) => key.family?.primaryRegion === key.region;
export const isReplica = (key: Key) => key.family !== undefined && !isPrimary(key);
export const isPendingDeletion = (state: KeyState) =>
  state === 'PendingDeletion' || state === 'PendingReplicaDeletion';

/** Every policy that KMS writes when none is given: it delegates to the account. */
export function policyOf(key: Key): string {
  return key.policy ?? defaultPolicy(key.arn.split(':')[1] ?? 'aws', key.account);
}

/** The text of KMS's default key policy. */
export function defaultPolicy(partition: string, account: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:${partition}:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}
