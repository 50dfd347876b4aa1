import { AwsError, constraint } from '../error.ts';
import type { Key } from '../state/key.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { type Input, isRecord, list, optionalText, text } from './input.ts';
import { pendingOrCreating, refusalOfManager, refuse } from './refusal.ts';

export function tagResource(call: KmsCall): Output {
  const key = taggableKey(call);
  const tags = new Map([...key.tags, ...tagsGiven(call.input)]);
  if (tags.size > MAX_TAGS) throw tagException('Too many tags');
  key.tags = tags;
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

const MAX_TAGS = 50;
const MAX_TAG_KEY = 128;
const MAX_TAG_VALUE = 256;

const tagException = (message: string) => new AwsError('TagException', message);

/** The Tags of a request. Names that begin with `aws:`, in any case, are AWS's own. */
export function tagsGiven(input: Input): [string, string][] {
  const tags = (list(input, 'Tags') ?? []).map(tagOf);
  if (new Set(tags.map(([name]) => name)).size < tags.length) throw tagException('Duplicate tag keys');
  if (tags.length > MAX_TAGS) throw tagException('Too many tags');
  return tags;
}

function tagOf(tag: unknown, index: number): [string, string] {
  if (!isRecord(tag)) throw new AwsError('SerializationException', 'Unexpected value type in payload');
  const name = text(tag, 'TagKey');
  const value = optionalText(tag, 'TagValue') ?? '';
  const place = `tags.${index + 1}.member`;
  if (name.length > MAX_TAG_KEY) throw tooLong(`${place}.tagKey`, name, MAX_TAG_KEY);
  if (value.length > MAX_TAG_VALUE) throw tooLong(`${place}.tagValue`, value, MAX_TAG_VALUE);
  if (name.toLowerCase().startsWith('aws:')) throw tagException('Tags beginning with aws: are reserved');
  return [name, value];
}

const tooLong = (field: string, value: string, most: number) =>
  constraint(field, value, `Member must have length less than or equal to ${most}`);
