import { AwsError } from '../error.ts';
import { policyOf } from '../state/key.ts';
import { type KmsCall, keyOf, type Output } from './call.ts';
import { optionalText } from './input.ts';
import { metadataOf } from './metadata.ts';
import { advanceRotation } from './rotation.ts';

/** DescribeKey: the one reading operation here that accepts an alias; it never tells the rotation status. */
export function describeKey(call: KmsCall): Output {
  const key = keyOf(call, 'KeyId', 'aliases');
  advanceRotation(call, key);
  return { KeyMetadata: metadataOf(key, call.now) };
}

/** GetKeyPolicy: the only policy a key has is named `default` (kms-facts §7.1). */
export function getKeyPolicy(call: KmsCall): Output {
  const name = optionalText(call.input, 'PolicyName') ?? 'default';
  const key = keyOf(call);
  if (name !== 'default') throw new AwsError('NotFoundException', `No such policy exists`);
  return { Policy: policyOf(key), PolicyName: name };
}
