import { epochSeconds } from '../clock.ts';
import { type Alias, listed } from '../state/cloud.ts';
import { resolveKey } from '../state/resolve.ts';
import type { KmsCall, Output } from './call.ts';
import { keyOf } from './call.ts';
import { optionalText } from './input.ts';
import { page } from './page.ts';

/** ListKeys: ids and ARNs of all keys, AWS managed ones included; a new key appears late (kms-facts §9). */
export function listKeys(call: KmsCall): Output {
  const { items, rest } = page(call, '', listed(call.place.keys), (key) => key.listedFrom > call.now);
  return { Keys: items.map((key) => ({ KeyArn: key.arn, KeyId: key.keyId })), ...rest };
}

/** ListAliases: of the place, or of one key. */
export function listAliases(call: KmsCall): Output {
  const given = optionalText(call.input, 'KeyId');
  const keyId = given === undefined ? undefined : resolveKey(call.place, given).keyId;
  const { items, rest } = page(call, keyId ?? '', aliasesOf(call, keyId));
  return { Aliases: items.map(aliasEntry), ...rest };
}

function aliasesOf({ place }: KmsCall, keyId: string | undefined): readonly Alias[] {
  const all = listed(place.aliases);
  return keyId === undefined ? all : all.filter((alias) => alias.keyId === keyId);
}

function aliasEntry({ name, arn, keyId, createdAt }: Alias): Record<string, unknown> {
  const reserved = { AliasName: name, AliasArn: arn };
  if (keyId === undefined) return reserved;
  const at = epochSeconds(createdAt);
  return { ...reserved, TargetKeyId: keyId, CreationDate: at, LastUpdatedDate: at };
}

export function listResourceTags(call: KmsCall): Output {
  const key = keyOf(call);
  const { items, rest } = page(call, key.arn, [...key.tags]);
  return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest };
}
