import { epochSeconds } from '../clock.ts';
import type { KmsCall, Output } from './call.ts';
import { keyOf } from './call.ts';

/** From when on KMS records use. */
const TRACKED_FROM = '2026-04-23T00:00:00Z';

/** GetKeyLastUsage (kms-facts §12): without a recorded use KeyLastUsage is empty; each replica has its own record. */
export function getKeyLastUsage(call: KmsCall): Output {
  const { keyId, createdAt, lastUsage } = keyOf(call);
  const trackedFrom = Math.max(Date.parse(call.settings.usageTrackedFrom ?? TRACKED_FROM), createdAt);
  return {
    KeyCreationDate: epochSeconds(createdAt),
    KeyId: keyId,
    // A use before the record began is not in it.
    KeyLastUsage: lastUsage && lastUsage.at >= trackedFrom ? entryOf(keyId, lastUsage) : {},
    TrackingStartDate: epochSeconds(trackedFrom),
  };
}

function entryOf(keyId: string, { operation, at }: { operation: string; at: number }) {
  return { CloudTrailEventId: keyId, KmsRequestId: keyId, Operation: operation, Timestamp: epochSeconds(at) };
}
