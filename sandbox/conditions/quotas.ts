import type { SandboxSettings } from '../settings.ts';
import type { Subject } from './match.ts';

interface Rate {
  readonly perSecond: number;
  /** What a bucket holds; one second's worth unless AWS names a burst. */
  readonly burst?: number;
  /** Operations of the same name here share one bucket. */
  readonly bucket?: string;
}

/** Published requests per second, of each account and Region (kms-facts §2). */
const PUBLISHED: Readonly<Record<string, Rate>> = {
  ListKeys: { perSecond: 500 },
  ListAliases: { perSecond: 500 },
  DescribeKey: { perSecond: 2000 },
  GetKeyRotationStatus: { perSecond: 1000 },
  EnableKeyRotation: { perSecond: 15 },
  DisableKeyRotation: { perSecond: 5 },
  GetKeyPolicy: { perSecond: 1000 },
  ListResourceTags: { perSecond: 2000 },
  ListKeyRotations: { perSecond: 100 },
  GetKeyLastUsage: { perSecond: 5 },
  RotateKeyOnDemand: { perSecond: 5 },
  TagResource: { perSecond: 10 },
  PutKeyPolicy: { perSecond: 15 },
  AssumeRole: { perSecond: 600, bucket: 'sts' },
  GetCallerIdentity: { perSecond: 600, bucket: 'sts' },
  ListAccounts: { perSecond: 8, burst: 12 },
  ListAccountsForParent: { perSecond: 5, burst: 8 },
};

interface Bucket {
  tokens: number;
  filledAt: number;
}

export interface Quotas {
  /** Whether the call is within its quota; a refused call costs nothing. */
  take(subject: Subject): boolean;
}

/** A token bucket for each account, Region and operation. */
export function createQuotas(setting: SandboxSettings['quotas'] = 'off'): Quotas {
  if (setting === 'off') return { take: () => true };
  const rates = setting === 'published' ? PUBLISHED : ratesOf(setting);
  const buckets = new Map<string, Bucket>();
  return {
    take({ account, region, operation }) {
      const rate = rates[operation];
      if (rate === undefined) return true;
      const bucket = filled(buckets, `${account}/${region}/${rate.bucket ?? operation}`, rate);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

const ratesOf = (setting: Readonly<Record<string, number>>): Readonly<Record<string, Rate>> =>
  Object.fromEntries(Object.entries(setting).map(([operation, perSecond]) => [operation, { perSecond }]));

function filled(buckets: Map<string, Bucket>, name: string, { perSecond, burst = perSecond }: Rate): Bucket {
  const now = performance.now();
  const capacity = Math.max(1, burst);
  const bucket = buckets.get(name) ?? { tokens: capacity, filledAt: now };
  bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
  bucket.filledAt = now;
  buckets.set(name, bucket);
  return bucket;
}
