import { EnableKeyRotationCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyMetadata, KeyRotation, RotationStatus } from '../model/key-facts.ts';
import type { LastUsage } from '../model/last-use.ts';
import { type Place, parseKeyArn } from '../model/place.ts';
import type { Answer, Clock, KeyReference, KmsPlace } from '../workflow/ports.ts';
import { type Call, call, ONCE, type Patience, READ_PATIENCE, undocumentedAnswer } from './call.ts';
import { confirmChange, withEmptyAnswer, withoutRequestId } from './confirm-change.ts';
import type { JudgeCredentials } from './credentials-check.ts';
import {
  type AnsweredMetadata,
  type AnsweredRotation,
  type AnsweredUsage,
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
import { eachPage, type Listing } from './pages.ts';
import { type KmsOperation, QUOTA_SHARE, REQUEST_QUOTAS } from './quotas.ts';
import type { RawAnswer, Reader } from './reader.ts';

/** Page sizes: the most that KMS gives (kms-facts §2); it may give fewer, so only `Truncated` ends a listing. */
const KEYS_A_PAGE = 1000;
const ALIASES_A_PAGE = 100;
const TAGS_A_PAGE = 50;
const ROTATIONS_A_PAGE = 1000;

/**
 * The most that a place or a key can have, with head-room. AWS's quotas are 100,000 keys a Region (which can be raised),
 * 50 aliases and 50 tags a key; a key that rotates by hand and every 90 days gets some hundred rotations in its life.
 */
const MAX_KEYS = 500_000;
const MAX_ALIASES = 1_000_000;
const MAX_TAGS = 200;
const MAX_ROTATIONS = 10_000;

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
            (output) => keysOfPlace(parseKeys(output), place, (output as RawAnswer).$metadata),
          ),
        new Map<string, KeyReference>(),
        (keys, { Keys }) => {
          for (const key of Keys) keys.set(key.keyArn, key);
          return Keys.length;
        },
        { operation: 'ListKeys', most: MAX_KEYS, aPage: KEYS_A_PAGE },
      ).then((answer) => mapAnswer(answer, (keys) => [...keys.values()])),
    listAliases: () =>
      collect(
        (Marker) =>
          make(
            'ListAliases',
            () => read('ListAliases', { Limit: ALIASES_A_PAGE, Marker }),
            (output) => aliasesOfPlace(parseAliases(output), place),
          ),
        new Map<string, string[]>(),
        (byKey, { Aliases }) => {
          for (const { AliasName, TargetKeyId } of Aliases) {
            if (TargetKeyId === undefined) continue;
            const names = byKey.get(TargetKeyId);
            if (names) names.push(AliasName);
            else byKey.set(TargetKeyId, [AliasName]);
          }
          return Aliases.length;
        },
        { operation: 'ListAliases', most: MAX_ALIASES, aPage: ALIASES_A_PAGE },
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
          return Tags.length;
        },
        { operation: 'ListResourceTags', most: MAX_TAGS, aPage: TAGS_A_PAGE },
      ).then((answer) => mapAnswer(answer, (tags) => Object.fromEntries(tags))),
    listKeyRotations: (KeyId) =>
      collect(
        (Marker) =>
          make(
            'ListKeyRotations',
            () => read('ListKeyRotations', { KeyId, Limit: ROTATIONS_A_PAGE, Marker }),
            (output) => rotationsOf(KeyId, parseRotations(output)),
          ),
        [] as KeyRotation[],
        (rotations, page) => {
          for (const each of page.Rotations) rotations.push(each);
          return page.Rotations.length;
        },
        { operation: 'ListKeyRotations', most: MAX_ROTATIONS, aPage: ROTATIONS_A_PAGE },
      ),
    getKeyLastUsage: (KeyId) =>
      make(
        'GetKeyLastUsage',
        () => read('GetKeyLastUsage', { KeyId }),
        (output) => usageOf(KeyId, parseUsage(output)),
      ),
    enableKeyRotation: async (KeyId, RotationPeriodInDays, beforeSend = async () => {}) => {
      let isStopped = false;
      let reason: unknown;
      const answer = await make(
        'EnableKeyRotation',
        async () => {
          changing ??= client();
          const ready = await changing;
          await beforeSend().catch((cause: unknown) => {
            [isStopped, reason] = [true, cause];
            throw cause;
          });
          return ready.send(withEmptyAnswer(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays })));
        },
        confirmChange,
        ONCE,
      );
      if (isStopped) throw reason;
      return answer;
    },
  };
}

