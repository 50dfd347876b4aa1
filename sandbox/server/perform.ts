import { matches } from '../conditions/match.ts';
import { AwsError, accessDenied, throttled } from '../error.ts';
import { isRecord } from '../kms/input.ts';
import { CHANGING, READING } from '../kms/operations.ts';
import type { Running } from '../running.ts';
import { listRegions } from '../services/account.ts';
import { getCallerIdentity } from '../services/sts.ts';
import { placeIn } from '../state/cloud.ts';
import { isOpen } from '../state/regions.ts';
import type { Call } from './call.ts';
import { type Outcome, struck } from './outcome.ts';
import { errorOf, successOf } from './protocol.ts';

type Output = Record<string, unknown> | undefined;

/** Credentials, quota, faults before; then the operation itself; then faults after. */
export function perform(running: Running, call: Call): Outcome {
  return guarded(running, call, () => {
    authenticate(call);
    if (!running.quotas.take(call)) throw throttled();
    const fault = running.faults.strike('before', call);
    const proceed = () => guarded(running, call, () => act(running, call));
    return fault ? struck(fault, call, proceed) : proceed();
  });
}

function act(running: Running, call: Call): Outcome {
  authorise(running, call);
  const output = outputOf(running, call);
  const proceed = (): Outcome => ({
    kind: 'answer',
    answer: successOf(call.service, call.operation, output, call.requestId),
  });
  const fault = running.faults.strike('after', call);
  return fault ? struck(fault, call, proceed, output) : proceed();
}

/** Codes and statuses of kms-facts §3; for a Region that is not enabled the code is our assumption (§11.6). */
function authenticate({ credential, owner }: Call): void {
  if (!credential) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  if (credential.accessKey.startsWith('EXPIRED')) {
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (!isOpen(owner.regions.get(credential.region))) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
}

function authorise(running: Running, call: Call): void {
  const rule = running.deny.find((candidate) => matches(candidate, call));
  if (!rule) return;
  if (rule.message !== undefined) throw new AwsError('AccessDeniedException', rule.message);
  const policy = rule.key === undefined ? 'identity' : 'resource';
  throw accessDenied(call.owner.callerArn, call.operation, call.keyArn ?? '*', policy);
}

function outputOf(running: Running, call: Call): Output {
  if (call.service === 'sts' && call.operation === 'GetCallerIdentity') return getCallerIdentity(call.owner);
  if (call.service === 'account') return listRegions(call.owner, call.input());
  return call.service === 'kms' ? kmsOutput(running, call) : unknownOperation(call);
}

function kmsOutput(running: Running, call: Call): Output {
  const operation = READING.get(call.operation) ?? CHANGING.get(call.operation) ?? unknownOperation(call);
  const output = operation({
    operation: call.operation,
    account: call.owner,
    place: placeIn(call.owner, call.region),
    input: call.input(),
    now: running.clock.now(),
    settings: running.settings,
    random: running.random,
  });
  call.entry.acted = CHANGING.has(call.operation);
  if (call.operation === 'CreateKey') call.entry.keyArn = arnIn(output);
  return output;
}

/** A key that was just made could not be named by its request. */
function arnIn(output: Output): string {
  const { KeyMetadata } = output ?? {};
  return isRecord(KeyMetadata) ? String(KeyMetadata['Arn']) : '';
}

function unknownOperation({ service, operation }: Call): never {
  const message = service === 'sts' ? `Could not find operation ${operation} for version 2011-06-15` : '';
  throw new AwsError('UnknownOperationException', message);
}

/** Turns a refusal into its answer; anything else is a fault of the sandbox, told as KMS would. */
function guarded(running: Running, call: Call, work: () => Outcome): Outcome {
  try {
    return work();
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : internal(thrown);
    const told = running.settings.emptyMessages ? new AwsError(error.code, '', error.status) : error;
    return { kind: 'answer', code: error.code, answer: errorOf(call.service, told, call.requestId) };
  }
}

function internal(thrown: unknown): AwsError {
  console.error('sandbox:', thrown);
  return new AwsError('KMSInternalException', `sandbox failure: ${String(thrown)}`, 500);
}
