import { EnableKeyRotationCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyMetadata, KeyRotation, RotationStatus } from '../model/key-facts.ts';
import type { LastUsage } from '../model/last-use.ts';
import { type Place, parseKeyArn } from '../model/place.ts';
import type { Answer, Clock, KeyReference, KmsPlace } from '../workflow/ports.ts';
import { type Call, call, ONCE, type Patience, READ_PATIENCE, undocumentedAnswer } from './call.ts';
import type { JudgeCredentials } from './credentials-check.ts';
import {
  parseAliases,
  parseKeys,
  parseMetadata,
  parsePolicy,
  parseRotation,
  parseRotations,
  parseTags,
  parseUsage,
} from './kms-answers.ts';
import { Pace } from './pace.ts';
import { eachPage } from './pages.ts';
import { type KmsOperation, QUOTA_SHARE, REQUEST_QUOTAS } from './quotas.ts';
import type { Reader } from './reader.ts';

/** Page sizes: the most that KMS gives (kms-facts §2); it may give fewer, so only `Truncated` ends a listing. */
const KEYS_A_PAGE = 1000;
const ALIASES_A_PAGE = 100;
const TAGS_A_PAGE = 50;
const ROTATIONS_A_PAGE = 1000;

/**
 * How KMS is called: changes through the SDK's client, made when there are some, whose own retries are off;
 * reads by the shorter way.
 */
export interface KmsAccess {
  readonly client: () => Promise<KMSClient>;
  readonly read: Reader;
  readonly onThrottled: Call<unknown>['onThrottled'];
  /** Tells credentials that are gone from a Region that does not accept them. */
  readonly judge: JudgeCredentials;
}

/**
 * KMS in one place.
 * @param share of each published quota to take, above 0 and at most 1
 */
export function openKmsPlace(
  place: Place,
  { client, read, onThrottled, judge }: KmsAccess,
  clock: Clock,
  share = QUOTA_SHARE,
): KmsPlace {
  let changing: Promise<KMSClient> | undefined;
  const paces = new Map<KmsOperation, Pace>();

  function paceOf(operation: KmsOperation): Pace {
    const known = paces.get(operation) ?? new Pace(clock, REQUEST_QUOTAS[operation] * share);
    paces.set(operation, known);
    return known;
  }

  async function make<T>(
    operation: KmsOperation,
    send: Call<T>['send'],
    parse: Call<T>['parse'],
    patience: Patience = READ_PATIENCE,
  ): Promise<Answer<T>> {
    const answer = await call({
      operation,
      pace: paceOf(operation),
      clock,
      onThrottled,
      patience,
      send,
      parse,
    });
    return answer.ok ? answer : { ...answer, failure: await judge(answer.failure) };
  }

  return {
    place,
    listKeys: () =>
      collect(
        (Marker) =>
          make(
            'ListKeys',
            () => read('ListKeys', { Limit: KEYS_A_PAGE, Marker }),
            (output) => keysOfPlace(parseKeys(output), place),
          ),
        new Map<string, KeyReference>(),
        (keys, { Keys }) => {
          for (const key of Keys) keys.set(key.keyArn, key);
        },
      ).then((answer) => mapAnswer(answer, (keys) => [...keys.values()])),
    listAliases: () =>
      collect(
        (Marker) =>
          make('ListAliases', () => read('ListAliases', { Limit: ALIASES_A_PAGE, Marker }), parseAliases),
        new Map<string, string[]>(),
        (byKey, { Aliases }) => {
          for (const { AliasName, TargetKeyId } of Aliases) {
            if (TargetKeyId !== undefined)
              byKey.set(TargetKeyId, [...(byKey.get(TargetKeyId) ?? []), AliasName]);
          }
        },
      ),
    describeKey: (KeyId) =>
      make(
        'DescribeKey',
        () => read('DescribeKey', { KeyId }),
        (output) => metadataOf(KeyId, parseMetadata(output).KeyMetadata),
      ),
    getKeyRotationStatus: (KeyId) =>
      make(
        'GetKeyRotationStatus',
        () => read('GetKeyRotationStatus', { KeyId }),
        (output) => statusOf(KeyId, parseRotation(output)),
      ),
    getKeyPolicy: (KeyId) =>
      make(
        'GetKeyPolicy',
        () => read('GetKeyPolicy', { KeyId, PolicyName: 'default' }),
        (output) => parsePolicy(output).Policy,
      ),
    listResourceTags: (KeyId) =>
      collect(
        (Marker) =>
          make(
            'ListResourceTags',
            () => read('ListResourceTags', { KeyId, Limit: TAGS_A_PAGE, Marker }),
            parseTags,
          ),
        new Map<string, string>(),
        (tags, { Tags }) => {
          for (const { TagKey, TagValue } of Tags) tags.set(TagKey, TagValue);
        },
      ).then((answer) => mapAnswer(answer, (tags) => Object.fromEntries(tags))),
    listKeyRotations: (KeyId) =>
      collect(
        (Marker) =>
          make(
            'ListKeyRotations',
            () => read('ListKeyRotations', { KeyId, Limit: ROTATIONS_A_PAGE, Marker }),
            parseRotations,
          ),
        [] as KeyRotation[],
        (rotations, page) => {
          for (const each of page.Rotations) rotations.push(each);
        },
      ),
    getKeyLastUsage: (KeyId) =>
      make(
        'GetKeyLastUsage',
        () => read('GetKeyLastUsage', { KeyId }),
        (output) => usageOf(KeyId, parseUsage(output)),
      ),
    enableKeyRotation: (KeyId, RotationPeriodInDays) =>
      make(
        'EnableKeyRotation',
        async () => {
          changing ??= client();
          return (await changing).send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays }));
        },
        () => undefined,
        ONCE,
      ),
  };
}

