import type { SandboxSettings } from '../settings.ts';
import type { Subject } from './match.ts';

/** Published requests per second, of each account and Region (kms-facts §2). */
const PUBLISHED: Readonly<Record<string, number>> = {
  ListKeys: 500,
  ListAliases: 500,
  DescribeKey: 2000,
  GetKeyRotationStatus: 1000,
  EnableKeyRotation: 15,
  DisableKeyRotation: 5,
  GetKeyPolicy: 1000,
  ListResourceTags: 2000,
  ListKeyRotations: 100,
  RotateKeyOnDemand: 5,
  TagResource: 10,
  PutKeyPolicy: 15,
  GetCallerIdentity: 600,
};

interface Bucket {
  tokens: number;
  filledAt: number;
}

export interface Quotas {
  /** Whether the call is within its quota; a refused call costs nothing. */
  take(subject: Subject): boolean;
}

/** One token bucket per account, Region and operation, which holds one second's worth. */
export function createQuotas(setting: SandboxSettings['quotas'] = 'off'): Quotas {
  if (setting === 'off') return { take: () => true };
  const rates: Readonly<Record<string, number | undefined>> = setting === 'published' ? PUBLISHED : setting;
  const buckets = new Map<string, Bucket>();
  return {
    take({ account, region, operation }) {
      const rate = rates[operation];
      if (rate === undefined) return true;
      const bucket = filled(buckets, `${account}/${region}/${operation}`, rate);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

function filled(buckets: Map<string, Bucket>, name: string, rate: number): Bucket {
  const now = performance.now();
  const capacity = Math.max(1, rate);
  const bucket = buckets.get(name) ?? { tokens: capacity, filledAt: now };
  bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
  bucket.filledAt = now;
  buckets.set(name, bucket);
  return bucket;
}
