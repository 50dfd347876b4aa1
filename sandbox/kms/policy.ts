import { AwsError, validation } from '../error.ts';
import { type KmsCall, keyOf, type Output } from './call.ts';
import { type Input, isRecord, optionalText, text } from './input.ts';
import { refusalOfManager, refuse } from './refusal.ts';

/** PutKeyPolicy. Policies are kept and shown, never evaluated: the `deny` setting decides who may what. */
export function putKeyPolicy(call: KmsCall): Output {
  const name = optionalText(call.input, 'PolicyName') ?? 'default';
  if (name !== 'default') throw validation('PolicyName must be default');
  const key = keyOf(call);
  refuse(refusalOfManager(call, key));
  text(call.input, 'Policy');
  key.policy = checkedPolicy(call.input);
  return undefined;
}

/** The policy of a request, which must be a JSON object. */
export function checkedPolicy(input: Input): string | undefined {
  const policy = optionalText(input, 'Policy');
  if (policy === undefined || isJsonObject(policy)) return policy;
  throw new AwsError('MalformedPolicyDocumentException', 'The policy is not valid JSON.');
}

function isJsonObject(document: string): boolean {
  try {
    return isRecord(JSON.parse(document));
  } catch {
    return false;
  }
}
