import { notSeenText } from '../coverage.ts';
import type { FactTimes } from '../survey.ts';
import { TIMES } from '../time.ts';
import type { Material } from './material.ts';
import type { Block, Row, Section } from './model.ts';
import { code, count, counted, joined, prose, tableOr, time, timeRange } from './phrases.ts';

/** Which API operation each fact comes from. */
const OPERATION: Readonly<Record<string, string>> = {
  metadata: 'kms:DescribeKey',
  rotation: 'kms:GetKeyRotationStatus',
  aliases: 'kms:ListAliases',
  tags: 'kms:ListResourceTags',
  policy: 'kms:GetKeyPolicy',
  pastRotations: 'kms:ListKeyRotations',
  lastUsage: 'kms:GetKeyLastUsage',
};

export function sourcesSection(material: Material): Section {
  return {
    id: 'sources',
    title: 'How and when the facts were read',
    blocks: [
      prose(
        `Keyturn listed the keys of ${counted(material.coverage.places, 'place')} (an account in a Region) with `,
        { code: 'kms:ListKeys' },
        ` and asked AWS for each fact as this caller.${notListed(material)} ${TIMES}`,
      ),
      sourceFacts(material),
      readings(material),
      ...planCheck(material),
    ],
  };
}

function notListed({ coverage }: Material): string {
  const unseen = notSeenText(coverage);
  return unseen === '' ? '' : ` Not all of the scope was listed: ${unseen}.`;
}

function sourceFacts({ summary }: Material): Block {
  const { callerArn, scope, keyturnVersion, times } = summary;
  return {
    kind: 'facts',
    facts: [
      ['Caller', { code: callerArn }],
      ['Partition', { code: scope.partition }],
      ['Accounts in scope', joined(scope.accounts.map(code))],
      ['Regions in scope', joined(scope.regions.map(code))],
      ['Key policies', scope.policies ? 'read' : 'not read, as asked'],
      ['Tags', scope.tags ? 'read' : 'not read, as asked'],
      ['Past rotations', scope.rotations ? 'read of candidates' : 'not read'],
      ['Last use', scope.lastUsage ? 'asked of candidates' : 'not asked'],
      ['Keyturn', summary.keyturnVersion === '' ? 'not recorded' : { code: keyturnVersion }],
      ['Facts read', timeRange(times.firstReadAt, times.lastReadAt)],
      ['Assessment complete', times.assessedAt ? time(times.assessedAt) : 'not yet'],
      ['Changes ended', timeRange(times.firstChangedAt, times.lastChangedAt)],
      ['Read back', timeRange(times.firstValidatedAt, times.lastValidatedAt)],
    ],
  };
}

function readings({ survey }: Material): Block {
  const rows = survey.factTimes.map(({ fact, keys, first, last }: FactTimes): Row => {
    return [fact, code(OPERATION[fact]), count(keys), time(first), time(last)];
  });
  const titles = ['Fact', 'API operation', '#Keys', 'First read', 'Last read'];
  return tableOr('No key has been read.', 'Facts of the assessment', titles, rows);
}

function planCheck({ summary }: Material): Block[] {
  const { planDigest } = summary;
  if (planDigest === null) return [prose('There is no plan yet, so there is no digest.')];
  return [
    { kind: 'facts', facts: [['Plan digest (SHA-256)', { code: planDigest }]] },
    prose(
      'The plan is the file that was decided upon: each finding with the change proposed, without what changes by ' +
        'itself. To check it, run ',
      { code: 'sha256sum plan.jsonl' },
      ' on the file beside this report: it prints this digest, and every approval below names it.',
    ),
  ];
}
