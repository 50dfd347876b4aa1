import { AwsError, unsupported } from '../error.ts';
import { type Account, placeIn } from '../state/cloud.ts';
import { addReplica } from '../state/create.ts';
import { type Family, isPrimary, type Key, policyOf } from '../state/key.ts';
import { isOpen } from '../state/regions.ts';
import { type KmsCall, keyOf, type Output } from './call.ts';
import { seenFrom } from './create.ts';
import { optionalText, text } from './input.ts';
import { requireEnabled } from './lifecycle.ts';
import { metadataOf } from './metadata.ts';
import { checkedPolicy } from './policy.ts';
import { tagsGiven } from './tag.ts';

/** ReplicateKey: the answer always says Creating; the replica is usable `replicaMs` later. */
export function replicateKey(call: KmsCall): Output {
  const region = text(call.input, 'ReplicaRegion');
  const { key, family } = primaryOf(call);
  requireEnabled(key, call.now);
  if (family.members.has(region)) {
    throw new AwsError('AlreadyExistsException', `${key.arn} already has a key in ${region}`);
  }
  requireOpen(call.account, region);
  const tags = tagsGiven(call.input);
  const replica = addReplica(key, family, placeIn(call.account, region), {
    description: optionalText(call.input, 'Description') ?? '',
    policy: checkedPolicy(call.input),
    tags: new Map(tags),
    createdAt: call.now,
    ...seenFrom(call),
    passing: { state: 'Creating', until: Number.POSITIVE_INFINITY },
  });
  const answered = metadataOf(replica, call.now);
  replica.passing = { state: 'Creating', until: call.now + lag(call) };
  return {
    ReplicaKeyMetadata: answered,
    ReplicaPolicy: policyOf(replica),
    ...(tags.length > 0 && { ReplicaTags: tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) }),
  };
}

/** UpdatePrimaryRegion: both keys are Updating until the roles have changed. */
export function updatePrimaryRegion(call: KmsCall): Output {
  const region = text(call.input, 'PrimaryRegion');
  const { key, family } = primaryOf(call);
  requireEnabled(key, call.now);
  const successor = family.members.get(region);
  if (!successor) throw new AwsError('NotFoundException', `${key.arn} has no replica in ${region}`);
  requireEnabled(successor, call.now);
  family.primaryRegion = region;
  const passing = { state: 'Updating', until: call.now + lag(call) } as const;
  key.passing = passing;
  successor.passing = passing;
  return undefined;
}

const lag = (call: KmsCall) => call.settings.consistency?.replicaMs ?? 0;

function primaryOf(call: KmsCall): { key: Key; family: Family } {
  const key = keyOf(call);
  if (key.family && isPrimary(key)) return { key, family: key.family };
  throw unsupported(`${key.arn} is not a multi-region primary key.`);
}

function requireOpen(account: Account, region: string): void {
  if (!isOpen(account.regions.get(region))) throw unsupported(`${region} is not enabled for this account.`);
}
