/*
 * Tamperings that no checker can find: what they leave is another story, and nothing in it contradicts another thing. Each line
 * says why, for a part of the tamperings by their names.
 */

const TIME_OF =
  /(?:^| )(?:\S*\/)?(?:at|createdAt|checkedAt|finishedAt|intendedAt|expiresAt|readAt|lastAt|readAt\/\w+)/
    .source;
const SMALL = '(?:a millisecond later|a second earlier|a day later)';

export const OTHER_STORIES: readonly (readonly [RegExp, string])[] = [
  [
    /: fields in another order$/,
    'The order of the fields of a body says nothing, and reports have their own.',
  ],
  [new RegExp(`${TIME_OF}: ${SMALL}$`), 'Clocks differ; what is bound to another time is refused.'],
  [
    /\/(?:explanation|advice|message|fix|source|caller|callerArn|userId|osUser|host|name|state|reason|listedBy): (?:more text|empty|name|removed)$/,
    'Words of a person or of Keyturn, from which nothing follows.',
  ],
  [/finding .* (?:explanation|advice): /, 'Sentences of the version that assessed.'],
  [/^place-\S+ body\/(?:reason|fix): /, 'Why a place could not be read is AWS’s answer.'],
  [
    /^(?:configure|validate)-begun body\/(?:limit|maxFailures|settleMs|waitMs|keys): /,
    'A setting of a run; what exceeds it is refused.',
  ],
  [
    /^(?:assess-begun|accounts-reached) body\/(?:rollout\/)?(?:accountsAsked|regionsAsked|price|maxPeriodInDays|roles|profiles|keyturnVersion|callerArn|notAssessed|regionsLeftOut|scope)/,
    'What was asked for, before anything followed from it.',
  ],
  [/ body\/(?:change\/)?(?:error|found|unanswered|drift|requestId)\b/, 'What AWS answered to one call.'],
  [
    /^verdict .* body\/(?:rotations|replicas|NextRotationDate|RotationPeriodInDays|KeyState|error|reads|differences)\b/,
    'What AWS answered later.',
  ],
  [
    /^finding .* (?:policy|tags|lastUsage|gaps|MultiRegionConfiguration|Description|CreationDate|DeletionDate|NextRotationDate|RotationPeriodInDays|KeyState|KeyUsage|Enabled|pastRotations|aliases)\b/,
    'What AWS answered, and no conclusion depends on.',
  ],
  [/^finding .* primaryInScope: /, 'The scope may have grown since the key was read.'],
  [
    /^place-assessed .*body\/(?:listed|awsManaged): /,
    'The totals do not add up then, and every report says so.',
  ],
  [/^approval signed .*body\/signature: removed$/, 'Without trusted keys no signature is required.'],
  [/^approval .*body\/decisions\/#/, 'Another decision, if nothing came of it.'],
  [
    /^approval .*body\/(?:expiresAt|approval|reason|submittedBy\/account|imported\/by\/account): /,
    'Another approval, if nothing came of it.',
  ],
  [
    /^journal .*: (?:at the end|behind the next|dropped|twice)$/,
    'Another order or number of events that do not depend on each other.',
  ],
  [
    /^outcome .* body\/(?:intendedAt|finishedAt|checkedAt|proof): /,
    'Kept of a call, or not: an earlier attempt has the same.',
  ],
  [/^manifest.json keyturnVersion: /, 'Everything is made again whichever version is named.'],
];
