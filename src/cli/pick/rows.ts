import { costOf } from '../../model/cost.ts';
import type { Finding } from '../../model/finding.ts';
import { priceOfRollout } from '../../model/prices.ts';
import { warnOfRefusal } from '../../model/refusal-warning.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { describeStack, stackOf } from '../../model/stack.ts';
import { forTerminal } from '../../report/escape.ts';
import {
  addedText,
  ageText,
  lastUseText,
  pastRotationsText,
  policyText,
  refusalText,
  replicasText,
  stackText,
  tagsText,
} from '../../report/profile.ts';
import type { PickRow } from './state.ts';

/** A row with its text, already escaped for a terminal: what AWS says is hostile. */
export interface ShownRow extends PickRow {
  readonly region: string;
  readonly name: string;
  readonly about: string;
  readonly added: string;
  /** Label and text; only what there is something to say of. */
  readonly details: readonly (readonly [label: string, text: string])[];
}

/** Reads candidates into rows, a stream at a time. */
export function toPickRow(finding: Finding, rollout: AssessedRollout): ShownRow {
  const { keyArn, keyId, account, region, primaryAlias, aliases = [], Description = '', tags } = finding;
  const price = priceOfRollout(rollout);
  const stack = stackOf(tags);
  const replicas = replicasText(finding);
  const warning = WARNING[warnOfRefusal(finding)?.kind ?? 'none'];
  const named = { account, region, alias: aliases.join('\n'), stack: stackText(finding), key: keyArn };
  const tag = tagsText(finding);
  const any = [...Object.values(named), tag, Description].join('\n');
  const policy = policyText(finding);
  const details: [string, string][] = [
    ['Key', keyArn],
    ['About', [`${ageText(finding, rollout.assessedAt)} old`, Description].filter(Boolean).join(', ')],
    ['Aliases', aliases.length > 1 ? aliases.join(', ') : ''],
    ['Replicas', replicas && `${replicas}; they follow their primary`],
    ['In code', stack ? describeStack(stack, finding) : ''],
    [
      'Cost',
      `adds ${addedText(finding, price)} ${price.currency} a month; past rotations: ${pastRotationsText(finding)}`,
    ],
    ['Last use', lastUseText(finding)],
    ['Tags', tag],
    ['Used by', policy.users],
    ['Admins', policy.administrators],
    ['Open to', policy.open],
    ['Warning', refusalText(finding)],
  ];
  return {
    keyArn,
    account,
    cost: costOf(finding, price),
    search: lowered({ ...named, tag, any }),
    region,
    name: forTerminal(primaryAlias?.replace(/^alias\//, '') ?? keyId),
    about: forTerminal(
      [warning, Description, stack && `[${stack.name}]`, replicas && `+${replicas}`]
        .filter(Boolean)
        .join(' '),
    ),
    added: addedText(finding, price),
    details: details.flatMap(([label, text]) => (text === '' ? [] : [[label, forTerminal(text)] as const])),
  };
}

/** What a row says of a key policy; the details say the rest. */
const WARNING = {
  refused: '! key policy refuses',
  conditional: '! key policy may refuse',
  none: '',
} as const;

function lowered<Fields extends Record<string, string>>(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, text.toLowerCase()]),
  ) as Fields;
}
