import { KeyturnError } from '../../messages/error.ts';
import type { Source } from '../settings/resolve.ts';
import type { Settings } from '../settings/settings.ts';

const CODES = { flag: 'input-argument', environment: 'input-environment', file: 'input-config' } as const;

/**
 * Signatures can be required only if the keys of approvers are named.
 * @throws KeyturnError with where signatures are required: `input-config`, `input-environment` or `input-argument`
 */
export function requireApproverKeys({ held }: Settings): void {
  const required = held.get('requireSigned');
  if (required?.value !== true || held.has('trustApprover')) return;
  const place = required.source === 'file' ? `${required.at}: requireSigned` : required.at;
  throw new KeyturnError(
    CODES[required.source satisfies Source],
    `${place} needs the public keys of approvers, and none is named.`,
    'Name them with trustedApprovers: [FILE] in keyturn.yaml, or with --trust-approver FILE.',
  );
}
