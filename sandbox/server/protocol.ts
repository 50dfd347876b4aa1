import type { AwsError } from '../error.ts';
import type { Service } from './recognise.ts';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Output = Record<string, unknown> | undefined;

const XMLNS = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A success in the protocol of its service. */
export function successOf(service: Service, operation: string, output: Output, requestId: string): Answer {
  if (service === 'sts') return xmlSuccess(operation, output ?? {}, requestId);
  return {
    status: 200,
    contentType: service === 'kms' ? 'application/x-amz-json-1.1' : 'application/json',
    body: output === undefined ? '' : JSON.stringify(output),
  };
}

/** An error in the protocol of its service. An empty message is left out, as KMS was recorded to do. */
export function errorOf(service: Service, error: AwsError, requestId: string): Answer {
  if (service === 'sts') return xmlError(error, requestId);
  const message = error.message === '' ? {} : { message: error.message };
  if (service === 'kms') {
    return {
      status: error.status,
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify({ __type: error.code, ...message }),
    };
  }
  return {
    status: error.status === 400 ? (ACCOUNT_STATUS[error.code] ?? 400) : error.status,
    contentType: 'application/json',
    body: JSON.stringify(message),
    headers: { 'x-amzn-errortype': error.code },
  };
}

const ACCOUNT_STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  ThrottlingException: 429,
};

/** The query protocol names the same refusals differently, and gives them another status. */
const QUERY_ERRORS: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  ExpiredTokenException: ['ExpiredToken', 403],
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
  UnknownOperationException: ['InvalidAction', 400],
  ThrottlingException: ['Throttling', 400],
};

function xmlSuccess(operation: string, output: Record<string, unknown>, requestId: string): Answer {
  const fields = Object.entries(output).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  return xml(
    200,
    `<${operation}Response xmlns="${XMLNS}"><${operation}Result>${fields.join('')}</${operation}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  );
}

function xmlError(error: AwsError, requestId: string): Answer {
  const [code, status] = QUERY_ERRORS[error.code] ?? [error.code, error.status];
  return xml(
    status,
    `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
}

const xml = (status: number, body: string): Answer => ({ status, contentType: 'text/xml', body });

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };
const escapeXml = (text: string) => text.replace(/[<>&]/g, (mark) => ENTITIES[mark] ?? mark);