interface Page {
  readonly NextMarker?: string | undefined;
}

/** Folds all pages into one value. */
async function collect<P extends Page, T>(
  fetch: (marker: string | undefined) => Promise<Answer<P>>,
  into: T,
  add: (into: T, page: P) => number,
  bounds: Pick<Listing<P>, 'operation' | 'most' | 'aPage'>,
): Promise<Answer<T>> {
  const next = ({ NextMarker }: P) => NextMarker;
  const ended = await eachPage({ ...bounds, fetch, next, take: (page) => add(into, page) });
  return mapAnswer(ended, () => into);
}

function mapAnswer<A, B>(answer: Answer<A>, change: (value: A) => B): Answer<B> {
  return answer.ok ? { ...answer, value: change(answer.value) } : answer;
}

type KeysPage = ReturnType<typeof parseKeys>;

/**
 * A key of another place on this place's pages would be joined to the wrong account. That there is no key at all is
 * believed from AWS only, which gives each answer a request id.
 */
function keysOfPlace({ Keys, ...rest }: KeysPage, place: Place, { requestId }: RawAnswer['$metadata']) {
  if (Keys.length === 0 && !rest.Truncated && requestId === undefined) throw withoutRequestId();
  return { ...rest, Keys: Keys.map((key) => referTo(key, place)) };
}

function referTo({ KeyArn: keyArn, KeyId }: KeysPage['Keys'][number], place: Place): KeyReference {
  const parsed = parseKeyArn(keyArn);
  if (parsed?.account === place.account && parsed.region === place.region && parsed.keyId === KeyId) {
    return { keyArn, keyId: KeyId };
  }
  throw undocumentedAnswer(`ListKeys returned ${keyArn} as key ${KeyId}`);
}

type AliasesPage = ReturnType<typeof parseAliases>;

/** As keys, aliases of another place are not this place's. */
function aliasesOfPlace(page: AliasesPage, { account, region }: Place): AliasesPage {
  for (const { AliasName, AliasArn } of page.Aliases) {
    if (!AliasArn.endsWith(`:${region}:${account}:${AliasName}`))
      throw undocumentedAnswer(`ListAliases returned ${AliasArn} as ${AliasName}`);
  }
  return page;
}

/** Facts are joined by ARN: an answer about another key than the one asked for is none. */
function metadataOf(asked: string, { Arn, KeyId, AWSAccountId, ...metadata }: AnsweredMetadata): KeyMetadata {
  if (Arn === asked && isKey(asked, KeyId) && asked.split(':')[4] === AWSAccountId) return metadata;
  throw undocumentedAnswer(`DescribeKey answered about ${Arn} (${KeyId}) of account ${AWSAccountId}`);
}

function statusOf(asked: string, { KeyId, ...status }: AnsweredRotation): RotationStatus {
  if (isKey(asked, KeyId)) return status;
  throw undocumentedAnswer(`GetKeyRotationStatus answered about ${KeyId}`);
}

function rotationsOf(asked: string, { Rotations, ...rest }: ReturnType<typeof parseRotations>) {
  const foreign = Rotations.find(({ KeyId }) => !isKey(asked, KeyId));
  if (foreign) throw undocumentedAnswer(`ListKeyRotations answered about ${foreign.KeyId}`);
  return { ...rest, Rotations: Rotations.map(({ KeyId: _, ...rotation }): KeyRotation => rotation) };
}

function usageOf(asked: string, { KeyId, KeyLastUsage, ...tracked }: AnsweredUsage): LastUsage {
  if (!isKey(asked, KeyId)) throw undocumentedAnswer(`GetKeyLastUsage answered about ${KeyId}`);
  const { Operation, Timestamp, ...event } = KeyLastUsage;
  return Operation === undefined || Timestamp === undefined
    ? tracked
    : { ...tracked, KeyLastUsage: { Operation, Timestamp, ...event } };
}

/** A key comes back as its id or as its ARN (kms-facts §1.3). */
const isKey = (asked: string, answered: string): boolean =>
  asked === answered || asked.endsWith(`:key/${answered}`);
