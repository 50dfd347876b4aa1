import { epochSeconds } from '../clock.ts';
import type { KmsCall, Output } from './call.ts';
import { keyOf } from './call.ts';

/** From when the sandbox says that use has been recorded; AWS's own date is not known here. */
const TRACKED_FROM = '2026-03-01T00:00:00Z';

/** GetKeyLastUsage (kms-facts §12): without a recorded use there is no KeyLastUsage; each replica has its own record. */
export function getKeyLastUsage(call: KmsCall): Output {
  const { keyId, createdAt, lastUsage } = keyOf(call);
  const trackedFrom = Date.parse(call.settings.usageTrackedFrom ?? TRACKED_FROM);
  return {
    KeyCreationDate: epochSeconds(createdAt),
    KeyId: keyId,
    // A use before the record began is not in it.
    ...(lastUsage && lastUsage.at >= trackedFrom && { KeyLastUsage: entryOf(keyId, lastUsage) }),
    TrackingStartDate: epochSeconds(trackedFrom),
  };
}

function entryOf(keyId: string, { operation, at }: { operation: string; at: number }) {
  return { CloudTrailEventId: keyId, KmsRequestId: keyId, Operation: operation, Timestamp: epochSeconds(at) };
}
