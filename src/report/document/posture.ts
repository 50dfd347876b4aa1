import { countPosture, hasChanged, type PostureCounts } from '../../model/posture.ts';
import { type Coverage, notSeenText, seenText } from '../coverage.ts';
import type { Material } from './material.ts';
import type { Block, PostureBar, Section } from './model.ts';
import { count, keys, prose } from './phrases.ts';

interface Posture {
  readonly total: number;
  readonly supporting: number;
  readonly before: PostureCounts;
  readonly now: PostureCounts;
  readonly hasChanges: boolean;
}

export function postureSection(material: Material): Section {
  const posture = assemblePosture(material);
  return {
    id: 'posture',
    title: 'Posture',
    blocks: [figures(posture, material.coverage), bars(posture), ...remarks(material)],
  };
}

function assemblePosture({ survey, summary }: Material): Posture {
  const { candidate, enabled, ineligible, unknown } = survey.findings;
  const { on, off, unreadable, 'not-read': notRead } = survey.rotationAmongStateIneligible;
  const blocked = on + off + unreadable + notRead;
  const { outcomes, validation } = summary;
  const confirmed = validation?.confirmed ?? 0;
  const unsupported = ineligible - blocked;
  return {
    total: candidate + enabled + ineligible + unknown,
    supporting: candidate + enabled + blocked,
    ...countPosture({ candidate, enabled, blocked, unsupported, unknown, outcomes, confirmed }),
    hasChanges: hasChanged(outcomes),
  };
}

function figures({ total, supporting, before, now, hasChanges }: Posture, coverage: Coverage): Block {
  const { blocked } = before;
  return {
    kind: 'figures',
    figures: [
      {
        label: 'Customer managed keys',
        value: count(total),
        note: `in ${seenText(coverage.accounts, 'account')}`,
      },
      {
        label: 'Support rotation',
        value: count(supporting),
        note: blocked > 0 ? `by type; ${count(blocked)} cannot be changed in their present state` : 'by type',
      },
      { label: 'On before', value: count(before.on), note: 'when assessed' },
      {
        label: 'On now',
        value: hasChanges ? count(now.on) : '–',
        note: hasChanges ? afterNote(now.changed) : 'nothing changed yet',
      },
    ],
  };
}

const afterNote = (unconfirmed: number): string =>
  unconfirmed > 0
    ? `and ${count(unconfirmed)} turned on but not confirmed`
    : 'every change read back as expected';

function bars({ before, now, hasChanges }: Posture): Block {
  const first = bar('When assessed', before);
  return { kind: 'posture', bars: hasChanges ? [first, bar('Now', now)] : [first] };
}

function bar(label: string, counts: PostureCounts): PostureBar {
  const segment = (kind: keyof PostureCounts, word: string) => ({ kind, word, keys: counts[kind] });
  return {
    label,
    segments: [
      segment('on', 'On'),
      segment('changed', 'Turned on, not confirmed'),
      segment('off', 'Off'),
      segment('blocked', 'Ruled out by its state'),
      segment('unsupported', 'Ruled out by its type'),
      segment('unknown', 'Not known'),
    ],
  };
}

function remarks({ summary, coverage }: Material): Block[] {
  const { rotationAmongStateIneligible: state } = summary;
  const unseen = notSeenText(coverage);
  return [
    prose(
      'A key counts as on where AWS said so when it was last read. Keys that could not be read are never counted as off.',
    ),
    ...(state.on > 0
      ? [
          prose(
            `${keys(state.on)} that cannot be changed in the present state still read as on; nothing rotates while a key is disabled.`,
          ),
        ]
      : []),
    ...(unseen !== ''
      ? [
          {
            kind: 'note' as const,
            tone: 'attention' as const,
            text: `These figures are incomplete: ${unseen}. Keys there are in no figure; see “What could not be seen”.`,
          },
        ]
      : []),
  ];
}
