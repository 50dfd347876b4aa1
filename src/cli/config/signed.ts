import type { Command } from 'commander';
import { KeyturnError } from '../../messages/error.ts';
import type { Config } from './parse.ts';

/**
 * Signatures can be required only of keys that somebody has named.
 * @throws KeyturnError `input-config` or `input-argument` with where it is required, if no key of an approver is named
 */
export function requireApproverKeys(command: Command, config: Config | undefined): void {
  const { trustApprover = [] } = command.optsWithGlobals<{ trustApprover?: readonly string[] }>();
  if (trustApprover.length > 0) return;
  const isFlag = command.getOptionValueSourceWithGlobals('requireSigned') === 'cli';
  const place = isFlag
    ? '--require-signed'
    : `${config?.file}, line ${config?.lines.requireSigned}: requireSigned`;
  throw new KeyturnError(
    isFlag ? 'input-argument' : 'input-config',
    `${place} needs the public keys of approvers, and none is named.`,
    'Name them with trustedApprovers: [FILE] in keyturn.yaml, or with --trust-approver FILE.',
  );
}
