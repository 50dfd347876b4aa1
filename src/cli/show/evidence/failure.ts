import type { EvidenceCode } from '../../../evidence/error.ts';
import type { FileInspection } from '../../../evidence/inspect-files.ts';

export interface FailureText {
  /** What holds and what does not. */
  readonly summary: string;
  /** What to do next. */
  readonly fix: string;
}

const ASK_AGAIN = 'Do not rely on this evidence. Ask its maker for it again.';

/**
 * Says what a failed verification means for the evidence as a whole, from what really failed.
 * @param inspection undefined if there is no usable manifest
 */
export function describeFailure(code: EvidenceCode, inspection: FileInspection | undefined): FailureText {
  if (code === 'evidence-untrusted') return UNTRUSTED;
  if (!inspection) {
    const state = code === 'evidence-file-missing' ? 'missing' : 'damaged or altered';
    return { summary: `manifest.json is ${state}, so no other file can be checked.`, fix: ASK_AGAIN };
  }
  return describeFiles(inspection) ?? { summary: describeContent(code, inspection), fix: ASK_AGAIN };
}

const UNTRUSTED: FailureText = {
  summary: 'The evidence is consistent, but it is not signed by the keys that you trust.',
  fix: 'Ask the signer whose key it is before you trust it, or ask the maker for evidence that a trusted key signed.',
};

/** Undefined if every file is there, unchanged and named. */
function describeFiles(inspection: FileInspection): FailureText | undefined {
  const { changed, missing, lineEndings, extra } = inspection;
  if (changed.length + missing.length + lineEndings.length + extra.length === 0) return undefined;
  const said = [
    ...(changed.length + missing.length > 0 ? [] : [allHold(inspection)]),
    ...(changed.length > 0
      ? [`${isOrAre(changed.length)} not what the manifest names: ${namesOf(changed)}.`]
      : []),
    ...(missing.length > 0 ? [`${isOrAre(missing.length)} missing: ${namesOf(missing)}.`] : []),
    ...(changed.length + missing.length > 0 ? othersHold(inspection) : []),
    ...(lineEndings.length > 0
      ? [`Line endings were changed from LF to CRLF, as git's autocrlf does: ${namesOf(lineEndings)}.`]
      : []),
    ...(extra.length > 0 ? [describeExtra(extra)] : []),
  ];
  return { summary: said.join(' '), fix: fixOf(inspection) };
}

function allHold({ expected, lineEndings }: FileInspection): string {
  return lineEndings.length > 0
    ? `With their line endings restored, all ${expected} files hold.`
    : `All ${expected} files that should be here are unchanged.`;
}

const othersHold = ({ expected, unchanged }: FileInspection): string[] =>
  unchanged > 0 ? [`Unchanged: ${unchanged} of ${expected} files.`] : [];

const RESTORE_HIDDEN =
  "Some tools skip hidden files. Restore this one with: printf '* -text\\n' > .gitattributes";
const RESTORE_MISSING = 'Restore the missing files, or ask the maker for the evidence again.';
const RESTORE_LF =
  'To get the original back from git, delete the directory and run: git -c core.autocrlf=false checkout -- DIR';

/** What makes the evidence whole again, if anything does. */
function fixOf({ changed, missing, lineEndings }: FileInspection): string {
  if (changed.length > 0) return ASK_AGAIN;
  const isHidden = missing.every((name) => name === '.gitattributes');
  const fixes = [
    ...(missing.length > 0 ? [isHidden ? RESTORE_HIDDEN : RESTORE_MISSING] : []),
    ...(lineEndings.length > 0 ? [RESTORE_LF] : []),
  ];
  return fixes.length > 0 ? fixes.join(' ') : 'Remove what is extra and verify again.';
}

/** Files that desktops leave behind, and no person writes. */
const LITTER = /^(\.DS_Store|\._.*|\.localized|Icon\r|\.directory|(ehthumbs|Thumbs)\.db|desktop\.ini)$/i;

function describeExtra(extra: readonly string[]): string {
  const isLitter = extra.every((name) => LITTER.test(name));
  const made = isLitter ? ' macOS or Windows writes such files; they are not part of the evidence.' : '';
  return `${isOrAre(extra.length)} extra: ${namesOf(extra)}.${made}`;
}

function describeContent(code: EvidenceCode, { expected }: FileInspection): string {
  return code === 'evidence-signature'
    ? `All ${expected} files are consistent, but a signature is not valid.`
    : `All ${expected} files are what the manifest names, but their contents contradict each other. Keyturn does not write such evidence.`;
}

const isOrAre = (files: number): string => (files === 1 ? '1 file is' : `${files} files are`);

const MAX_NAMES = 5;

function namesOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
