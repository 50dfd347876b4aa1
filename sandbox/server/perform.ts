import { matches } from '../conditions/match.ts';
import { AwsError, accessDenied, deniedByScp, throttled } from '../error.ts';
import { isRecord } from '../kms/input.ts';
import { CHANGING, READING } from '../kms/operations.ts';
import type { Running } from '../running.ts';
import { SERVICES } from '../services/operations.ts';
import { placeIn } from '../state/cloud.ts';
import { isOpen } from '../state/regions.ts';
import type { Call } from './call.ts';
import { UNRECOGNIZED } from './caller.ts';
import { type Outcome, struck } from './outcome.ts';
import { errorOf, successOf } from './protocol.ts';

type Output = Record<string, unknown> | undefined;

/** Credentials, quota, faults before; then the operation itself; then faults after. */
export function perform(running: Running, call: Call): Outcome {
  return guarded(running, call, () => {
    authenticate(call);
    if (!running.quotas.take(call)) throw throttled(call.service);
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
function authenticate({ service, caller, region }: Call): void {
  if (caller.refusal) throw caller.refusal;
  // Organizations is one service for all Regions, whichever of them signs for it.
  if (service !== 'organizations' && !isOpen(caller.account.regions.get(region))) throw UNRECOGNIZED();
}

function authorise(running: Running, call: Call): void {
  const { caller, service, operation, entry } = call;
  const action = `${service}:${operation}`;
  const resource = call.keyArn ?? entry.roleArn ?? '*';
  if (isRegional(call) && caller.account.deniedRegions.has(call.region)) {
    throw deniedByScp(caller.arn, action, resource);
  }
  const rule = running.deny.find((candidate) => matches(candidate, call));
  if (!rule) return;
  if (rule.message !== undefined) throw new AwsError('AccessDeniedException', rule.message);
  throw accessDenied(caller.arn, action, resource, rule.key === undefined ? 'identity' : 'resource');
}

/** What the usual policy that denies Regions covers: it leaves out IAM, STS and the global services. */
const isRegional = ({ service }: Call) => service === 'kms' || service === 'ec2';

function outputOf(running: Running, call: Call): Output {
  if (call.service === 'kms') return kmsOutput(running, call);
  const operation = SERVICES[call.service].get(call.operation) ?? unknownOperation(call);
  const { cloud, sessions, settings, random, clock } = running;
  const { caller, region } = call;
  const context = { cloud, sessions, settings, random, now: clock.now() };
  return operation({ operation: call.operation, region, caller, input: call.input(), ...context });
}

function kmsOutput(running: Running, call: Call): Output {
  const operation = READING.get(call.operation) ?? CHANGING.get(call.operation) ?? unknownOperation(call);
  const { account, arn } = call.caller;
  const place = placeIn(account, call.region);
  const output = operation({
    operation: call.operation,
    account,
    callerArn: arn,
    place,
    input: call.input(),
    now: running.clock.now(),
    settings: running.settings,
    random: running.random,
  });
  if (CHANGING.has(call.operation)) {
    call.entry.acted = true;
    place.changed = true;
  }
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
