import type { Material } from './material.ts';
import type { Block, PostureBar, Section } from './model.ts';
import { count, counted, keys, prose } from './phrases.ts';

interface Posture {
  readonly total: number;
  readonly supporting: number;
  readonly blocked: number;
  readonly unsupported: number;
  readonly unknown: number;
  readonly onBefore: number;
  /** On by the last word of AWS: found on, or turned on and read back as expected. */
  readonly onNow: number;
  /** Turned on, and not (or not as expected) read back. */
  readonly unconfirmed: number;
  readonly hasChanges: boolean;
}

export function postureSection(material: Material): Section {
  const posture = assemblePosture(material);
  return { id: 'posture', title: 'Posture', blocks: [figures(posture), bars(posture), ...remarks(material)] };
}

function assemblePosture({ survey, summary }: Material): Posture {
  const { candidate, enabled, ineligible, unknown } = survey.findings;
  const { on, off, unreadable, 'not-read': notRead } = survey.rotationAmongStateIneligible;
  const blocked = on + off + unreadable + notRead;
  const { outcomes, validation } = summary;
  const confirmed = validation?.confirmed ?? 0;
  return {
    total: candidate + enabled + ineligible + unknown,
    supporting: candidate + enabled + blocked,
    blocked,
    unsupported: ineligible - blocked,
    unknown,
    onBefore: enabled,
    onNow: enabled + outcomes['already-enabled'] + confirmed,
    unconfirmed: outcomes.enabled - confirmed,
    hasChanges: outcomes.enabled + outcomes['already-enabled'] > 0,
  };
}

function figures({ total, supporting, blocked, onBefore, onNow, unconfirmed, hasChanges }: Posture): Block {
  return {
    kind: 'figures',
    figures: [
      { label: 'Customer managed keys', value: count(total), note: 'in the places that could be listed' },
      {
        label: 'Support rotation',
        value: count(supporting),
        note: blocked > 0 ? `by type; ${count(blocked)} cannot be changed in their present state` : 'by type',
      },
      { label: 'On before', value: count(onBefore), note: 'when assessed' },
      {
        label: 'On now',
        value: hasChanges ? count(onNow) : '–',
        note: hasChanges ? afterNote(unconfirmed) : 'nothing changed yet',
      },
    ],
  };
}

const afterNote = (unconfirmed: number): string =>
  unconfirmed > 0
    ? `and ${count(unconfirmed)} turned on but not confirmed`
    : 'every change read back as expected';

function bars(posture: Posture): Block {
  const { supporting, blocked, onBefore, onNow, unconfirmed } = posture;
  const open = supporting - blocked;
  const before = bar('Before', posture, onBefore, 0, open - onBefore);
  const after = bar('Now', posture, onNow, unconfirmed, open - onNow - unconfirmed);
  return { kind: 'posture', bars: posture.hasChanges ? [before, after] : [before] };
}

function bar(label: string, posture: Posture, on: number, changed: number, off: number): PostureBar {
  const { blocked, unsupported, unknown } = posture;
  return {
    label,
    segments: [
      { kind: 'on', word: 'On', keys: on },
      { kind: 'changed', word: 'Turned on, not confirmed', keys: changed },
      { kind: 'off', word: 'Off', keys: off },
      { kind: 'blocked', word: 'Ruled out by its state', keys: blocked },
      { kind: 'unsupported', word: 'Ruled out by its type', keys: unsupported },
      { kind: 'unknown', word: 'Not known', keys: unknown },
    ],
  };
}

function remarks({ summary }: Material): Block[] {
  const { rotationAmongStateIneligible: state, unreachable } = summary;
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
    ...(unreachable.length > 0
      ? [
          {
            kind: 'note' as const,
            tone: 'attention' as const,
            text: `${counted(unreachable.length, 'place')} could not be listed, or not for sure; see “What could not be seen”.`,
          },
        ]
      : []),
  ];
}
