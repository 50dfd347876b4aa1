import type { STSClient } from '@aws-sdk/client-sts';
import { KeyturnError } from '../messages/error.ts';
import type { Clock } from '../workflow/ports.ts';

/** Milliseconds. AWS itself refuses signatures that are further off, and evidence with such times misleads. */
const TOLERATED_MS = 5 * 60_000;

/**
 * Has a client compare the `Date` header of every answer, whatever it is, with the machine's clock.
 * @returns a check to make once there was an answer: throws KeyturnError `refused-clock` where the two are too far apart
 */
export function watchClock(sts: STSClient, clock: Clock): () => void {
  let skewMs = 0;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const at = Date.parse(dateOf(result.response) ?? '');
      if (!Number.isNaN(at)) skewMs = clock.now().getTime() - at;
      return result;
    },
    // Next to the wire, so that errors of AWS are answers too.
    { step: 'deserialize', priority: 'low', name: 'keyturnClock' },
  );
  return () => {
    if (Math.abs(skewMs) > TOLERATED_MS) throw wrongClock(skewMs);
  };
}

function dateOf(response: unknown): string | undefined {
  const { headers } = response as { headers?: Record<string, string> };
  return headers?.['date'];
}

function wrongClock(skewMs: number): KeyturnError {
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return new KeyturnError(
    'refused-clock',
    `The clock of this machine is ${minutes} minutes ${skewMs > 0 ? 'ahead of' : 'behind'} that of AWS: every time in the record would be wrong.`,
    'Set the clock (NTP), then run the command again.',
  );
}