interface Page {
  readonly Truncated?: boolean | undefined;
  readonly NextMarker?: string | undefined;
}

/** Folds all pages into one value. */
async function collect<P extends Page, T>(
  fetch: (marker: string | undefined) => Promise<Answer<P>>,
  into: T,
  add: (into: T, page: P) => void,
): Promise<Answer<T>> {
  const next = ({ Truncated, NextMarker }: P) => (Truncated ? (NextMarker ?? null) : undefined);
  const ended = await eachPage({ fetch, next, take: (page) => add(into, page) });
  return mapAnswer(ended, () => into);
}

function mapAnswer<A, B>(answer: Answer<A>, change: (value: A) => B): Answer<B> {
  return answer.ok ? { ...answer, value: change(answer.value) } : answer;
}

type KeysPage = ReturnType<typeof parseKeys>;

/** A key of another place off this place's pages would be joined to the wrong account. */
function keysOfPlace({ Keys, ...rest }: KeysPage, place: Place) {
  return { ...rest, Keys: Keys.map(({ KeyArn }) => referTo(KeyArn, place)) };
}

function referTo(keyArn: string, place: Place): KeyReference {
  const parsed = parseKeyArn(keyArn);
  if (parsed?.account === place.account && parsed.region === place.region) {
    return { keyArn, keyId: parsed.keyId };
  }
  throw undocumentedAnswer(`ListKeys returned ${keyArn}`);
}

/** Facts are joined by ARN: an answer about another key than the one asked for is none. */
function metadataOf(asked: string, { Arn, ...metadata }: KeyMetadata & { Arn: string }): KeyMetadata {
  if (Arn === asked) return metadata;
  throw undocumentedAnswer(`DescribeKey answered about ${Arn}`);
}

/** KeyId comes back as an id or as an ARN (kms-facts §1.3); either ends in the key's id. */
function statusOf(asked: string, { KeyId, ...status }: RotationStatus & { KeyId?: string | undefined }) {
  if (KeyId === undefined || asked.endsWith(KeyId)) return status;
  throw undocumentedAnswer(`GetKeyRotationStatus answered about ${KeyId}`);
}

function usageOf(asked: string, { KeyId, ...usage }: LastUsage & { KeyId?: string | undefined }): LastUsage {
  if (KeyId === undefined || asked.endsWith(KeyId)) return usage;
  throw undocumentedAnswer(`GetKeyLastUsage answered about ${KeyId}`);
}
