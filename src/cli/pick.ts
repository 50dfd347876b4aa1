import { autocompleteMultiselect, confirm, isCancel } from '@clack/prompts';
import type { Finding } from '../model/finding.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import { forTerminal } from '../report/escape.ts';
import type { Store } from '../workflow/ports.ts';
import { shownFindings } from '../workflow/shown.ts';

const LABEL_WIDTH = 70;

/**
 * Lets a person pick candidates from a list, nothing chosen beforehand, and asks once more with the number.
 * @returns the ARNs picked; undefined where the person left, said no, or the input ended
 */
export async function pickKeys(store: Store, rollout: AssessedRollout): Promise<string[] | undefined> {
  const candidates: Finding[] = [];
  for await (const finding of shownFindings(store, rollout, 'candidate')) candidates.push(finding);
  if (candidates.length === 0) return [];
  const picked = await autocompleteMultiselect({
    message: 'Which keys shall rotate? Type to search, tab to choose, enter when done.',
    options: candidates.map(toOption),
    output: process.stderr,
    required: false,
  });
  if (isCancel(picked)) return undefined;
  if (picked.length === 0) return [];
  const sure = await confirm({
    message: `Approve turning on rotation every ${rollout.RotationPeriodInDays} days for ${picked.length} of ${candidates.length} keys?`,
    initialValue: false,
    output: process.stderr,
  });
  return sure === true ? picked : undefined;
}

function toOption({ keyArn, keyId, region, primaryAlias, Description = '' }: Finding) {
  const label = [region, primaryAlias ?? 'no alias', Description].map(forTerminal).join('  ');
  return { value: keyArn, label: label.slice(0, LABEL_WIDTH), hint: keyId };
}
