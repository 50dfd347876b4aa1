import { awsManaged, type DemoRegion, tagged } from './key.ts';
import { administeredBy } from './policies.ts';

export const EU_WEST_1: DemoRegion = {
  'aws/s3': awsManaged('S3 objects'),
  'aws/lambda': awsManaged('Lambda environment variables'),
  'backups/copy': {
    description: 'Copies of backups from eu-central-1',
    tags: tagged('platform', 'production'),
  },
  'newsletter-db': { description: 'Newsletter database', tags: tagged('marketing', 'production') },
  'support-attachments': { tags: tagged('support', 'production') },
  'research/notebooks': {
    description: 'Notebooks',
    tags: tagged('analytics', 'development'),
    policy: administeredBy('research-admin', 'notebook-runner'),
  },
  'queue/events': {
    description: 'Event queues',
    rotation: { periodInDays: 365, nextRotationDate: '2027-06-30T09:00:00Z' },
  },
  'signing/documents': { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' },
  'retired/blog': { keyState: 'Disabled' },
};

export const US_EAST_1: DemoRegion = {
  'aws/s3': awsManaged('S3 objects'),
  'aws/dynamodb': awsManaged('DynamoDB tables'),
  'cdn-logs': { description: 'CloudFront logs', tags: tagged('platform', 'production') },
  'payments/us': {
    description: 'US payment processor',
    tags: tagged('payments', 'production', { 'data-class': 'restricted' }),
  },
  'terraform-state': { description: 'Terraform state', tags: tagged('platform', 'production') },
  'telemetry/us': {
    rotation: { periodInDays: 730, nextRotationDate: '2028-02-29T00:00:00Z' },
    tags: tagged('platform', 'production'),
  },
  'mac/sessions': { keySpec: 'HMAC_512' },
  'retired/us-pilot': { keyState: 'PendingDeletion', pendingWindowInDays: 7 },
};

/** Outside the Regions of the demo: its replica in eu-west-1 is set from here. */
export const AP_SOUTHEAST_2: DemoRegion = {
  'global/catalogue': {
    description: 'Catalogue, run from Sydney',
    multiRegion: true,
    replicaRegions: ['eu-west-1'],
  },
};
