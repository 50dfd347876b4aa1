import type { Failure } from '../../model/failure.ts';
import type { RotationStatus } from '../../model/key-facts.ts';
import type { Clock, KmsPlace } from '../ports.ts';

export type Settled =
  | { readonly kind: 'on'; readonly at: string; readonly status: RotationStatus }
  | { readonly kind: 'off'; readonly at: string }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * Reads a key's rotation back until it is on, or until `settleMs` have passed and it still reads as off: KMS is
 * eventually consistent, so an early "off" proves nothing (kms-facts §3), nor does that of a key pending deletion.
 */
export async function settle(
  kms: KmsPlace,
  clock: Clock,
  keyArn: string,
  settleMs: number,
  signal?: AbortSignal,
): Promise<Settled> {
  const deadline = clock.monotonic() + settleMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const begun = clock.monotonic();
    const answer = await kms.getKeyRotationStatus(keyArn);
    if (answer.ok && answer.value.KeyRotationEnabled)
      return { kind: 'on', at: answer.at, status: answer.value };
    if (begun >= deadline) {
      return answer.ok
        ? concludeOff(kms, keyArn, answer.at)
        : { kind: 'unreadable', failure: answer.failure };
    }
    await clock.sleep(Math.max(1, Math.min(pause, deadline - clock.monotonic())), signal);
  }
}

/** A key pending deletion reads as off whatever it is, and as it was once that is cancelled (kms-facts §1.3). */
async function concludeOff(kms: KmsPlace, keyArn: string, at: string): Promise<Settled> {
  const metadata = await kms.describeKey(keyArn);
  if (!metadata.ok) return { kind: 'unreadable', failure: metadata.failure };
  return PENDING_DELETION.has(metadata.value.KeyState)
    ? { kind: 'unreadable', failure: hiddenByDeletion }
    : { kind: 'off', at };
}

const PENDING_DELETION = new Set(['PendingDeletion', 'PendingReplicaDeletion']);

const hiddenByDeletion: Failure = {
  operation: 'GetKeyRotationStatus',
  kind: 'invalid-state',
  code: 'PendingDeletion',
  message: 'the key is scheduled for deletion and reads as off, whatever it is, until that is cancelled',
};
