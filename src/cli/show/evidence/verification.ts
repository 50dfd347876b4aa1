import type { Manifest } from '../../../evidence/manifest.ts';
import type { TrustedKey } from '../../../evidence/trust.ts';
import { TIMES } from '../../../report/time.ts';
import type { Verification } from '../../../workflow/verify/verify.ts';
import { describeRolesNotProved, describeSigners } from './signers.ts';

/** What a verification proved and what it could not, in sentences. */
export function sayVerification(
  verification: Verification,
  trust: readonly TrustedKey[],
): { readonly proved: string[]; readonly notProved: string[] } {
  return {
    proved: [...sayProved(verification), ...describeSigners(verification, trust)],
    notProved: sayNotProved(verification, trust),
  };
}

function sayProved({ manifest, history, notRendered }: Verification): string[] {
  const { rollout, approvals, keys, head } = history;
  const all = manifest.files.length;
  return [
    `The directory holds what the manifest names (${all} ${all === 1 ? 'file' : 'files'}), unchanged, and nothing else.`,
    `The journal is whole: each entry names the one before (entries: ${head.entries}); the last is ${head.hash}.`,
    ...(rollout.planDigest === undefined
      ? []
      : [
          `The findings and the plan are the ones assessed; each approval (${approvals.length} in all) names the plan's digest ${rollout.planDigest}.`,
        ]),
    `Each key that was called was approved at that moment, and none was called again once it was on (keys called: ${keys.called}).`,
    `Each outcome (${keys.changes} in all) and each verdict (${keys.judged} in all) belongs to a decision and a change before it.`,
    notRendered.length === 0
      ? 'Every report and total follows from the journal and the findings: made again, they are the same to the byte.'
      : `All data and every total follow from the journal and the findings: made again, ${all + 1 - notRendered.length} of ${all + 1} files are the same to the byte.`,
  ];
}

function sayNotProved(verification: Verification, trust: readonly TrustedKey[]): string[] {
  const { manifest, history, signers, notRendered } = verification;
  const unsigned = history.approvals.filter(({ id }) => !signers.approvals.has(id));
  return [
    ...(signers.bundle === undefined
      ? [
          'Origin: the bundle is not signed. It proves consistency, not who made it: whoever can write it all anew can forge it.',
        ]
      : []),
    ...sayNotSeen(manifest.notSeen),
    ...describeRolesNotProved(verification, trust),
    ...(unsigned.length > 0
      ? [
          `Who decided: approvals without a signature (${unsigned.length} of ${history.approvals.length}) only name who submitted them.`,
        ]
      : []),
    ...(history.rollout.planDigest === undefined
      ? ['The findings: the assessment was not complete, so the journal holds no digest of them.']
      : []),
    ...(notRendered.length > 0
      ? [
          `What ${notRendered.join(', ')} say: the manifest names Keyturn ${manifest.keyturnVersion}, and this version words them differently. Do not rely on their text, or verify with that version.`,
        ]
      : []),
    'What AWS did: hold the request ids of the outcomes against CloudTrail.',
    `The times. ${TIMES}`,
  ];
}

/** Silence about a place is not the absence of keys. */
function sayNotSeen({ unreachable, unknown }: Manifest['notSeen']): string[] {
  return [
    ...(unreachable.length > 0
      ? [`The keys of ${unreachable.length} places or accounts: they could not be read, or not for sure.`]
      : []),
    ...(unknown > 0 ? [`The rotation of ${unknown} keys: it could not be read.`] : []),
  ];
}
