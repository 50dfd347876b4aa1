import type { Subject } from '../conditions/match.ts';
import { type Input, optionalText } from '../kms/input.ts';
import type { LoggedCall } from '../log.ts';
import type { Running } from '../running.ts';
import { placeIn } from '../state/cloud.ts';
import { isOpen } from '../state/regions.ts';
import { resolveKey } from '../state/resolve.ts';
import { type Caller, callerOf } from './caller.ts';
import { type Credential, credentialOf, recognise, type Service, type WireRequest } from './recognise.ts';

/** A request on its way through the sandbox. */
export interface Call extends Subject {
  readonly service: Service;
  readonly credential: Credential | undefined;
  readonly caller: Caller;
  readonly requestId: string;
  readonly input: () => Input;
  readonly entry: LoggedCall;
}

export function receive(running: Running, request: WireRequest, requestId: string): Call {
  const { service, operation, input } = recognise(request);
  const credential = credentialOf(request.headers);
  const caller = callerOf(running, credential, request.headers);
  const origin = {
    service,
    operation,
    account: caller.account.id,
    region: credential?.region ?? '',
    requestId,
  };
  const entry = running.log.begin({ ...origin, callerArn: caller.arn }, running.clock.now());
  if (caller.session) entry.sessionName = caller.session.name;
  const named = service === 'kms' ? keyNamed(caller, origin.region, input) : NO_KEY;
  if (named.keyArn !== undefined) entry.keyArn = named.keyArn;
  if (operation === 'EnableKeyRotation') entry.parameters = parametersOf(input);
  const concerns = concerned(service, operation, input, entry) ?? origin.account;
  return { ...origin, ...named, concerns, credential, caller, input, entry };
}

type Named = Pick<Subject, 'keyArn' | 'given'>;
const NO_KEY: Named = { keyArn: undefined, given: undefined };

function keyNamed({ account }: Caller, region: string, input: () => Input): Named {
  let given: string | undefined;
  try {
    const fields = input();
    given = optionalText(fields, 'KeyId') ?? optionalText(fields, 'TargetKeyId');
    if (given === undefined || !isOpen(account.regions.get(region))) return { given, keyArn: undefined };
    return { given, keyArn: resolveKey(placeIn(account, region), given, 'aliases').arn };
  } catch {
    // What is wrong with it the operation will say; rules match nothing but the text as given.
    return { given, keyArn: undefined };
  }
}

/** The account that a call to another service is about, where it names one. */
function concerned(
  service: Service,
  operation: string,
  input: () => Input,
  entry: LoggedCall,
): string | undefined {
  if (service === 'account') return textIn(input, 'AccountId');
  if (operation !== 'AssumeRole') return undefined;
  const role = textIn(input, 'RoleArn');
  if (role === undefined) return undefined;
  entry.roleArn = role;
  return role.split(':')[4];
}

function textIn(input: () => Input, field: string): string | undefined {
  try {
    return optionalText(input(), field);
  } catch {
    return undefined;
  }
}

function parametersOf(input: () => Input): { RotationPeriodInDays?: unknown } {
  try {
    const { RotationPeriodInDays } = input();
    return RotationPeriodInDays === undefined ? {} : { RotationPeriodInDays };
  } catch {
    return {};
  }
}
