import { AwsError } from '../error.ts';
import type { Key } from '../state/key.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { type Input, isRecord, list, text } from './input.ts';
import { pendingOrCreating, refusalOfManager, refuse } from './refusal.ts';

export function tagResource(call: KmsCall): Output {
  const key = taggableKey(call);
  for (const [name, value] of tagsGiven(call.input)) key.tags.set(name, value);
  return undefined;
}

export function untagResource(call: KmsCall): Output {
  const key = taggableKey(call);
  for (const name of list(call.input, 'TagKeys') ?? []) key.tags.delete(String(name));
  return undefined;
}

export function updateKeyDescription(call: KmsCall): Output {
  const key = taggableKey(call);
  key.description =
    typeof call.input['Description'] === 'string'
      ? call.input['Description']
      : text(call.input, 'Description');
  return undefined;
}

function taggableKey(call: KmsCall): Key {
  const key = keyOf(call);
  refuse(refusalOfManager(call, key), pendingOrCreating(key, stateNow(call, key)));
  return key;
}

/** The Tags of a request; names beginning with `aws:` are AWS's own. */
export function tagsGiven(input: Input): [string, string][] {
  return (list(input, 'Tags') ?? []).map((tag) => {
    if (!isRecord(tag)) throw new AwsError('SerializationException', 'Unexpected value type in payload');
    const name = text(tag, 'TagKey');
    if (name.startsWith('aws:'))
      throw new AwsError('TagException', 'aws: prefixed tag key names are not allowed.');
    return [name, String(tag['TagValue'] ?? '')];
  });
}
