/**
 * Published KMS request quotas: calls per second, per account and Region, shared by everyone in the account
 * (kms-facts §2, from AWS's page "Request quotas").
 */
export const REQUEST_QUOTAS = {
  ListKeys: 500,
  ListAliases: 500,
  DescribeKey: 2000,
  GetKeyRotationStatus: 1000,
  GetKeyPolicy: 1000,
  ListResourceTags: 2000,
  ListKeyRotations: 100,
  GetKeyLastUsage: 5,
  EnableKeyRotation: 15,
} as const;

export type KmsOperation = keyof typeof REQUEST_QUOTAS;

/** The share of each quota that Keyturn takes, since it is not alone in the account. */
export const QUOTA_SHARE = 0.8;
