import type { KeyObject } from 'node:crypto';
import { decideApproval } from '../../src/workflow/approve/approve.ts';
import {
  approvalFile,
  importApproval,
  parseApprovalFile,
} from '../../src/workflow/approve/import-approval.ts';
import { ACCOUNT, arnOf, REGION } from '../support/facts.ts';
import type { FakeAws, FakeKey } from '../workflow/fake-aws.ts';
import { UNBOUNDED } from '../workflow/journey.ts';
import { type Files, MAKER, type Story } from './story.ts';

const [LATE, LOST] = ['444455556666', '777788889999'] as const;
const US = 'us-east-1';
const DAY_MS = 86_400_000;

/** A world in which something of every kind happens. */
function populate(aws: FakeAws): void {
  aws.organization = [
    { id: ACCOUNT, name: 'management', state: 'ACTIVE' },
    { id: LATE, name: 'late', state: 'ACTIVE' },
    { id: LOST, name: 'lost', state: 'ACTIVE' },
    { id: '000000000003', name: 'gone', state: 'SUSPENDED' },
  ];
  for (const account of [LATE, LOST]) aws.unreachable.add(account);
  aws.enabled.set(LATE, [REGION, 'us-west-2', 'eu-west-1']);
  aws.add('c01-proven', REGION, { CreationDate: '2020-01-02T03:04:05.000Z' }).lastUsage = {
    TrackingStartDate: '2026-03-01T00:00:00.000Z',
    KeyLastUsage: { Operation: 'Decrypt', Timestamp: '2026-11-01T00:00:00.000Z' },
  };
  aws.add('c02-presumed', REGION).fates.push('lost after acting');
  aws.add('c03-denied', REGION).fates.push('denied');
  aws.add('c04-deferred', REGION);
  aws.add('c05-declined', REGION);
  aws.add('c06-undecided', REGION);
  aws.add('c07-off-again', REGION);
  aws.add('c08-hidden-later', REGION);
  aws.add('c09-disabled-later', REGION);
  aws.add('c10-on-by-itself', REGION);
  aws.add('c11-lost', REGION).fates.push('lost before acting', 'lost before acting');
  aws.add('c12-rotated', REGION);
  aws.add('c13-imported', US);
  aws.add('c14-unreadable-later', US);
  aws.add('c16-expired', US).fates.push('credentials expired');
  aws.add('c17-open', US);
  aws.add('c15-late', 'us-west-2', {}, false, LATE);
  aws.add('mrk-1', REGION, family('PRIMARY'));
  aws.add('mrk-1', US, family('REPLICA'));
  aws.add('k20-on', REGION, {}, true);
  aws.add('k21-disabled', REGION, { KeyState: 'Disabled', Enabled: false });
  aws.add('k22-rsa', REGION, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
  aws.add('k23-aws', REGION, { KeyManager: 'AWS' });
  aws.add('k24-deleted', US, {
    KeyState: 'PendingDeletion',
    Enabled: false,
    DeletionDate: '2026-12-24T00:00:00.000Z',
  });
  aws.unreadable.set(`DescribeKey ${aws.add('k25-unknown', REGION).keyArn}`, 'access-denied');
  aws.unreadable.set(`ListResourceTags ${arnOf('c06-undecided')}`, 'access-denied');
}

const family = (MultiRegionKeyType: string) => ({
  MultiRegion: true,
  MultiRegionConfiguration: {
    MultiRegionKeyType,
    PrimaryKey: { Arn: arnOf('mrk-1'), Region: REGION },
    ReplicaKeys: [{ Arn: arnOf('mrk-1', US), Region: US }],
  },
});

/**
 * A rollout of an organization in which something of every kind happens: an account that is reached late and one never, three
 * approvers, signed and imported approvals, an end of each kind, a verdict of each kind.
 */
export async function tellRich(story: Story, approver?: KeyObject): Promise<Files> {
  const { aws, clock } = story;
  populate(aws);
  aws.onCall = () => {
    throw new Error('killed');
  };
  const asked = { organization: true, regions: [], allRegions: true, excludeRegions: ['eu-west-1'] };
  await story.assess({ ...asked, lastUsage: true, maxPeriodInDays: 400 }).catch(() => {});
  aws.onCall = () => {};
  aws.unreachable.delete(LATE);
  await story.resume();
  await decide(story, approver);
  await change(story);
  await story.validate();
  const rotated = aws.keys.get(arnOf('c12-rotated')) as FakeKey;
  await clock.sleep(400 * DAY_MS);
  rotated.pastRotations = [{ RotationType: 'AUTOMATIC', RotationDate: inDays(story, -35) }];
  rotated.rotation = { ...rotated.rotation, NextRotationDate: inDays(story, 330) };
  const hidden = aws.keys.get(arnOf('c01-proven')) as FakeKey;
  hidden.rotation = { ...hidden.rotation, NextRotationDate: inDays(story, 330) };
  aws.unreadable.set(`ListKeyRotations ${arnOf('c01-proven')}`, 'access-denied');
  await story.validate();
  await leaveOpen(story, approver);
  return story.report(MAKER);
}

/** At the end, one change that AWS refused for want of credentials, and one that was announced when the process ended. */
async function leaveOpen(story: Story, approver?: KeyObject): Promise<void> {
  const { aws } = story;
  await story.decide('approve', [arnOf('c16-expired', US)], approver);
  await story.configure().catch(() => {});
  await story.decide('approve', [arnOf('c17-open', US)], undefined, { who: 'arn:third' });
  aws.onCall = (operation) => {
    if (operation === 'EnableKeyRotation') throw new Error('killed');
  };
  await story.configure().catch(() => {});
}

const inDays = ({ clock }: Story, days: number): string =>
  new Date(clock.now().getTime() + days * DAY_MS).toISOString();

async function decide(story: Story, approver?: KeyObject): Promise<void> {
  const changed = ['c02-presumed', 'c03-denied', 'c07-off-again', 'c08-hidden-later', 'mrk-1'];
  const ended = ['c05-declined', 'c09-disabled-later', 'c10-on-by-itself', 'c11-lost', 'c12-rotated'];
  await story.decide(
    'approve',
    [...changed, ...ended].map((id) => arnOf(id)),
    undefined,
    { reason: 'policy' },
  );
  await story.decide('approve', [arnOf('c01-proven')], approver, { reason: 'signed' });
  await story.decide('defer', [arnOf('c04-deferred')], undefined, { who: 'arn:second' });
  await story.decide('decline', [arnOf('c05-declined')], undefined, { who: 'arn:second', reason: 'not now' });
  await story.decide('approve', [arnOf('c14-unreadable-later', US)]);
  await story.decide('approve', [arnOf('c15-late', 'us-west-2', LATE)]);
  const rollout = await story.assessed();
  const brought = await decideApproval(story.host, rollout, {
    requests: [{ location: 'test', keyArn: arnOf('c13-imported', US), choice: 'approve' }],
    problems: [],
    source: 'keys',
    submittedBy: { osUser: 'alice', host: 'laptop' },
    ...(approver && { key: approver }),
  });
  await story.clock.sleep(60_000);
  const by = { callerArn: 'operator', account: ACCOUNT, userId: 'AIDA', osUser: 'olga', host: 'bastion' };
  await importApproval(story.host, rollout, parseApprovalFile(approvalFile(brought)), { by });
}

async function change(story: Story): Promise<void> {
  const { aws } = story;
  const key = (id: string, region = REGION) => aws.keys.get(arnOf(id, region)) as FakeKey;
  key('c09-disabled-later').metadata = {
    ...key('c09-disabled-later').metadata,
    KeyState: 'Disabled',
    Enabled: false,
  };
  key('c07-off-again').metadata = { ...key('c07-off-again').metadata, Description: 'another' };
  aws.turnOn(key('c10-on-by-itself'), 180);
  aws.unreadable.set(`DescribeKey ${arnOf('c15-late', 'us-west-2', LATE)}`, 'throttled');
  await story.configure({ limit: 20, maxFailures: 5 });
  await story.configure({ ...UNBOUNDED });
  key('c07-off-again').rotation = { KeyRotationEnabled: false };
  key('c14-unreadable-later', US).metadata = {
    ...key('c14-unreadable-later', US).metadata,
    KeyState: 'Disabled',
  };
  aws.unreadable.set(`DescribeKey ${arnOf('c08-hidden-later')}`, 'access-denied');
}
