import { AwsError, throttled } from '../error.ts';
import { isRecord } from '../kms/input.ts';
import type { FaultRule } from '../settings/rule.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { deepAnswer, endlessAnswer, type Stream } from './hostile.ts';
import { successOf } from './protocol.ts';
import type { Service } from './recognise.ts';

/** What becomes of a request on the wire. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly code?: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'stream'; readonly stream: Stream }
  | { readonly kind: 'hang'; readonly ms: number | undefined; readonly next: () => Outcome };

/** What a fault makes of a request; `proceed` is what would have become of it. Thrown errors become answers. */
export function struck(
  fault: FaultRule,
  call: Call,
  proceed: () => Outcome,
  output?: Record<string, unknown> | undefined,
): Outcome {
  switch (fault.kind) {
    case 'reset':
      return { kind: 'reset' };
    case 'hang':
      return { kind: 'hang', ms: fault.ms, next: proceed };
    case 'throttle':
      throw throttled(call.service);
    case 'error':
      throw new AwsError(fault.code, fault.message ?? '', fault.status);
    case 'status':
      return serverError(fault, call.service);
    case 'truncated':
      return { kind: 'answer', answer: truncated(call, output ?? {}) };
    case 'answer': {
      const answer = successOf(call.service, call.operation, rewritten(fault, output), call.requestId);
      return { kind: 'answer', answer: { ...answer, isAnonymous: fault.requestId === false } };
    }
    case 'gateway':
      return { kind: 'answer', answer: answerOfGateway(fault) };
    case 'drip':
    case 'flood':
      return { kind: 'stream', stream: fault };
    case 'deep':
      return { kind: 'answer', answer: deepAnswer(fault.levels) };
    case 'endless':
      return { kind: 'answer', answer: endlessAnswer(call.service, call.operation, call.requestId) };
  }
}

/** What answers in place of AWS, or of what AWS said: a proxy, a captive portal, a mock. */
function answerOfGateway({
  status = 200,
  body = 'json',
  text = GATEWAY[body],
  requestId = false,
}: FaultRule & { kind: 'gateway' }): Answer {
  const contentType = body === 'html' ? 'text/html' : 'application/json';
  return { status, contentType, body: text, isAnonymous: !requestId };
}

const GATEWAY = {
  empty: '',
  object: '{}',
  json: '{"message":"Service is up"}',
  html: '<html><body><h1>Sign in to the network</h1></body></html>\n',
} as const;

const HTML = (status: number) => `<html><body><h1>${status} Service Unavailable</h1></body></html>\n`;

/** How a service calls its own failure. */
const INTERNAL: Readonly<Record<Service, string>> = {
  kms: 'KMSInternalException',
  sts: 'InternalFailure',
  account: 'InternalServerException',
  organizations: 'ServiceException',
  ec2: 'InternalError',
};

function serverError(
  { status, body = 'json', code }: FaultRule & { kind: 'status' },
  service: Service,
): Outcome {
  if (body === 'html') {
    return {
      kind: 'answer',
      code: String(status),
      answer: { status, contentType: 'text/html', body: HTML(status) },
    };
  }
  throw new AwsError(
    code ?? INTERNAL[service],
    'The request was rejected because of an internal error.',
    status,
  );
}

/** Half of the answer as a complete HTTP message: the client finds out only when it parses. */
function truncated(call: Call, output: Record<string, unknown>): Answer {
  const whole = successOf(call.service, call.operation, output, call.requestId);
  return { ...whole, body: whole.body.slice(0, Math.ceil(whole.body.length / 2)) };
}

function rewritten(
  fault: FaultRule & { kind: 'answer' },
  output: Record<string, unknown> = {},
): Record<string, unknown> {
  if (fault.replace !== undefined) return fault.replace as Record<string, unknown>;
  const merged = merge(output, fault.merge ?? {});
  for (const path of fault.remove ?? []) removeAt(merged, path.split('.'));
  return merged;
}

function merge(into: Record<string, unknown>, from: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...into };
  for (const [name, value] of Object.entries(from)) {
    const old = merged[name];
    merged[name] = isRecord(value) ? merge(isRecord(old) ? old : {}, value) : value;
  }
  return merged;
}

/** A step may be the index of a list, as in `Keys.0.KeyArn`. */
function removeAt(fields: Record<string, unknown>, [name = '', ...rest]: string[]): void {
  const inner = fields[name];
  if (rest.length === 0) delete fields[name];
  else if (typeof inner === 'object' && inner !== null) {
    const copy = Array.isArray(inner) ? [...inner] : { ...inner };
    fields[name] = copy;
    removeAt(copy as Record<string, unknown>, rest);
  }
}
