import { keyCell } from './findings.ts';
import { anchorOf } from './key-rows.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { code, count, heading, joined, keys, prose, table, tableOr } from './phrases.ts';

export function unseenSection(material: Material): Section {
  return {
    id: 'not-seen',
    title: 'What could not be seen',
    blocks: [
      prose('What could not be read is reported here, and is never taken for empty or for off.'),
      heading('Places'),
      placesBlock(material),
      heading('Keys of which nothing can be said'),
      unknownBlock(material),
      heading('Other gaps'),
      {
        kind: 'list',
        items: [
          regionsLeftOut(material),
          ...notAssessed(material),
          replicasOutside(material),
          smallGaps(material),
        ],
      },
    ],
  };
}

function placesBlock({ record }: Material): Block {
  const rows = record.unreachable.map(({ account, region, reason, fix }): Row => {
    return [code(account), code(region), reason, fix];
  });
  const titles = ['Account', 'Region', 'Why', 'What to do'];
  return tableOr('Every place in scope was listed.', 'Places not listed, or not for sure', titles, rows);
}

function unknownBlock({ record, survey }: Material): Block {
  if (survey.findings.unknown === 0) return prose('None: of every listed key something can be said.');
  const titles = ['Key', 'Reason', 'What is known', 'What to do'];
  return table('Unknown keys', titles, survey.findings.unknown, async function* () {
    for await (const finding of record.findings({ kind: 'unknown' })) {
      yield [
        { ...keyCell(finding), id: anchorOf('unknown', finding.keyArn) },
        finding.reason ?? '',
        finding.explanation,
        finding.advice,
      ];
    }
  });
}

function regionsLeftOut({ record }: Material) {
  const { regionsLeftOut: regions } = record.rollout;
  if (regions === undefined)
    return 'Enabled Regions left out: not known; AWS did not say which Regions are enabled.';
  if (regions.length === 0) return 'Enabled Regions left out: none.';
  return [`Enabled Regions left out (${count(regions.length)}): `, ...joined(regions.map(code)), '.'];
}

/** Accounts that AWS suspends or closes: named, since an organization has them, and nothing is amiss. */
function notAssessed({ record }: Material): Inline[][] {
  const { notAssessed: accounts = [] } = record.rollout;
  if (accounts.length === 0) return [];
  const named = accounts.map(({ id, name, state }) => `${id} ${name} (${state})`);
  return [
    [
      `Accounts that are not active, and were not assessed (${count(accounts.length)}): `,
      ...joined(named),
      '.',
    ],
  ];
}

function replicasOutside({ survey }: Material) {
  if (survey.orphanReplicas === 0) return 'Replicas whose primary is outside the scope: none.';
  return [
    `Replicas whose primary is outside the scope: ${keys(survey.orphanReplicas)}. To cover them, add `,
    ...joined(survey.regionsToAdd.map(code)),
    '.',
  ];
}

/** Reads that failed without hiding whether rotation is on: a tag, an alias, a policy. */
function smallGaps({ survey }: Material) {
  if (survey.gaps.length === 0) return 'Reads that failed on keys that could be judged all the same: none.';
  const items = survey.gaps.map(
    ({ operation, code: error, keys: n }) => `${operation} with ${error} (${keys(n)})`,
  );
  return ['Reads that failed on keys that could be judged all the same: ', ...joined(items), '.'];
}
