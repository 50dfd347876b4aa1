import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Failure } from '../model/failure.ts';
import { type CallContext, call, ONCE } from './call.ts';
import { Pace } from './pace.ts';

/** AWS said so of the credentials themselves, or there are none: nothing is left to ask. */
const SAID = /^Expired|^RequestExpired$|ProviderError$|^MfaCodeNeeded$|^UND_ERR_|^E[A-Z]+$/;

/** Milliseconds. All calls that are in flight in a Region which is not enabled fail at once. */
const REMEMBERED_MS = 5_000;
const GENTLE = 5;

/** @returns the failure as it is to be understood: `credentials` only if AWS accepts them nowhere */
export type JudgeCredentials = (failure: Failure) => Promise<Failure>;

/**
 * Finds out what a refusal of credentials means. A Region that is not enabled refuses good ones with the same code as
 * revoked ones (kms-facts §13.2), so GetCallerIdentity decides: once for all calls that fail at the same time.
 * @param clients of STS with the same credentials, the most reliable Region first
 */
export function judgeCredentials(
  clients: () => Promise<readonly STSClient[]>,
  context: CallContext,
): JudgeCredentials {
  let asked: { readonly at: number; readonly gone: Promise<boolean> } | undefined;
  return async (failure) => {
    if (failure.kind !== 'credentials' || SAID.test(failure.code)) return failure;
    const now = context.clock.now().getTime();
    if (asked === undefined || now - asked.at > REMEMBERED_MS)
      asked = { at: now, gone: clients().then((sts) => areGone(sts, context), unreachable) };
    return (await asked.gone) ? failure : { ...failure, kind: 'region-unavailable' };
  };
}

/** There are no credentials to ask with. */
const unreachable = (): boolean => true;

/** Whether AWS refuses the credentials wherever it answers; false if it answers nowhere. */
async function areGone(clients: readonly STSClient[], context: CallContext): Promise<boolean> {
  let refused = false;
  for (const sts of clients) {
    const answer = await call({
      ...context,
      operation: 'GetCallerIdentity',
      pace: new Pace(context.clock, GENTLE),
      patience: ONCE,
      send: () => sts.send(new GetCallerIdentityCommand({})),
      parse: () => undefined,
    });
    if (answer.ok) return false;
    refused ||= answer.failure.kind === 'credentials';
  }
  return refused;
}
