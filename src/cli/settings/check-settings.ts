import { KeyturnError } from '../../messages/error.ts';
import type { Given } from './resolve.ts';
import type { Settings } from './settings.ts';

const CODES = { flag: 'input-argument', environment: 'input-environment', file: 'input-config' } as const;

/**
 * Checks what a single value does not show.
 * @throws KeyturnError `input-argument`, `input-environment` or `input-config`, with the place of the value
 */
export async function checkSettings({ held, displaced }: Settings): Promise<void> {
  requireApproverKeys(held);
  requireSameApprovers(displaced);
  const filter = held.get('filter');
  if (filter) await checkFilter(filter);
}

/** Signatures can be required only if the keys of approvers are named. */
function requireApproverKeys(held: Settings['held']): void {
  const required = held.get('requireSigned');
  if (required?.value !== true || held.has('trustApprover')) return;
  throw new KeyturnError(
    CODES[required.source],
    `${placeOf(required)} needs the public keys of approvers, and none is named.`,
    'Name them with trustedApprovers: [FILE] in keyturn.yaml, or with --trust-approver FILE.',
  );
}

/** A variable that somebody left behind does not change whom a team trusts. A flag can: the operator sees it. */
function requireSameApprovers(displaced: Settings['displaced']): void {
  for (const [{ name, source }, instead] of displaced) {
    if (name !== 'trustApprover' || source !== 'file' || instead.source !== 'environment') continue;
    throw new KeyturnError(
      CODES.environment,
      `${instead.at} names other approvers than trustedApprovers of keyturn.yaml.`,
      `Unset ${instead.at}, or name the approvers with --trust-approver FILE.`,
    );
  }
}

/** A filter has to be JMESPath wherever it is given. Its library is loaded only if there is one. */
async function checkFilter(filter: Given): Promise<void> {
  const { filterOf } = await import('../../workflow/rollout/visible-findings.ts');
  try {
    await filterOf({ scope: { filter: String(filter.value) } }, placeOf(filter));
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    throw new KeyturnError(CODES[filter.source], error.message, error.fix, { cause: error });
  }
}

/** In the file, the line and the key. */
const placeOf = ({ source, at, name }: Given): string => (source === 'file' ? `${at}: ${name}` : at);
