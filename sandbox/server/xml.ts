import type { AwsError } from '../error.ts';
import type { Answer } from './answer.ts';

const STS = 'https://sts.amazonaws.com/doc/2011-06-15/';
const EC2 = 'http://ec2.amazonaws.com/doc/2016-11-15/';

type Fields = Record<string, unknown>;

export const queryAnswer = (operation: string, output: Fields, requestId: string): Answer =>
  xml(
    200,
    `<${operation}Response xmlns="${STS}"><${operation}Result>${elements(output)}</${operation}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  );

export const queryError = (code: string, status: number, error: AwsError, requestId: string): Answer =>
  xml(
    status,
    `<ErrorResponse xmlns="${STS}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );

/** EC2 has its own dialect: no Result element, and `requestId` comes first. */
export const ec2Answer = (operation: string, output: Fields, requestId: string): Answer =>
  xml(
    200,
    `<${operation}Response xmlns="${EC2}"><requestId>${requestId}</requestId>${elements(output)}</${operation}Response>`,
  );

export const ec2Error = (code: string, status: number, error: AwsError, requestId: string): Answer =>
  xml(
    status,
    `<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  );

function elements(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${contentOf(value)}</${name}>`)
    .join('');
}

function contentOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<item>${contentOf(item)}</item>`).join('');
  if (typeof value === 'object' && value !== null) return elements(value as Fields);
  return escapeXml(String(value));
}

const xml = (status: number, body: string): Answer => ({ status, contentType: 'text/xml', body });

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };
const escapeXml = (text: string) => text.replace(/[<>&]/g, (mark) => ENTITIES[mark] ?? mark);
