import type { Subject } from '../conditions/match.ts';
import { type Input, optionalText } from '../kms/input.ts';
import type { LoggedCall } from '../log.ts';
import type { Running } from '../running.ts';
import type { Account } from '../state/cloud.ts';
import { resolveKey } from '../state/resolve.ts';
import { type Credential, credentialOf, recognise, type Service, type WireRequest } from './recognise.ts';

/** A request on its way through the sandbox. */
export interface Call extends Subject {
  readonly service: Service;
  readonly credential: Credential | undefined;
  readonly owner: Account;
  readonly requestId: string;
  readonly input: () => Input;
  readonly entry: LoggedCall;
}

export function receive(running: Running, request: WireRequest, requestId: string): Call {
  const { service, operation, input } = recognise(request);
  const credential = credentialOf(request.headers);
  const owner = ownerOf(running);
  const origin = { service, operation, account: owner.id, region: credential?.region ?? '', requestId };
  const entry = running.log.begin(origin, running.clock.now());
  const named = keyNamed(owner, origin.region, service, input);
  if (named.keyArn !== undefined) entry.keyArn = named.keyArn;
  if (operation === 'EnableKeyRotation') entry.parameters = parametersOf(input);
  return { ...origin, ...named, credential, owner, input, entry };
}

/** Whose request it is. With several accounts the access key will tell. */
function ownerOf(running: Running): Account {
  const [account] = running.cloud.accounts.values();
  if (!account) throw new Error('a sandbox has at least one account');
  return account;
}

function keyNamed(
  owner: Account,
  region: string,
  service: Service,
  input: () => Input,
): Pick<Subject, 'keyArn' | 'given'> {
  if (service !== 'kms') return { keyArn: undefined, given: undefined };
  let given: string | undefined;
  try {
    const fields = input();
    given = optionalText(fields, 'KeyId') ?? optionalText(fields, 'TargetKeyId');
    const place = owner.places.get(region);
    return { given, keyArn: given && place && resolveKey(place, given, 'aliases').arn };
  } catch {
    // What is wrong with it the operation will say; rules match nothing but the text as given.
    return { given, keyArn: undefined };
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
