import type {
  EnableKeyRotationCommand,
  EnableKeyRotationCommandInput,
  EnableKeyRotationCommandOutput,
} from '@aws-sdk/client-kms';
import type { DeserializeMiddleware } from '@smithy/types';
import { undocumentedAnswer } from './call.ts';
import { requestIdOf } from './failure.ts';

/**
 * KMS answers a change with a request id and nothing else. Whatever answers otherwise may not be KMS, so the change
 * has to be read back.
 */
export function confirmChange(output: unknown): void {
  const { $metadata } = output as { $metadata: { requestId?: string } };
  if (requestIdOf($metadata).requestId === undefined) throw withoutRequestId();
}

export const withoutRequestId = (): Error =>
  undocumentedAnswer('the answer has no request id, which AWS always sends');

/** The command, refusing an answer with a body: the SDK drops it unread. */
export function withEmptyAnswer(command: EnableKeyRotationCommand): EnableKeyRotationCommand {
  command.middlewareStack.add(refuseBody, { step: 'deserialize', priority: 'low', name: 'refuseBody' });
  return command;
}

const refuseBody: DeserializeMiddleware<EnableKeyRotationCommandInput, EnableKeyRotationCommandOutput> =
  (next) => async (args) => {
    const result = await next(args);
    const { statusCode, body } = result.response as { statusCode: number; body: Uint8Array };
    if (statusCode < 300 && !/^\s*(\{\s*\}|null)?\s*$/.test(Buffer.from(body).toString()))
      throw undocumentedAnswer('the answer has a body, and AWS sends none');
    return result;
  };
