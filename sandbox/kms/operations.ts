import { createAlias, deleteAlias } from './alias.ts';
import type { Operation } from './call.ts';
import { createKey } from './create.ts';
import { describeKey, getKeyPolicy } from './describe.ts';
import { getKeyLastUsage } from './last-usage.ts';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './lifecycle.ts';
import { listAliases, listKeys, listResourceTags } from './list.ts';
import { replicateKey, updatePrimaryRegion } from './multi-region.ts';
import { listKeyRotations, rotateKeyOnDemand } from './on-demand.ts';
import { putKeyPolicy } from './policy.ts';
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus } from './rotation.ts';
import { tagResource, untagResource, updateKeyDescription } from './tag.ts';

export const READING: ReadonlyMap<string, Operation> = new Map([
  ['ListKeys', listKeys],
  ['ListAliases', listAliases],
  ['DescribeKey', describeKey],
  ['GetKeyRotationStatus', getKeyRotationStatus],
  ['GetKeyPolicy', getKeyPolicy],
  ['ListResourceTags', listResourceTags],
  ['ListKeyRotations', listKeyRotations],
  ['GetKeyLastUsage', getKeyLastUsage],
]);

export const CHANGING: ReadonlyMap<string, Operation> = new Map([
  ['EnableKeyRotation', enableKeyRotation],
  ['DisableKeyRotation', disableKeyRotation],
  ['RotateKeyOnDemand', rotateKeyOnDemand],
  ['CreateKey', createKey],
  ['CreateAlias', createAlias],
  ['DeleteAlias', deleteAlias],
  ['UpdateKeyDescription', updateKeyDescription],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['PutKeyPolicy', putKeyPolicy],
  ['EnableKey', enableKey],
  ['DisableKey', disableKey],
  ['ScheduleKeyDeletion', scheduleKeyDeletion],
  ['CancelKeyDeletion', cancelKeyDeletion],
  ['ReplicateKey', replicateKey],
  ['UpdatePrimaryRegion', updatePrimaryRegion],
]);
