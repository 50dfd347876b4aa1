import type { AwsError } from '../error.ts';
import type { Answer } from './answer.ts';
import type { Service } from './recognise.ts';
import { ec2Answer, ec2Error, queryAnswer, queryError } from './xml.ts';

type Output = Record<string, unknown> | undefined;

const JSON_1_1 = 'application/x-amz-json-1.1';

/** A success in the protocol of its service. */
export function successOf(service: Service, operation: string, output: Output, requestId: string): Answer {
  if (service === 'sts') return queryAnswer(operation, output ?? {}, requestId);
  if (service === 'ec2') return ec2Answer(operation, output ?? {}, requestId);
  return {
    status: 200,
    contentType: service === 'account' ? 'application/json' : JSON_1_1,
    body: output === undefined ? '' : JSON.stringify(output),
  };
}

type Naming = Readonly<Record<string, readonly [code: string, status: number]>>;

/** The same refusals under the names and statuses of other services than KMS. */
const NAMES: Readonly<Record<Service, Naming>> = {
  kms: {},
  organizations: { ThrottlingException: ['TooManyRequestsException', 400] },
  account: {
    AccessDeniedException: ['AccessDeniedException', 403],
    ExpiredTokenException: ['ExpiredTokenException', 403],
    MissingAuthenticationTokenException: ['MissingAuthenticationTokenException', 403],
    UnrecognizedClientException: ['UnrecognizedClientException', 403],
    ThrottlingException: ['ThrottlingException', 429],
  },
  sts: {
    AccessDeniedException: ['AccessDenied', 403],
    ExpiredTokenException: ['ExpiredToken', 403],
    MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
    UnrecognizedClientException: ['InvalidClientTokenId', 403],
    UnknownOperationException: ['InvalidAction', 400],
    ValidationException: ['ValidationError', 400],
    ThrottlingException: ['Throttling', 400],
  },
  ec2: {
    AccessDeniedException: ['UnauthorizedOperation', 403],
    ExpiredTokenException: ['RequestExpired', 400],
    MissingAuthenticationTokenException: ['AuthFailure', 401],
    UnrecognizedClientException: ['AuthFailure', 401],
    UnknownOperationException: ['InvalidAction', 400],
    ThrottlingException: ['RequestLimitExceeded', 503],
  },
};

/** An error in the protocol of its service. An empty message is left out, as KMS was recorded to do. */
export function errorOf(service: Service, error: AwsError, requestId: string): Answer {
  const [code, named] = NAMES[service][error.code] ?? [error.code, error.status];
  // A fault may ask for a status of its own.
  const status = error.status === 400 ? named : error.status;
  if (service === 'sts') return queryError(code, status, error, requestId);
  if (service === 'ec2') return ec2Error(code, status, error, requestId);
  const message = service === 'organizations' ? { Message: error.message } : { message: error.message };
  const fields = { ...(error.message !== '' && message), ...error.fields };
  return service === 'account'
    ? {
        status,
        contentType: 'application/json',
        body: JSON.stringify(fields),
        headers: { 'x-amzn-errortype': code },
      }
    : { status, contentType: JSON_1_1, body: JSON.stringify({ __type: code, ...fields }) };
}
