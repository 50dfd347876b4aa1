import { AwsError, constraint, validation } from '../error.ts';
import { arnOf, removeAlias } from '../state/cloud.ts';
import { addAlias } from '../state/create.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { text } from './input.ts';
import { pendingOrCreating, refusalOfManager, refuse } from './refusal.ts';

/** Letters, digits, slashes, underscores and hyphens. */
const NAME = /^alias\/[a-zA-Z0-9/_-]+$/;
const GUIDE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html';

export function createAlias(call: KmsCall): Output {
  const name = ownName(call);
  if (!NAME.test(name)) {
    throw constraint('aliasName', name, 'Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$');
  }
  if (/(^|:)alias\//.test(text(call.input, 'TargetKeyId'))) {
    throw validation('Aliases must refer to keys. Not aliases');
  }
  const key = keyOf(call, 'TargetKeyId');
  refuse(refusalOfManager(call, key), pendingOrCreating(key, stateNow(call, key)));
  if (call.place.aliases.has(name)) {
    throw new AwsError(
      'AlreadyExistsException',
      `An alias with the name ${arnOf(call.place, name)} already exists`,
    );
  }
  addAlias(call.place, name, key.keyId, call.now);
  return undefined;
}

export function deleteAlias(call: KmsCall): Output {
  const name = ownName(call);
  if (!removeAlias(call.place, name)) {
    throw new AwsError('NotFoundException', `Alias ${arnOf(call.place, name)} is not found.`);
  }
  return undefined;
}

function ownName(call: KmsCall): string {
  const name = text(call.input, 'AliasName');
  if (!name.startsWith('alias/')) {
    throw validation(`Alias must start with the prefix "alias/". Please see ${GUIDE}`);
  }
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '');
  return name;
}
