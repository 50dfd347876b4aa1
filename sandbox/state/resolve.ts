import { AwsError, invalidKeyId, notFound } from '../error.ts';
import { arnOf, type Place } from './cloud.ts';
import type { Key } from './key.ts';

const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const ARN = /^arn:[a-z-]+:kms:([a-z0-9-]*):(\d{12}):(key|alias)\/(.+)$/;

/** The key of a KeyId or ARN. Aliases are accepted by DescribeKey only (kms-facts §1.2). */
export function resolveKey(
  place: Place,
  given: string,
  aliases: 'aliases' | 'no aliases' = 'no aliases',
): Key {
  const name = given.startsWith('arn:') ? resourceIn(place, given) : given;
  if (name.startsWith('alias/')) {
    if (aliases === 'no aliases') throw invalidKeyId(given);
    return byAlias(place, name);
  }
  return byId(place, name.replace(/^key\//, ''));
}

function resourceIn(place: Place, arn: string): string {
  const [, region, account, type, id] = ARN.exec(arn) ?? [];
  if (region === undefined) throw new AwsError('InvalidArnException', `Invalid arn ${arn}`);
  if (region !== place.region) throw new AwsError('NotFoundException', `Invalid arn ${region}`);
  if (account !== place.account) throw notFound(arn);
  return `${type}/${id}`;
}

function byId(place: Place, keyId: string): Key {
  const key = place.keys.get(keyId);
  if (key) return key;
  throw KEY_ID.test(keyId) ? notFound(arnOf(place, `key/${keyId}`)) : invalidKeyId(keyId);
}

function byAlias(place: Place, name: string): Key {
  const keyId = place.aliases.get(name)?.keyId;
  const key = keyId === undefined ? undefined : place.keys.get(keyId);
  if (!key) throw new AwsError('NotFoundException', `Alias ${arnOf(place, name)} is not found.`);
  return key;
}
