import { AwsError, unsupported, validation } from '../error.ts';
import { uuidOf } from '../random.ts';
import {
  isCustomKeyStore,
  KEY_SPECS,
  KEY_USAGES,
  type KeyUsage,
  ORIGINS,
  usagesOf,
} from '../settings/names.ts';
import { placeIn } from '../state/cloud.ts';
import { createFromSettings } from '../state/create.ts';
import type { KmsCall, Output } from './call.ts';
import { choice, optionalText } from './input.ts';
import { metadataOf } from './metadata.ts';
import { checkedPolicy } from './policy.ts';
import { tagsGiven } from './tag.ts';

/** CreateKey. Custom key stores are not modelled: any id of one is taken to exist. */
export function createKey(call: KmsCall): Output {
  const { input, now } = call;
  const keySpec =
    choice(input, 'KeySpec', KEY_SPECS) ??
    choice(input, 'CustomerMasterKeySpec', KEY_SPECS) ??
    'SYMMETRIC_DEFAULT';
  const keyUsage = usageFor(call, keySpec);
  const origin = choice(input, 'Origin', ORIGINS) ?? 'AWS_KMS';
  const multiRegion = input['MultiRegion'] === true;
  const customKeyStoreId = optionalText(input, 'CustomKeyStoreId');
  if (isCustomKeyStore(origin)) refuseForStore(keySpec, multiRegion, customKeyStoreId);
  const seed = uuidOf(`${call.settings.seed}/${call.place.region}/created/${call.place.keys.size}`);
  const key = createFromSettings(
    (region) => placeIn(call.account, region),
    {
      region: call.place.region,
      keySpec,
      keyUsage,
      origin,
      multiRegion,
      customKeyStoreId,
      keyState: origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled',
      description: optionalText(input, 'Description') ?? '',
      policy: checkedPolicy(input),
      tags: Object.fromEntries(tagsGiven(input)),
      createdAt: new Date(now).toISOString(),
    },
    seed,
    now,
  );
  Object.assign(key, seenFrom(call));
  return { KeyMetadata: metadataOf(key, now) };
}

/** From when a key that is made now is listed, and found. */
export function seenFrom({ now, settings }: KmsCall): { listedFrom: number; foundFrom: number } {
  const { listMs = 0, foundMs = 0 } = settings.consistency ?? {};
  return { listedFrom: now + listMs, foundFrom: now + foundMs };
}

function usageFor(call: KmsCall, keySpec: (typeof KEY_SPECS)[number]): KeyUsage {
  const usage = choice(call.input, 'KeyUsage', KEY_USAGES);
  if (usage === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    throw validation(
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
  }
  const chosen = usage ?? 'ENCRYPT_DECRYPT';
  if (usagesOf(keySpec).includes(chosen)) return chosen;
  throw validation(`KeyUsage ${chosen} is not compatible with KeySpec ${keySpec}`);
}

function refuseForStore(keySpec: string, multiRegion: boolean, store: string | undefined): void {
  if (keySpec !== 'SYMMETRIC_DEFAULT' || multiRegion) throw unsupported();
  if (store === undefined) throw new AwsError('CustomKeyStoreNotFoundException', '');
}
